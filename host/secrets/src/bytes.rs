//! What single bytes are to the matchers, by table: one load and one test for each.

/// A set of classes.
#[derive(Clone, Copy)]
pub(crate) struct Set(u16);

impl Set {
    /// Whether they have one in common.
    #[inline]
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// `0` to `9`.
pub(crate) const DIGIT: Set = Set(1);
/// ASCII letters.
pub(crate) const LETTER: Set = Set(1 << 1);
/// Letters, digits, `_`: what can't stand beside a whole word.
pub(crate) const WORD: Set = Set(1 << 2);
/// Hexadecimal digits.
pub(crate) const HEX: Set = Set(1 << 3);
/// What an e-mail address's local part may hold, as `forms::email` says.
pub(crate) const LOCAL: Set = Set(1 << 4);
/// What a domain may hold: letters, digits, `-`, dots, and all of UTF-8 beyond ASCII.
pub(crate) const DOMAIN: Set = Set(1 << 5);
/// The URL-safe alphabet of base64: RFC 4648, section 5.
pub(crate) const BASE64URL: Set = Set(1 << 6);
/// The alphabet of base64: RFC 4648, section 4.
pub(crate) const BASE64: Set = Set(1 << 7);
/// What `token68` holds before its `=`: RFC 9110, section 11.2.
pub(crate) const TOKEN68: Set = Set(1 << 8);
/// Unreserved characters of a URI, which a zone holds: RFC 6874.
pub(crate) const ZONE: Set = Set(1 << 9);
/// Capital letters and digits.
pub(crate) const CAPITAL: Set = Set(1 << 10);
/// `.`.
pub(crate) const DOT: Set = Set(1 << 11);
/// `-`.
pub(crate) const HYPHEN: Set = Set(1 << 13);
/// Bytes of UTF-8 beyond ASCII.
pub(crate) const WIDE: Set = Set(1 << 12);
/// What holds parts of secrets together: of e-mail addresses, of numbers, of tokens.
pub(crate) const JOINT: Set = Set(1 << 14);

static TABLE: [u16; 256] = table();

/// Whether the byte is of one of the classes.
#[inline]
pub(crate) fn is(byte: u8, set: Set) -> bool {
    TABLE[byte as usize] & set.0 != 0
}

/// Whether there is a byte at the place, and it is of one of the classes.
#[inline]
pub(crate) fn has(body: &[u8], at: usize, set: Set) -> bool {
    body.get(at).is_some_and(|&byte| is(byte, set))
}

/// Whether there is a byte before the place, and it is of one of the classes.
#[inline]
pub(crate) fn has_before(body: &[u8], at: usize, set: Set) -> bool {
    at > 0 && has(body, at - 1, set)
}

/// Where the bytes of a class that begin at `at` end.
#[inline]
pub(crate) fn run(body: &[u8], at: usize, set: Set) -> usize {
    let Some(rest) = body.get(at..) else { return at };
    at + rest.iter().position(|&byte| !is(byte, set)).unwrap_or(rest.len())
}

/// As [`run`], of so many bytes at most.
#[inline]
pub(crate) fn run_within(body: &[u8], at: usize, most: usize, set: Set) -> usize {
    run(&body[..body.len().min(at.saturating_add(most))], at, set)
}

/// The classes of a run's bytes.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    /// Of any byte.
    pub(crate) once: Set,
    /// Of two bytes in a row.
    pub(crate) twice: Set,
}

/// As [`run`], of so many bytes at most, with what they are.
#[inline]
pub(crate) fn run_seen(body: &[u8], at: usize, most: usize, set: Set) -> (usize, Seen) {
    let (bytes, seen) = seen(body.get(at..).unwrap_or_default().iter().take(most), set);
    (at + bytes, seen)
}

/// As [`run_seen`], backward: where the bytes begin that end at `at`.
#[inline]
pub(crate) fn run_back(body: &[u8], at: usize, most: usize, set: Set) -> (usize, Seen) {
    let (bytes, seen) = seen(body[..at].iter().rev().take(most), set);
    (at - bytes, seen)
}

#[inline]
fn seen<'a>(bytes: impl Iterator<Item = &'a u8>, set: Set) -> (usize, Seen) {
    let (mut count, mut once, mut twice, mut last) = (0, 0, 0, 0);
    for &byte in bytes {
        let classes = TABLE[byte as usize];
        if classes & set.0 == 0 {
            break;
        }
        count += 1;
        once |= classes;
        twice |= classes & last;
        last = classes;
    }
    (count, Seen { once: Set(once), twice: Set(twice) })
}

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = classes(byte);
        if byte == u8::MAX {
            return table;
        }
        byte += 1;
    }
}

const fn classes(byte: u8) -> u16 {
    let (letter, digit) = (byte.is_ascii_alphabetic(), byte.is_ascii_digit());
    let word = letter || digit;
    let mut set = 0;
    let all = [
        (digit, DIGIT),
        (letter, LETTER),
        (word || byte == b'_', WORD),
        (byte.is_ascii_hexdigit(), HEX),
        (
            word || byte >= 0x80 || matches!(byte, b'.' | b'_' | b'-' | b'+' | b'!' | b'#' | b'$' | b'%' | b'^' | b'~'),
            LOCAL,
        ),
        (word || byte >= 0x80 || matches!(byte, b'.' | b'-'), DOMAIN),
        (word || matches!(byte, b'-' | b'_'), BASE64URL),
        (word || matches!(byte, b'+' | b'/'), BASE64),
        (word || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/'), TOKEN68),
        (word || matches!(byte, b'-' | b'.' | b'_' | b'~'), ZONE),
        (byte.is_ascii_uppercase() || digit, CAPITAL),
        (byte == b'.', DOT),
        (byte == b'-', HYPHEN),
        (byte >= 0x80, WIDE),
        (
            matches!(byte, b'.' | b'-' | b'+' | b'!' | b'#' | b'$' | b'%' | b'*' | b'^' | b'~' | b'@' | b'/' | b':'),
            JOINT,
        ),
    ];
    let mut at = 0;
    while at < all.len() {
        if all[at].0 {
            set |= all[at].1.0;
        }
        at += 1;
    }
    set
}
