//! Numbers with units.

use std::time::{Duration, UNIX_EPOCH};

/// The last second that has a date of four-digit years; what an agent says may be later.
const LAST_SECOND: u64 = 253_402_300_799;

/// A moment, of seconds since the Unix epoch.
pub(super) fn moment(seconds: u64) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds.min(LAST_SECOND))).to_string()
}

/// A time, in whole seconds.
pub(super) fn duration(seconds: f64) -> String {
    let whole = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
    humantime::format_duration(Duration::from_secs(whole)).to_string()
}

/// Bytes, in powers of 1000.
pub(super) fn bytes(bytes: f64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    match units.into_iter().find(|(_, one)| bytes >= *one) {
        Some((unit, one)) => format!("{:.1} {unit}", bytes / one),
        None => format!("{bytes:.0} B"),
    }
}

/// A share, of 0 to 1.
pub(super) fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round() / 10.0;
    format!("{tenths}%")
}
