//! Numbers since the Unix epoch, in digits, with or without a fraction.

use super::Cursor;

/// What one of a unit is in nanoseconds.
pub(super) const NANO: u64 = 1;
pub(super) const MICRO: u64 = 1_000;
pub(super) const MILLI: u64 = 1_000_000;
pub(super) const SECOND: u64 = 1_000_000_000;

/// Without a unit, the number of digits tells it: 2001 to 2286 have ten in seconds, thirteen in milliseconds, and so
/// on; one more or less is still nearer to that unit than to the next. A smaller number is a duration, or a year.
#[inline]
pub(super) fn read(cursor: &mut Cursor<'_>, unit: Option<u64>) -> Option<u64> {
    let text = cursor.rest();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let unit = match (unit, digits) {
        (Some(unit), _) => unit,
        (None, ..9) => return None,
        (None, 9..12) => SECOND,
        (None, 12..15) => MILLI,
        (None, 15..18) => MICRO,
        (None, _) => NANO,
    };
    let whole = number(&text[..digits])?.checked_mul(unit)?;
    *cursor = Cursor::new(&text[digits..]);
    let fraction = if cursor.eat(b'.') { fraction(cursor, unit)? } else { 0 };
    // 0 means that a record has no time.
    whole.checked_add(fraction).filter(|&time| time > 0)
}

fn number(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, digit: &u8| number.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    (!digits.is_empty()).then(|| digits.iter().try_fold(0, add)).flatten()
}

/// Parts of a unit, in nanoseconds; what is finer is cut off.
fn fraction(cursor: &mut Cursor<'_>, unit: u64) -> Option<u64> {
    let text = cursor.rest();
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut nanos, mut weight) = (0, unit);
    for digit in &text[..digits] {
        weight /= 10;
        nanos += u64::from(digit - b'0') * weight;
    }
    *cursor = Cursor::new(&text[digits..]);
    (digits > 0).then_some(nanos)
}
