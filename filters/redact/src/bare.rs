//! Matches that are a JSON number, or part of one: what replaces them must be a string, in quotes. Whether a match lies
//! within a string is seen by the quotes before it, which are counted only where its surroundings look like a number's.

use std::ops::Range;

/// How far on either side of a match its number is looked for: no number has more digits, and the limit keeps texts that
/// look like one from being read again for each match in them.
const REACH: usize = 64;

/// Whether the body begins as an object or an array; a line that begins with a time or a level in brackets does not.
pub(crate) fn begins_as_json(body: &[u8]) -> bool {
    let mut visible = body.iter().filter(|byte| !is_blank(**byte));
    match visible.next() {
        Some(b'{') => matches!(visible.next(), Some(b'"' | b'}') | None),
        Some(b'[') => {
            matches!(visible.next(), Some(b'"' | b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') | None)
        }
        _ => false,
    }
}

/// Whether it ends as an object or an array, too.
fn looks_like_json(body: &[u8]) -> bool {
    begins_as_json(body) && matches!(body.iter().rev().find(|byte| !is_blank(**byte)), Some(b'}' | b']'))
}

/// The record in hand, and where its quotes were counted up to. Places ascend within a record, so that each byte is read
/// once.
#[derive(Debug, Default)]
pub(crate) struct Quotes {
    record: Option<usize>,
    is_json: bool,
    at: usize,
    is_open: bool,
}

impl Quotes {
    /// Forgets the batch before.
    pub(crate) fn begin(&mut self) {
        self.record = None;
    }

    /// The number, `true`, `false` or `null` of a JSON body that the match is, or is part of.
    pub(crate) fn bare_value(&mut self, record: usize, body: &[u8], found: &Range<usize>) -> Option<Range<usize>> {
        let value = token(body, found)?;
        let is_value = is_scalar(&body[value.clone()]) && is_delimited(body, &value);
        (is_value && self.is_outside(record, body, value.start)).then_some(value)
    }

    /// Whether the place is one of JSON outside of strings.
    fn is_outside(&mut self, record: usize, body: &[u8], at: usize) -> bool {
        if self.record != Some(record) || self.at > at {
            *self = Self { record: Some(record), is_json: looks_like_json(body), at: 0, is_open: false };
        }
        while self.is_json && self.at < at {
            match body[self.at] {
                b'"' => self.is_open = !self.is_open,
                // Never passes `at`, which is no escaped character: a token's first byte has a delimiter before it.
                b'\\' => self.at += 1,
                _ => {}
            }
            self.at += 1;
        }
        self.is_json && !self.is_open
    }
}

/// The run of bytes around the match that could be a number or a literal; `None` where the match itself is none.
fn token(body: &[u8], found: &Range<usize>) -> Option<Range<usize>> {
    if found.is_empty() || !body[found.clone()].iter().all(|&byte| is_in_token(byte)) {
        return None;
    }
    let before = body[..found.start].iter().rev().take(REACH).take_while(|&&byte| is_in_token(byte)).count();
    let behind = body[found.end..].iter().take(REACH).take_while(|&&byte| is_in_token(byte)).count();
    Some(found.start - before..found.end + behind)
}

/// Whether the bytes are a number as RFC 8259, section 6, has it, or one of the three literals.
fn is_scalar(token: &[u8]) -> bool {
    if matches!(token, b"true" | b"false" | b"null") {
        return true;
    }
    let token = token.strip_prefix(b"-").unwrap_or(token);
    let (number, exponent) = cut(token, |byte| matches!(byte, b'e' | b'E'));
    let (whole, fraction) = cut(number, |byte| byte == b'.');
    let exponent = exponent.map(|digits| digits.strip_prefix(b"-").or(digits.strip_prefix(b"+")).unwrap_or(digits));
    let is_whole = are_digits(whole) && (whole == b"0" || whole[0] != b'0');
    is_whole && fraction.is_none_or(are_digits) && exponent.is_none_or(are_digits)
}

/// What is before and behind the first such byte.
fn cut(text: &[u8], at: impl Fn(u8) -> bool) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|&byte| at(byte)) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    }
}

fn are_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn is_delimited(body: &[u8], value: &Range<usize>) -> bool {
    let before = body[..value.start].iter().rev().find(|byte| !is_blank(**byte));
    let behind = || body[value.end..].iter().find(|byte| !is_blank(**byte));
    matches!(before, Some(b':' | b',' | b'[')) && matches!(behind(), Some(b',' | b'}' | b']'))
}

/// What numbers and literals are made of.
pub(crate) fn is_in_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// JSON's white space: RFC 8259, section 2.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
