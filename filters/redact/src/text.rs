//! Text as it stands in a body, with JSON's escapes where there are any (RFC 8259, section 7): hidden, hidden but for
//! its end, or decoded. Where the text stands, and what quotes it needs, is not known here.

use std::iter::repeat_n;

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

/// Appends the text with `*` for each byte, but for what its form leaves. An escape is hidden as a whole.
pub(crate) fn mask(text: &[u8], form: Form, out: &mut Vec<u8>) {
    if !text.contains(&b'\\') {
        let masked = form.masked();
        return out.extend(text.iter().map(|&byte| masked[usize::from(byte)]));
    }
    for character in Characters(text) {
        match *character {
            [byte] if form.stays_in_mask(byte) => out.push(byte),
            _ => out.extend(repeat_n(b'*', character.len())),
        }
    }
}

/// Appends the text with `*` for each byte but its last four letters and digits, and for what its form leaves before
/// them. Between the four nothing else is left: `::1` shown would be an address again.
pub(crate) fn partial(text: &[u8], form: Form, out: &mut Vec<u8>) {
    let letters = Characters(text).filter(|character| is_shown(character)).count();
    if letters < FEWEST {
        return mask(text, form, out);
    }
    let mut left = letters;
    for character in Characters(text) {
        match *character {
            [byte] if byte.is_ascii_alphanumeric() => {
                out.push(if left > SHOWN { b'*' } else { byte });
                left -= 1;
            }
            [byte] if left >= SHOWN && form.stays_in_partial(byte) => out.push(byte),
            _ => out.extend(repeat_n(b'*', character.len())),
        }
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
