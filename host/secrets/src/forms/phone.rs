//! Telephone numbers: ITU-T E.164 with its `+`, North America's, and national ones with a trunk's 0.
//!
//! Digits alone are none, whatever their length: without `+` or separators they are times and ids far more often. The
//! national forms are kept to groupings in use, so that dates, times, decimals and columns of numbers are none.

mod international;
mod north_american;
mod trunk;

use crate::bytes::{DIGIT, has_before};
use std::ops::Range;

/// The number whose `+` is at `at`, or the digit behind its trunk's 0, or its last digit in North America's form.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    match at.checked_sub(1).map(|before| body[before]) {
        _ if body[at] == b'+' => international::at(body, at),
        Some(b'0') if !has_before(body, at - 1, DIGIT) => trunk::at(body, at - 1),
        _ => north_american::at(body, at),
    }
}
