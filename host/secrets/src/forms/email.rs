//! E-mail addresses: the dot-atom form of RFC 5321, section 4.1.2, and RFC 5322, section 3.4.1, with the lengths of
//! RFC 5321, section 4.5.3.1, and the letters beyond ASCII of RFC 6531.
//!
//! Of the local part's characters, ``= / { } | ` & ? ' *`` are allowed there but end it here: in logs they stand around
//! addresses (`user=a@example.com`, `'a@example.com'`), hardly ever within, or in place of what was masked. For the same reason an address begins with
//! a letter, a digit or `_`. Quoted local parts and address literals (`a@[192.0.2.1]`) are not looked for.

use crate::bytes::{DOMAIN, DOT, HYPHEN, LETTER, LOCAL, WIDE, WORD, is, run_back, run_seen};
use std::ops::Range;

/// RFC 5321, section 4.5.3.1.1.
const LONGEST_LOCAL: usize = 64;
/// RFC 1035, section 2.3.4, less the length byte of the first label and the root's.
const LONGEST_DOMAIN: usize = 253;
/// RFC 1035, section 2.3.4.
const LONGEST_LABEL: usize = 63;

/// The address whose `@` is at `at`.
pub(super) fn at(body: &[u8], at: usize, from: usize) -> Option<Range<usize>> {
    let start = local(body, at, from)?;
    let end = domain(body, at + 1)?;
    Some(start..end)
}

/// Where the local part before the `@` begins.
fn local(body: &[u8], at: usize, from: usize) -> Option<usize> {
    let most = at.saturating_sub(from).min(LONGEST_LOCAL + 1);
    let (mut start, seen) = run_back(body, at, most, LOCAL);
    if seen.once.has(WIDE) {
        start += behind_punctuation(&body[start..at]);
    }
    let text = &body[start..at];
    if text.len() > LONGEST_LOCAL || text.last().is_none_or(|&last| last == b'.') {
        return None;
    }
    if seen.twice.has(DOT) {
        start += text.windows(2).rposition(|pair| pair == b"..").map_or(0, |dots| dots + 2);
    }
    let first = body[start..at].iter().position(|&byte| is(byte, WORD) || is(byte, WIDE))?;
    Some(start + first)
}

/// Where the domain that begins at `from` ends.
fn domain(body: &[u8], from: usize) -> Option<usize> {
    let (end, seen) = run_seen(body, from, LONGEST_DOMAIN + 2, DOMAIN);
    if !seen.once.has(DOT) {
        return None;
    }
    let mut text = &body[from..end];
    if seen.once.has(WIDE) {
        text = before_punctuation(text);
    }
    // Most domains have neither hyphens nor anything wrong, and are shorter than a label may be.
    let is_plain = !seen.once.has(HYPHEN) && !seen.twice.has(DOT) && text.len() <= LONGEST_LABEL;
    let mut end = match text {
        [first, .., last] if is_plain && *first != b'.' => text.len() - usize::from(*last == b'.'),
        _ => labels_end(text),
    };
    while !ends_in_top_level(&text[..end]) {
        end = text[..end].iter().rposition(|&byte| byte == b'.')?;
    }
    (end <= LONGEST_DOMAIN).then_some(from + end)
}

/// Where the last label of the text's beginning ends that, as all before it, is one.
fn labels_end(text: &[u8]) -> usize {
    let mut end = 0;
    for label in text.split(|&byte| byte == b'.') {
        let start = if end == 0 { 0 } else { end + 1 };
        let bare = without_end_hyphens(label);
        if bare.is_empty() || bare[0] == b'-' || bare.len() > LONGEST_LABEL {
            break;
        }
        end = start + bare.len();
        if bare.len() < label.len() {
            break;
        }
    }
    end
}

fn without_end_hyphens(label: &[u8]) -> &[u8] {
    &label[..label.iter().rposition(|&byte| byte != b'-').map_or(0, |last| last + 1)]
}

/// Whether the last of two labels or more can be a domain's: two letters or more, or letters beyond ASCII in their
/// ASCII form (RFC 5890).
fn ends_in_top_level(text: &[u8]) -> bool {
    let letters = text.iter().rev().take_while(|&&byte| is(byte, LETTER) || is(byte, WIDE)).count();
    if letters >= 2 && text[..text.len() - letters].ends_with(b".") {
        return true;
    }
    let label = text.iter().rposition(|&byte| byte == b'.').map_or(&[][..], |dot| &text[dot + 1..]);
    label.len() > 4 && label[..4].eq_ignore_ascii_case(b"xn--")
}

/// The first two bytes, in UTF-8, of the punctuation that stands around addresses: General Punctuation with the
/// typographic quotes, the ideographic full stop and brackets, and the fullwidth forms of ASCII's.
fn is_punctuation(bytes: &[u8]) -> bool {
    matches!(bytes, [0xe2, 0x80 | 0x81, _] | [0xe3, 0x80, _] | [0xef, 0xbc | 0xbd, _])
}

fn behind_punctuation(text: &[u8]) -> usize {
    text.windows(3).rposition(is_punctuation).map_or(0, |found| found + 3)
}

fn before_punctuation(text: &[u8]) -> &[u8] {
    &text[..text.windows(3).position(is_punctuation).unwrap_or(text.len())]
}
