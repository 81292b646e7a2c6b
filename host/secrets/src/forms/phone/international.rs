//! `+`, a country's code and 7 to 14 digits more: ITU-T E.164, section 6.2.1, written as in E.123.
//!
//! Between groups stands one of space, `-`, `.` and `/`, and one group may be in parentheses, with a space or hyphen on
//! either side; a trunk's `(0)` does not count. Too long a number ends behind its last whole group that fits. A group
//! that begins a date or time of day, or is part of a word, is not the number's. One dot alone makes a number only
//! behind a country's code, as in RFC 5733: otherwise it is a decimal point.

use crate::bytes::{DIGIT, WORD, has, has_before, run_within};
use std::ops::Range;

const FEWEST: usize = 8;
const MOST: usize = 15;
const LONGEST_COUNTRY: usize = 3;
/// Longer than an area code is; it bounds the search for the closing parenthesis.
const LONGEST_AREA: usize = 5;

/// The number whose `+` is at `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let is_open = at == 0 || !has_before(body, at, WORD) && body[at - 1] != b'+';
    if !is_open || !matches!(body.get(at + 1), Some(b'1'..=b'9')) {
        return None;
    }
    let mut number = Number { body, digits: 0, groups: 0, dots: 0, has_area: false, end: at + 1 };
    let first = run_within(body, at + 1, MOST + 1, DIGIT);
    number.take(at + 1, first);
    while number.next_group() {}
    let is_decimal = number.groups == 2 && number.dots == 1 && first - at - 1 > LONGEST_COUNTRY;
    (number.digits >= FEWEST && !is_decimal).then_some(at..number.end)
}

struct Number<'a> {
    body: &'a [u8],
    digits: usize,
    groups: usize,
    dots: usize,
    has_area: bool,
    end: usize,
}

impl Number<'_> {
    /// Adds the digits of a group, if they can be its.
    fn take(&mut self, start: usize, end: usize) -> bool {
        let digits = self.digits + end - start;
        let fits = end > start && digits <= MOST && !has(self.body, end, WORD) && !is_date_or_time(self.body, end);
        if fits {
            *self = Self { digits, end, groups: self.groups + 1, ..*self };
        }
        fits
    }

    fn next_group(&mut self) -> bool {
        if !self.has_area
            && let Some((start, close)) = self.area()
        {
            return self.take_area(start, close);
        }
        let is_dot = self.body.get(self.end) == Some(&b'.');
        let is_gap = matches!(self.body.get(self.end), Some(b' ' | b'-' | b'.' | b'/'));
        let start = self.end + 1;
        let is_taken = is_gap && self.take(start, run_within(self.body, start, MOST + 1, DIGIT));
        self.dots += usize::from(is_dot && is_taken);
        is_taken
    }

    /// A group in parentheses that comes next.
    fn area(&self) -> Option<(usize, usize)> {
        let gap = usize::from(matches!(self.body.get(self.end), Some(b' ' | b'-')));
        let start = self.end + gap + 1;
        let close = run_within(self.body, start, LONGEST_AREA, DIGIT);
        let is_area = self.body.get(start - 1) == Some(&b'(') && self.body.get(close) == Some(&b')');
        (is_area && close > start).then_some((start, close))
    }

    /// Adds it and the group behind it, without which it belongs to something else.
    fn take_area(&mut self, start: usize, close: usize) -> bool {
        self.has_area = true;
        let is_trunk = &self.body[start..close] == b"0";
        let gap = usize::from(matches!(self.body.get(close + 1), Some(b' ' | b'-')));
        let next = close + 1 + gap;
        let before = self.digits;
        self.digits += if is_trunk { 0 } else { close - start };
        let is_taken = self.take(next, run_within(self.body, next, MOST + 1, DIGIT));
        if !is_taken {
            self.digits = before;
        }
        is_taken
    }
}

/// Whether what stands behind a group makes it the first of a date or of a time of day.
fn is_date_or_time(body: &[u8], end: usize) -> bool {
    let is_date = matches!(body.get(end..end + 6), Some([b'-', month @ .., b'-', _, _]) if month.len() == 2)
        && [1, 2, 4, 5].into_iter().all(|place| has(body, end + place, DIGIT));
    is_date && !has(body, end + 6, DIGIT) || body.get(end) == Some(&b':') && has(body, end + 1, DIGIT)
}
