//! Times as logs write them, as nanoseconds since the Unix epoch. By hand: a date library's parsers are slower than the
//! rest of a line together. No clock is read: what lacks a year gets the one nearest to a time that is passed in.

mod civil;
mod cursor;
mod epoch;
mod fixed;
mod iso;
mod named;
mod recent;

use serde::Deserialize;

pub(crate) use cursor::Cursor;
pub(crate) use recent::Recent;

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// Any of the others, told apart by their looks; of an epoch the unit by its number of digits.
    #[default]
    Auto,
    /// `2026-11-24T10:11:12.5+01:00` and its relatives.
    Rfc3339,
    /// `Tue, 24 Nov 2026 10:11:12 +0000`, as in mail and HTTP.
    Rfc2822,
    /// `24/Nov/2026:10:11:12 +0100`, as web servers write it.
    Clf,
    /// `Nov 24 10:11:12`, without a year.
    Syslog,
    /// Seconds since the Unix epoch.
    Unix,
    /// Milliseconds since the Unix epoch.
    UnixMs,
    /// Microseconds since the Unix epoch.
    UnixUs,
    /// Nanoseconds since the Unix epoch.
    UnixNs,
}

/// What a time that does not say all is understood by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Context {
    /// Seconds east of Greenwich, for times without a zone.
    pub(crate) zone: i32,
    /// Nanoseconds since the Unix epoch, about when the record was written; 0 where unknown.
    pub(crate) now: u64,
}

/// The time that `text` is from its first byte to its last, blanks aside.
#[inline]
pub(crate) fn read(text: &[u8], format: TimeFormat, context: Context, recent: &mut Recent) -> Option<u64> {
    let is_iso = matches!(format, TimeFormat::Auto | TimeFormat::Rfc3339);
    match if is_iso { recent.iso(text) } else { None } {
        Some(time) => Some(time),
        None => by_steps(text, format, context),
    }
}

#[inline(never)]
fn by_steps(text: &[u8], format: TimeFormat, context: Context) -> Option<u64> {
    let mut cursor = Cursor::new(text.trim_ascii());
    let time = match format {
        TimeFormat::Auto => auto(&mut cursor, context),
        TimeFormat::Rfc3339 => iso::read(&mut cursor, context),
        TimeFormat::Rfc2822 => named::mail(&mut cursor, context),
        TimeFormat::Clf => named::clf(&mut cursor, context),
        TimeFormat::Syslog => named::syslog(&mut cursor, context),
        TimeFormat::Unix => epoch::read(&mut cursor, Some(epoch::SECOND)),
        TimeFormat::UnixMs => epoch::read(&mut cursor, Some(epoch::MILLI)),
        TimeFormat::UnixUs => epoch::read(&mut cursor, Some(epoch::MICRO)),
        TimeFormat::UnixNs => epoch::read(&mut cursor, Some(epoch::NANO)),
    };
    time.filter(|_| cursor.is_done())
}

/// By the first bytes alone; what then does not fit is not tried in another form.
fn auto(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    match cursor.rest() {
        [b'0'..=b'9', _, _, _, b'-' | b'/', ..] => iso::read(cursor, context),
        [b'0'..=b'9', b'/', ..] | [b'0'..=b'9', _, b'/', ..] => named::clf(cursor, context),
        [b'0'..=b'9', b' ', ..] | [b'0'..=b'9', _, b' ', ..] => named::mail(cursor, context),
        [b'0'..=b'9', ..] => epoch::read(cursor, None),
        [_, _, _, b',', ..] => named::mail(cursor, context),
        _ => named::syslog(cursor, context).or_else(|| named::asctime(cursor, context)),
    }
}

/// The time that a line begins with, of RFC 3339's kind.
#[inline]
pub(crate) fn iso(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    iso::read(cursor, context)
}

/// The time that a line begins with, of RFC 3164's kind. `None` also where the year can't be told: `Cursor` has moved
/// behind the time then.
#[inline]
pub(crate) fn syslog(cursor: &mut Cursor<'_>, context: Context) -> Option<u64> {
    named::syslog(cursor, context)
}

/// The time that a web server writes between brackets.
#[inline]
pub(crate) fn clf(text: &[u8], context: Context) -> Option<u64> {
    if let Some(time) = text.try_into().ok().and_then(fixed::clf) {
        return Some(time);
    }
    let mut cursor = Cursor::new(text);
    named::clf(&mut cursor, context).filter(|_| cursor.is_done())
}

/// Seconds east of Greenwich, of `+01:00`, `-0530`, `+02`, `Z` or `UTC`.
pub(crate) fn zone(text: &str) -> Option<i32> {
    let mut cursor = Cursor::new(text.as_bytes());
    cursor.zone().filter(|_| cursor.is_done())
}

#[cfg(test)]
mod tests;
