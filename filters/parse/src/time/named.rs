//! Times whose month is a name: RFC 2822 and HTTP, web servers' logs, RFC 3164, C's asctime.

use super::civil::{Clock, Date, unix_nano, year_of};
use super::{Context, Cursor};

/// `24/Nov/2026:10:11:12 +0100`.
#[inline]
pub(super) fn clf(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    let day = cursor.day()?;
    cursor.expect(b'/')?;
    let month = cursor.month()?;
    cursor.expect(b'/')?;
    let year = cursor.digits::<4>()?;
    cursor.expect(b':')?;
    let clock = cursor.clock()?;
    unix_nano(Date { year, month, day }, clock, cursor.zone_or(context.zone)?)
}

/// `Tue, 24 Nov 2026 10:11:12 +0000`, with or without the weekday; hyphens in the date, as in RFC 850 and cookies.
pub(super) fn mail(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    if cursor.rest().first().is_some_and(u8::is_ascii_alphabetic) {
        cursor.weekday()?;
        cursor.expect(b',')?;
        cursor.expect(b' ')?;
    }
    let day = cursor.day()?;
    let separator = if cursor.eat(b'-') { b'-' } else { cursor.expect(b' ').map(|()| b' ')? };
    let month = cursor.month()?;
    cursor.expect(separator)?;
    let year = cursor.digits::<4>()?;
    cursor.expect(b' ')?;
    let clock = cursor.clock()?;
    unix_nano(Date { year, month, day }, clock, cursor.zone_or(context.zone)?)
}

/// `Tue Nov 24 10:11:12 2026`.
pub(super) fn asctime(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    cursor.weekday()?;
    cursor.expect(b' ')?;
    let month = cursor.month()?;
    cursor.expect(b' ')?;
    let day = cursor.day()?;
    cursor.expect(b' ')?;
    let clock = cursor.clock()?;
    let zone = cursor.zone_or(context.zone)?;
    cursor.expect(b' ')?;
    let year = cursor.digits::<4>()?;
    unix_nano(Date { year, month, day }, clock, zone)
}

/// `Nov 24 10:11:12`, and with a year before the time of day. The cursor moves only over a whole time.
#[inline]
pub(super) fn syslog(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    let mut ahead = *cursor;
    let month = ahead.month()?;
    ahead.expect(b' ')?;
    let day = ahead.day()?;
    ahead.expect(b' ')?;
    let mut with_year = ahead;
    let year = with_year.digits::<4>().filter(|_| with_year.eat(b' '));
    if year.is_some() {
        ahead = with_year;
    }
    let clock = ahead.clock()?;
    let zone = ahead.zone_or(context.zone)?;
    *cursor = ahead;
    match year {
        Some(year) => unix_nano(Date { year, month, day }, clock, zone),
        None => nearest(month, day, clock, zone, context.now),
    }
}

/// In the year that brings it nearest to now. `None` where now is unknown.
fn nearest(month: u32, day: u32, clock: Clock, zone: i32, now: u64) -> Option<u64> {
    let this = Some(now).filter(|&now| now > 0).map(year_of)?;
    // The 29th of February is up to four years away, eight around 2100.
    let years = this.saturating_sub(8)..=this.saturating_add(8);
    let times = years.filter_map(|year| unix_nano(Date { year, month, day }, clock, zone));
    times.min_by_key(|time| time.abs_diff(now))
}
