//! AWS credentials, as the IAM User Guide describes them ("IAM identifiers", "Managing access keys").
//!
//! An access key id, or another unique id of IAM: one of the prefixes and 16 capital letters and digits, as a word. A
//! secret access key is 40 characters of base64, told from a hash only by its name before it: `secret access key` in
//! any case, its words joined by nothing or one of `_-. `, then quotes, spaces, `=`, `:` or `>`. The key alone is the
//! match.

use crate::bytes::{BASE64, CAPITAL, WORD, has, has_before, run_within};
use std::ops::Range;

const PREFIXES: [&[u8; 4]; 12] =
    [b"AKIA", b"ASIA", b"ABIA", b"ACCA", b"AGPA", b"AIDA", b"AIPA", b"ANPA", b"ANVA", b"APKA", b"AROA", b"ASCA"];
const ID_BYTES: usize = 20;
const SECRET_BYTES: usize = 40;
/// Between the name and the key: more than an escaped quote, spaces, a sign and another quote need.
const MOST_BETWEEN: usize = 16;

/// The id whose prefix ends with `at`, or the key behind the name whose `key` begins there.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    if body[at] == b'A' { id(body, at) } else { secret(body, at) }
}

fn id(body: &[u8], at: usize) -> Option<Range<usize>> {
    let prefix = body[..=at].last_chunk()?;
    let start = at + 1 - prefix.len();
    let end = run_within(body, start, ID_BYTES, CAPITAL);
    let is_word = end - start == ID_BYTES && !has_before(body, start, WORD) && !has(body, end, WORD);
    (is_word && PREFIXES.contains(&prefix)).then_some(start..end)
}

fn secret(body: &[u8], at: usize) -> Option<Range<usize>> {
    let before = strip_end(without_joint(&body[..at]), b"access")?;
    strip_end(without_joint(before), b"secret")?;
    let name_end = at + 3;
    if !body.get(at..name_end)?.eq_ignore_ascii_case(b"key") {
        return None;
    }
    let between = body[name_end..].iter().take(MOST_BETWEEN).take_while(|&&byte| is_between(byte)).count();
    let start = name_end + between;
    let end = run_within(body, start, SECRET_BYTES + 1, BASE64);
    let is_key = between > 0 && end - start == SECRET_BYTES && body.get(end) != Some(&b'=');
    is_key.then_some(start..end)
}

fn strip_end<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let (before, end) = text.split_at(text.len().checked_sub(name.len())?);
    end.eq_ignore_ascii_case(name).then_some(before)
}

fn without_joint(text: &[u8]) -> &[u8] {
    text.split_last().filter(|&(&last, _)| is_joint(last)).map_or(text, |(_, before)| before)
}

fn is_joint(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.' | b' ')
}

fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\' | b'=' | b':' | b'>')
}
