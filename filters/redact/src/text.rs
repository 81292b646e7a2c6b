//! Text as it stands in a body, with JSON's escapes where there are any (RFC 8259, section 7): hidden, hidden but for
//! its end, or decoded. Where the text stands, and what quotes it needs, is not known here.

use std::iter::repeat_n;
use std::ops::Range;

use crate::rule::Form;

/// How many letters and digits `partial` shows.
const SHOWN: usize = 4;
/// How many there must be, so that half at least stay hidden.
const FEWEST: usize = 2 * SHOWN;

/// The characters of a text: single bytes, and escapes as wholes.
struct Characters<'a>(&'a [u8]);

impl<'a> Iterator for Characters<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let length = match self.0 {
            [] => return None,
            [b'\\', b'u', digits @ ..] if is_code_unit(digits) => 6,
            [b'\\', _, ..] => 2,
            _ => 1,
        };
        let (character, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(character)
    }
}

fn is_code_unit(digits: &[u8]) -> bool {
    digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit)
}

/// What is hidden, in its body: bytes behind it are read, too, since whole lanes need no loop.
pub(crate) struct Text<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) range: Range<usize>,
    pub(crate) form: Form,
}

/// So many bytes are copied at once.
const LANES: usize = 16;

/// Appends the text with `*` for each byte, but for what its form leaves. An escape is hidden as a whole.
pub(crate) fn mask(text: &Text<'_>, out: &mut Vec<u8>) {
    let (start, end) = (out.len(), out.len() + text.range.len());
    if text.form == Form::Opaque {
        return out.resize(end, b'*');
    }
    let mut rest = &text.body[text.range.start..];
    while out.len() < end {
        out.extend_from_slice(&rest.first_chunk().copied().unwrap_or_else(|| lanes_of(rest)));
        rest = rest.get(LANES..).unwrap_or_default();
    }
    let has_escapes = mask_bytes(&mut out[start..]);
    out.truncate(end);
    if has_escapes {
        out.truncate(start);
        mask_characters(text, out);
    }
}

/// The last bytes of a body, fewer than there are lanes.
#[cold]
fn lanes_of(rest: &[u8]) -> [u8; LANES] {
    std::array::from_fn(|lane| rest.get(lane).copied().unwrap_or_default())
}

/// Masks each byte by itself, and answers whether there are backslashes among them. Without a branch in the loop, which
/// then takes many bytes at a time.
fn mask_bytes(bytes: &mut [u8]) -> bool {
    let mut escapes = 0;
    for byte in bytes {
        escapes |= u8::from(*byte == b'\\');
        *byte = if Form::Parts.stays_in_mask(*byte) { *byte } else { b'*' };
    }
    escapes != 0
}

fn mask_characters(text: &Text<'_>, out: &mut Vec<u8>) {
    for character in Characters(&text.body[text.range.clone()]) {
        match *character {
            [byte] if text.form.stays_in_mask(byte) => out.push(byte),
            _ => out.extend(repeat_n(b'*', character.len())),
        }
    }
}

/// Appends the text with `*` for each byte but its last four letters and digits, and for what its form leaves before
/// them. Between the four nothing else is left: `::1` shown would be an address again.
pub(crate) fn partial(text: &Text<'_>, out: &mut Vec<u8>) {
    let bytes = &text.body[text.range.clone()];
    let letters = Characters(bytes).filter(|character| is_shown(character)).count();
    if letters < FEWEST {
        return mask(text, out);
    }
    let mut left = letters;
    for character in Characters(bytes) {
        match *character {
            [byte] if byte.is_ascii_alphanumeric() => {
                out.push(if left > SHOWN { b'*' } else { byte });
                left -= 1;
            }
            [byte] if left >= SHOWN && text.form.stays_in_partial(byte) => out.push(byte),
            _ => out.extend(repeat_n(b'*', character.len())),
        }
    }
}

/// Whether what follows a text can't be read on from its last letters: what `partial` shows of a secret must not be
/// another's beginning, or the number before a number.
pub(crate) fn ends_apart(behind: &[u8]) -> bool {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"._-+!#$%*^~@/:".contains(byte);
    match behind {
        [] => true,
        [b' ' | b',' | b'(' | b')', next, ..] => !next.is_ascii_digit() && *next != b'(',
        [b'.' | b':' | b'-', rest @ ..] => !rest.first().is_some_and(|next| joins(next) || *next == b'('),
        [byte, ..] => !joins(byte),
    }
}

fn is_shown(character: &[u8]) -> bool {
    matches!(*character, [byte] if byte.is_ascii_alphanumeric())
}

/// Whether the text is what `partial` leaves of a secret whose form it doesn't know.
pub(crate) fn is_partial(text: &[u8]) -> bool {
    let stars = text.iter().filter(|&&byte| byte == b'*').count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    letters == SHOWN && stars >= FEWEST - SHOWN && stars + letters == text.len()
}

/// Whether `partial` of a JSON number is worth it in the bytes that are left between quotes.
pub(crate) fn shows_number(text: &[u8]) -> bool {
    text.len() >= FEWEST + 2 && matches!(text[0], b'-' | b'0'..=b'9')
}

/// Puts the text into `out` as what its escapes stand for; as it is, where they are none of JSON.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if text.contains(&b'\\') {
        let quoted = [b"\"", text, b"\""].concat();
        if let Ok(decoded) = serde_json::from_slice::<String>(&quoted) {
            return out.extend_from_slice(decoded.as_bytes());
        }
    }
    out.extend_from_slice(text);
}

#[cfg(test)]
mod tests;
