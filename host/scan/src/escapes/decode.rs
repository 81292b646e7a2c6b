//! One body's escapes, and the places that they have in it.

use crate::narrow;
use memchr::memchr;

/// An escape, and what it stands for. Places are bytes from their body's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Escape {
    pub(crate) raw: u32,
    pub(crate) raw_end: u32,
    pub(crate) decoded: u32,
    pub(crate) decoded_end: u32,
}

/// Appends the body with its escapes decoded. What isn't an escape stays as it is: one cut short, a letter that has no
/// meaning, half of a surrogate pair.
pub(crate) fn decode(body: &[u8], decoded: &mut Vec<u8>, escapes: &mut Vec<Escape>) {
    let base = decoded.len();
    let mut at = 0;
    while let Some(plain) = memchr(b'\\', &body[at..]) {
        decoded.extend_from_slice(&body[at..at + plain]);
        at += plain;
        let Some((meaning, len)) = escape(&body[at..]) else {
            decoded.push(b'\\');
            at += 1;
            continue;
        };
        let from = decoded.len() - base;
        decoded.extend_from_slice(meaning.encode_utf8(&mut [0; 4]).as_bytes());
        escapes.push(Escape {
            raw: narrow(at),
            raw_end: narrow(at + len),
            decoded: narrow(from),
            decoded_end: narrow(decoded.len() - base),
        });
        at += len;
    }
    decoded.extend_from_slice(&body[at..]);
}

/// What the escape at the start stands for, and its length.
fn escape(bytes: &[u8]) -> Option<(char, usize)> {
    let meaning = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(bytes),
        _ => return None,
    };
    Some((meaning, 2))
}

fn unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let first = code_unit(bytes)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    let second = code_unit(&bytes[6..]).filter(|unit| (0xdc00..0xe000).contains(unit))?;
    let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
    Some((char::from_u32(scalar)?, 12))
}

/// The code unit of UTF-16 that a `\uXXXX` at the start names.
fn code_unit(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))
}

/// The raw place of a match that starts at `at`: within an escape, the escape's start.
pub(crate) fn raw_start(escapes: &[Escape], at: u32) -> u32 {
    let before = escapes.partition_point(|escape| escape.decoded <= at);
    match before.checked_sub(1).map(|last| escapes[last]) {
        Some(last) if at < last.decoded_end => last.raw,
        Some(last) => last.raw_end + (at - last.decoded_end),
        None => at,
    }
}

/// The raw place of a match that ends at `at`: within an escape, the escape's end.
pub(crate) fn raw_end(escapes: &[Escape], at: u32) -> u32 {
    let before = escapes.partition_point(|escape| escape.decoded < at);
    match before.checked_sub(1).map(|last| escapes[last]) {
        Some(last) => last.raw_end + at.saturating_sub(last.decoded_end),
        None => at,
    }
}
