//! Bearer tokens: RFC 6750, section 2.1, whose `b64token` is the `token68` of RFC 9110, section 11.2.
//!
//! The scheme in any case, one to four spaces, and a token of eight characters or more before its padding; the token
//! alone is the match. So that prose (`bearer authentication`) and challenges (`Bearer error="…"`) are none, a token
//! has a digit, or a small letter before a capital one, or 20 characters, and is no name before `="`. A full stop
//! behind it stays outside. Other schemes are not looked for: `Basic` before a word of prose can't be told from
//! credentials by its form.

use crate::bytes::{DIGIT, TOKEN68, WORD, has_before, is, run};
use std::ops::Range;

const SHORTEST: usize = 8;
/// So long a word without a digit or a capital letter is no longer prose.
const SURELY: usize = 20;
const MOST_SPACES: usize = 4;

/// The token behind the scheme that ends before `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let (scheme, name_end) = (at.checked_sub(6)?, at);
    if !body[scheme..name_end].eq_ignore_ascii_case(b"bearer") || has_before(body, scheme, WORD) {
        return None;
    }
    let spaces = body[name_end..].iter().take(MOST_SPACES).take_while(|&&byte| byte == b' ').count();
    let start = name_end + spaces;
    let plain = &body[start..run(body, start, TOKEN68)];
    let plain = &plain[..plain.iter().rposition(|&byte| byte != b'.').map_or(0, |last| last + 1)];
    let padding = body[start + plain.len()..].iter().take_while(|&&byte| byte == b'=').count();
    let end = start + plain.len() + padding;
    let is_name = padding > 0 && matches!(body.get(end), Some(b'"' | b'\\'));
    (spaces > 0 && !is_name && is_token(plain)).then_some(start..end)
}

fn is_token(plain: &[u8]) -> bool {
    let has_digit = || plain.iter().any(|&byte| is(byte, DIGIT));
    let is_mixed = || plain.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    plain.len() >= SHORTEST && (plain.len() >= SURELY || has_digit() || is_mixed())
}
