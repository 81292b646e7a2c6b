//! Fields in bodies that are no JSON as a whole: lines cut short, and JSON with text around it. There a value is what
//! stands behind a key's text and a colon; paths need the whole, and are not looked for.

use std::ops::Range;

use memchr::memmem::Finder;

use crate::bare::{is_blank, is_in_token};
use crate::text::ends_apart;

/// The keys that are looked for at any depth.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<(usize, Finder<'static>)>);

impl Keys {
    /// Of keys, each with its index among the fields.
    pub(crate) fn new<'a>(keys: impl Iterator<Item = (usize, &'a str)>) -> Self {
        Self(keys.map(|(index, key)| (index, Finder::new(&format!("\"{key}\"")).into_owned())).collect())
    }

    /// Answers the values as they stand, strings with their quotes, key by key.
    pub(crate) fn find(&self, body: &[u8], mut add: impl FnMut(usize, Range<usize>)) {
        for (index, finder) in &self.0 {
            let mut from = 0;
            while let Some(at) = finder.find(&body[from..]) {
                from += at + finder.needle().len();
                if let Some(value) = value(body, from) {
                    // What is in a value goes with it.
                    from = value.end;
                    add(*index, value);
                }
            }
        }
    }
}

/// The value behind the key that ends at `at`.
fn value(body: &[u8], at: usize) -> Option<Range<usize>> {
    let colon = visible(body, at);
    let start = visible(body, colon + 1);
    if body.get(colon) != Some(&b':') {
        return None;
    }
    let end = match body.get(start)? {
        b'"' => string_end(body, start),
        b'[' if !begins_as_list(body, start) => return None,
        b'{' | b'[' => container_end(body, start),
        first => {
            let end = scalar_end(body, start)?;
            let is_literal = || matches!(&body[start..end], b"true" | b"false" | b"null");
            if !matches!(first, b'-' | b'0'..=b'9') && !is_literal() {
                return None;
            }
            joined_end(body, end)
        }
    };
    Some(start..end)
}

/// Whether a list may begin here: not a label or a mask that was put in a secret's place, nor what would look like a list
/// once a secret in it has given way to one.
fn begins_as_list(body: &[u8], start: usize) -> bool {
    let rest = &body[start..];
    let opening = rest.iter().take_while(|&&byte| byte == b'[' || is_blank(byte)).count();
    let first = &rest[opening..];
    let is_literal = [&b"true"[..], b"false", b"null"].into_iter().any(|literal| first.starts_with(literal));
    is_literal || !first.first().is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'*')
}

fn visible(body: &[u8], at: usize) -> usize {
    let rest = body.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| !is_blank(byte)).unwrap_or(rest.len())
}

fn scalar_end(body: &[u8], start: usize) -> Option<usize> {
    let length = body[start..].iter().take_while(|&&byte| is_in_token(byte)).count();
    (length > 0).then_some(start + length)
}

/// Where what a value is joined to ends: it would stand behind a quote from then on, and may look like a secret there.
fn joined_end(body: &[u8], mut end: usize) -> usize {
    loop {
        end += body[end..].iter().take_while(|&&byte| !is_delimiter(byte)).count();
        if ends_apart(&body[end..]) {
            return end;
        }
        end += 1;
    }
}

fn is_delimiter(byte: u8) -> bool {
    is_blank(byte) || matches!(byte, b',' | b'"' | b'{' | b'}' | b'[' | b']')
}

/// Behind the closing quote, or the body's end.
fn string_end(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = body.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    body.len()
}

/// Behind the bracket that closes, or the body's end.
fn container_end(body: &[u8], start: usize) -> usize {
    let (mut at, mut open) = (start, 0_usize);
    while let Some(&byte) = body.get(at) {
        at = if byte == b'"' { string_end(body, at) } else { at + 1 };
        match byte {
            b'{' | b'[' => open += 1,
            b'}' | b']' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return at;
        }
    }
    body.len()
}
