//! A value of JSON as MessagePack, in one pass over its text.

use crate::attributes::Attributes;
use crate::escape::{closing_quote, decoded};
use crate::number::number;
use crate::pack::{self, Container};

/// Lists and maps that lie deeper than this stay text: the stack is bounded, and so is what moves when one turns out
/// longer than its head had room for. Sinks read attributes 32 deep, the map of all of them included.
pub(super) const MAX_DEPTH: usize = 30;

/// Writes the value that begins at `at`, and answers where it ends. `buffer` is for texts with escapes.
#[inline]
pub(super) fn write(
    text: &[u8],
    at: usize,
    depth: usize,
    buffer: &mut Vec<u8>,
    attributes: &mut Attributes,
) -> Option<usize> {
    match text.get(at)? {
        b'"' => {
            let end = string_end(text, at)?;
            attributes.value_text(decoded(&text[at + 1..end - 1], buffer));
            Some(end)
        }
        b'{' | b'[' if depth == MAX_DEPTH => {
            let end = skip(text, at)?;
            attributes.value_text(&text[at..end]);
            Some(end)
        }
        b'{' => map(text, at, depth + 1, buffer, attributes),
        b'[' => list(text, at, depth + 1, buffer, attributes),
        _ => scalar(text, at, attributes),
    }
}

/// Where the string that begins at `at` ends, with its quotes.
#[inline]
fn string_end(text: &[u8], at: usize) -> Option<usize> {
    closing_quote(text.get(at + 1..)?).map(|length| at + length + 2)
}

fn scalar(text: &[u8], at: usize, attributes: &mut Attributes) -> Option<usize> {
    let rest = &text[at..];
    let length = rest.iter().position(|byte| matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n'));
    let word = &rest[..length.unwrap_or(rest.len())];
    write_word(word, attributes);
    Some(at + word.len())
}

/// Writes a number or literal; a number that no type holds stays text.
#[inline]
pub(super) fn write_word(word: &[u8], attributes: &mut Attributes) {
    match word {
        b"true" => pack::bool(attributes.out(), true),
        b"false" => pack::bool(attributes.out(), false),
        b"null" => pack::null(attributes.out()),
        _ => match number(word) {
            Some(number) => attributes.value_number(number),
            None => attributes.value_text(word),
        },
    }
}

fn list(text: &[u8], at: usize, depth: usize, buffer: &mut Vec<u8>, attributes: &mut Attributes) -> Option<usize> {
    let head = pack::open(attributes.out());
    let (mut at, mut count) = (blanks(text, at + 1), 0);
    while text.get(at)? != &b']' {
        at = write(text, at, depth, buffer, attributes)?;
        at = behind_comma(text, at, b']')?;
        count += 1;
    }
    pack::close(attributes.out(), head, Container::List, count);
    Some(at + 1)
}

fn map(text: &[u8], at: usize, depth: usize, buffer: &mut Vec<u8>, attributes: &mut Attributes) -> Option<usize> {
    let head = pack::open(attributes.out());
    let id = attributes.inner_map();
    let (mut at, mut count) = (blanks(text, at + 1), 0);
    while text.get(at)? != &b'}' {
        let end = string_end(text, at)?;
        let is_new = attributes.inner_member(id, decoded(&text[at + 1..end - 1], buffer));
        let colon = blanks(text, end);
        at = blanks(text, colon + 1);
        at = if is_new { write(text, at, depth, buffer, attributes)? } else { skip(text, at)? };
        at = behind_comma(text, at, b'}')?;
        count += u32::from(is_new);
    }
    pack::close(attributes.out(), head, Container::Map, count);
    Some(at + 1)
}

#[inline]
fn blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = text.get(at) {
        at += 1;
    }
    at
}

/// The start of the next value, or the bracket that ends them.
fn behind_comma(text: &[u8], at: usize, bracket: u8) -> Option<usize> {
    let at = blanks(text, at);
    match text.get(at)? {
        b',' => Some(blanks(text, at + 1)),
        byte if *byte == bracket => Some(at),
        _ => None,
    }
}

/// Where the value that begins at `at` ends, by its brackets.
fn skip(text: &[u8], mut at: usize) -> Option<usize> {
    let mut open = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at)?,
            b'{' | b'[' => {
                open += 1;
                at += 1;
            }
            b'}' | b']' => {
                open = open.checked_sub(1)?;
                at += 1;
            }
            _ => at += 1,
        }
        let is_between = matches!(text.get(at), None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'));
        if open == 0 && is_between {
            return Some(at);
        }
    }
}
