//! National numbers with the trunk's 0 before the area's code: E.123, section 2.4, and the groupings of the United
//! Kingdom (Ofcom's numbering plan), France (five pairs), Germany (DIN 5008) and Italy.
//!
//! Five pairs; or 9 to 12 digits as area and number; or 10 or 11 as area and two groups. One separator throughout,
//! which is a space, a hyphen or, between pairs, a dot; behind the area also a slash, or the area in parentheses.

use crate::bytes::{DIGIT, WORD, has, has_before, is, run_within};
use std::ops::Range;

/// More groups than any number here has.
const MOST_GROUPS: usize = 6;
/// Longer than any group here.
const LONGEST_GROUP: usize = 9;

/// The number whose 0 is at `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let start = opens(body, at)?;
    let in_parentheses = start < at;
    let area = run_within(body, at, LONGEST_GROUP, DIGIT);
    if !matches!(body.get(at + 1), Some(b'1'..=b'9')) {
        return None;
    }
    let (gap, next) = gap(body, area, in_parentheses)?;
    let mut groups = [0; MOST_GROUPS];
    groups[0] = area - at;
    let (count, end) = read(body, next, gap, &mut groups);
    (is_number(&groups[..count], gap) && !goes_on(body, end)).then_some(start..end)
}

/// Where it begins, with its parenthesis; nowhere, if what is before makes it the rest of a time or a row of numbers.
fn opens(body: &[u8], at: usize) -> Option<usize> {
    let start = if at > 0 && body[at - 1] == b'(' { at - 1 } else { at };
    let is_rest = start > 1 && matches!(body[start - 1], b':' | b' ' | b',') && is(body[start - 2], DIGIT);
    let is_part = is_rest || has_before(body, start, WORD) || start > 0 && body[start - 1] == b'+';
    (!is_part).then_some(start)
}

/// What separates the area from the rest, and where that begins.
fn gap(body: &[u8], area: usize, in_parentheses: bool) -> Option<(u8, usize)> {
    let gap = *body.get(area)?;
    if in_parentheses {
        let spaces = usize::from(body.get(area + 1) == Some(&b' '));
        return (gap == b')').then_some((gap, area + 1 + spaces));
    }
    matches!(gap, b' ' | b'-' | b'.' | b'/').then_some((gap, area + 1))
}

/// Reads the groups behind the area: how many there are with it, and where the last ends.
fn read(body: &[u8], mut at: usize, gap: u8, groups: &mut [usize; MOST_GROUPS]) -> (usize, usize) {
    let mut inner = gap;
    let mut count = 1;
    loop {
        let end = run_within(body, at, LONGEST_GROUP, DIGIT);
        groups[count] = end - at;
        count += 1;
        let Some(&next) = body.get(end) else { return (count, end) };
        if count == 2 && matches!(gap, b'/' | b')') && matches!(next, b' ' | b'-') {
            inner = next;
        }
        if next != inner || !has(body, end + 1, DIGIT) || count == MOST_GROUPS {
            return (count, end);
        }
        at = end + 1;
    }
}

/// Whether groups of these lengths are a number.
fn is_number(groups: &[usize], gap: u8) -> bool {
    let digits: usize = groups.iter().sum();
    match groups {
        [2, 2, 2, 2, 2] => gap != b'/',
        // With a hyphen, short ones are dates and serial numbers.
        [3..=5, 5..=8] if gap == b'-' => (10..=12).contains(&digits),
        [2..=5, 5..=8] => gap != b'.' && (9..=12).contains(&digits),
        [2..=5, 3..=4, 3..=4] => gap != b'.' && (10..=11).contains(&digits),
        _ => false,
    }
}

fn goes_on(body: &[u8], end: usize) -> bool {
    let is_joint = matches!(body.get(end), Some(b' ' | b'-' | b'.' | b'/' | b':' | b','));
    has(body, end, WORD) || is_joint && has(body, end + 1, DIGIT)
}
