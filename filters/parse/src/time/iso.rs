//! RFC 3339, and what is like it: a blank or nothing instead of the `T`, slashes in the date, no seconds, no zone, a
//! zone without its colon, a date alone.

use super::civil::{Clock, Date, unix_nano};
use super::{Context, Cursor, fixed};

#[inline]
pub(super) fn read(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    if let Some((time, length)) = fixed::iso(cursor.rest()) {
        *cursor = Cursor::new(&cursor.rest()[length..]);
        return Some(time);
    }
    let year = cursor.digits::<4>()?;
    let separator = if cursor.eat(b'/') { b'/' } else { cursor.expect(b'-').map(|()| b'-')? };
    let month = cursor.digits::<2>()?;
    cursor.expect(separator)?;
    let day = cursor.digits::<2>()?;
    let date = Date { year, month, day };
    match clock(cursor)? {
        Some(clock) => unix_nano(date, clock, cursor.zone_or(context.zone)?),
        None => unix_nano(date, Clock::default(), context.zone),
    }
}

/// The time of day, if one follows; behind a blank only what has the looks of one.
#[inline]
fn clock(cursor: &mut Cursor<'_>) -> Option<Option<Clock>> {
    match cursor.rest() {
        [b'T' | b't' | b'_', ..] | [b' ', b'0'..=b'9', b'0'..=b'9', b':', ..] => {
            *cursor = Cursor::new(&cursor.rest()[1..]);
            cursor.clock().map(Some)
        }
        _ => Some(None),
    }
}
