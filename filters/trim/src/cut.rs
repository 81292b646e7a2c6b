//! Strings that are too long: where they are, and where they may be cut.

use std::ops::Range;

use memchr::{memchr, memrchr};

use crate::json::{behind_blanks, string_end};

/// How long strings may be, in bytes of their text as it stands.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) most: usize,
    /// What stands where something was cut off, as JSON's text without quotes. No longer than `most`.
    pub(crate) ellipsis: Vec<u8>,
}

impl Cut {
    /// Whether the body may hold a string that is too long. Often wrong where it says yes, and cheap where it says no: a
    /// look at the last quote of each stretch that is as long as a string may be.
    pub(crate) fn may_be_in(&self, body: &[u8]) -> bool {
        let mut rest = body;
        while let Some(stretch) = rest.get(..=self.most) {
            match last_delimiter(stretch) {
                Some(at) => rest = &rest[at + 1..],
                None => return true,
            }
        }
        false
    }

    /// Hands over what is too much of each string value in `part`, where whole tokens of a valid body lie.
    pub(crate) fn for_each(&self, body: &[u8], part: Range<usize>, mut too_much: impl FnMut(Range<usize>)) {
        if part.len() <= self.most {
            return;
        }
        let mut at = part.start;
        while let Some(found) = body.get(at..part.end).and_then(|rest| memchr(b'"', rest)) {
            let start = at + found + 1;
            let end = string_end(body, start, part.end);
            if end - start > self.most && body.get(behind_blanks(body, end + 1)) != Some(&b':') {
                too_much(start + self.kept(&body[start..end])..end);
            }
            at = end + 1;
        }
    }

    /// How many bytes of the text stay: whole characters and escapes, and room for the ellipsis.
    fn kept(&self, text: &[u8]) -> usize {
        let limit = self.most - self.ellipsis.len();
        let mut behind_escape = 0;
        while let Some(found) = memchr(b'\\', &text[behind_escape..limit]) {
            let escape = behind_escape + found;
            behind_escape = escape + escape_length(&text[escape..]);
            if behind_escape > limit {
                return escape;
            }
        }
        let mut end = limit;
        while end > behind_escape && is_continuation(text[end]) {
            end -= 1;
        }
        end
    }
}

/// The last quote that surely begins or ends a string. Behind a backslash it may do neither, and where it does, a stretch
/// only seems to be longer than it is.
fn last_delimiter(text: &[u8]) -> Option<usize> {
    let mut end = text.len();
    while let Some(at) = memrchr(b'"', &text[..end]) {
        if at == 0 || text[at - 1] != b'\\' {
            return Some(at);
        }
        end = at;
    }
    None
}

/// Whether the byte is one of a character of UTF-8, and not its first.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// A pair of surrogates is one character, and so one escape.
fn escape_length(text: &[u8]) -> usize {
    let unit = |text: &[u8]| match text {
        [b'\\', b'u', b'd' | b'D', digit, ..] => Some(digit.to_ascii_lowercase()),
        _ => None,
    };
    match text {
        [_, b'u', ..] => {
            let low = text.get(6..).and_then(unit);
            let is_pair = matches!((unit(text), low), (Some(b'8'..=b'9' | b'a'..=b'b'), Some(b'c'..=b'f')));
            if is_pair { 12 } else { 6 }
        }
        _ => 2,
    }
}

#[cfg(test)]
mod tests;
