//! `(ddd) ddd-dddd`, `ddd-ddd-dddd` and `ddd.ddd.dddd`, each also behind a 1: the North American Numbering Plan, in
//! which neither the area's code nor the exchange's begins with 0 or 1.

use crate::bytes::{DIGIT, WORD, has, has_before, is};
use std::ops::Range;

/// Exchange, gap and line.
const LOCAL_BYTES: usize = 8;

/// The number whose last digit is at `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let end = at + 1;
    let exchange = end.checked_sub(LOCAL_BYTES)?;
    let gap = body[exchange + 3];
    if !is_code(body, exchange) || !body[exchange + 4..end].iter().all(|&byte| is(byte, DIGIT)) || goes_on(body, end) {
        return None;
    }
    let start = with_country(body, area(body, exchange, gap)?);
    let is_part = has_before(body, start, WORD)
        || start > 1 && matches!(body[start - 1], b'-' | b'.' | b'/') && is(body[start - 2], DIGIT);
    (!is_part).then_some(start..end)
}

/// Three digits of which the first is neither 0 nor 1.
fn is_code(body: &[u8], at: usize) -> bool {
    matches!(body.get(at..at + 3), Some([b'2'..=b'9', second, third]) if is(*second, DIGIT) && is(*third, DIGIT))
}

/// Where the area's code begins, with its parenthesis.
fn area(body: &[u8], exchange: usize, gap: u8) -> Option<usize> {
    let before = &body[..exchange];
    if let Some(close) = before.strip_suffix(b") ").or_else(|| before.strip_suffix(b")")) {
        let start = close.len().checked_sub(4)?;
        let is_area = close[start] == b'(' && is_code(close, start + 1) && matches!(gap, b'-' | b'.' | b' ');
        return is_area.then_some(start);
    }
    let start = exchange.checked_sub(4)?;
    let is_area = matches!(gap, b'-' | b'.') && body[exchange - 1] == gap && is_code(body, start);
    is_area.then_some(start)
}

/// Where a `1` and a gap before the area's code begin, or the code.
fn with_country(body: &[u8], area: usize) -> usize {
    match &body[..area] {
        [.., b'1', b' ' | b'-' | b'.'] if !has_before(body, area - 2, WORD) => area - 2,
        _ => area,
    }
}

/// Whether what stands behind it makes it part of something longer; an extension (`x12`) does not.
fn goes_on(body: &[u8], end: usize) -> bool {
    match body.get(end) {
        Some(b'x') => !has(body, end + 1, DIGIT),
        Some(b'-' | b'.' | b'/') => has(body, end + 1, DIGIT),
        _ => has(body, end, WORD),
    }
}
