//! JSON Web Tokens: RFC 7519, in the compact forms of RFC 7515 (three parts) and RFC 7516 (five).
//!
//! Parts in base64url with dots between. The header is at least 16 characters (`{"alg":"none"}` has 19) and begins with
//! `eyJ`, which is `{"` and the first bits of a letter: as every library writes it, without spaces. The signature may
//! be empty (RFC 7519, section 6), and so may the payload of a signed token (detached: RFC 7515, appendix F).

use crate::bytes::{BASE64URL, has_before, run};
use std::ops::Range;

const SHORTEST_HEADER: usize = 16;
/// The dots of an encrypted token.
const MOST_DOTS: usize = 4;

/// The token whose `eyJ` ends with `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let start = at.checked_sub(2)?;
    if !body[start..].starts_with(b"eyJ") || has_before(body, start, BASE64URL) {
        return None;
    }
    let header = run(body, start, BASE64URL);
    if header - start < SHORTEST_HEADER {
        return None;
    }
    let mut ends = [header; MOST_DOTS + 1];
    let mut parts = 1;
    while parts <= MOST_DOTS && body.get(ends[parts - 1]) == Some(&b'.') {
        ends[parts] = run(body, ends[parts - 1] + 1, BASE64URL);
        parts += 1;
    }
    end(&ends[..parts]).map(|end| start..end)
}

/// Where a token of these parts' ends ends.
fn end(ends: &[usize]) -> Option<usize> {
    let is_full = |part: usize| ends[part] > ends[part - 1] + 1;
    let is_encrypted = ends.len() == 5 && (2..5).all(is_full);
    let is_signed = ends.len() >= 3 && (is_full(1) || is_full(2));
    if is_encrypted { Some(ends[4]) } else { is_signed.then(|| ends[2]) }
}
