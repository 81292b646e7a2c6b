//! A moment as a file's name has it: `20261124T180412.345Z`, UTC, as ISO 8601's basic form, which needs no quotes in
//! a shell and sorts as time does. Not for any other calendar arithmetic.

use humantime::{format_rfc3339_millis, parse_rfc3339};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(u64);

/// The end of the year 9999: four digits write no later one.
const LAST: u64 = 253_402_300_799_999;

const LENGTH: usize = "20261124T180412.345Z".len();

impl Stamp {
    /// A clock before 1970 counts as the epoch.
    pub(super) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(LAST).min(LAST))
    }

    /// This moment, or the first after `other`.
    pub(super) fn after(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| self.max(Self((other.0 + 1).min(LAST))))
    }

    /// What `Display` writes; `None` for any other text.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() == LENGTH && text.is_ascii())?;
        let (date, time) = text.split_at("20261124".len());
        let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
        let (hour, minute, rest) = (&time[..3], &time[3..5], &time[5..]);
        let moment = parse_rfc3339(&format!("{year}-{month}-{day}{hour}:{minute}:{rest}")).ok()?;
        let stamp = Self::of(moment);
        (stamp.to_string() == text).then_some(stamp)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extended = format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(self.0)).to_string();
        f.write_str(&extended.replace(['-', ':'], ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn moments_are_written_in_utc() {
        // By `date -u -d @SECONDS`.
        let cases = [
            (0, "19700101T000000.000Z"),
            (951_782_399_999, "20000228T235959.999Z"),
            (951_782_400_000, "20000229T000000.000Z"),
            (951_868_800_001, "20000301T000000.001Z"),
            (1_700_000_000_123, "20231114T221320.123Z"),
            (4_107_542_400_000, "21000301T000000.000Z"),
            (LAST, "99991231T235959.999Z"),
        ];
        for (ms, text) in cases {
            assert_eq!((Stamp(ms).to_string().as_str(), Stamp::parse(text.as_bytes())), (text, Some(Stamp(ms))));
        }
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        let texts = [
            "",
            "gz",
            "20231314T221320.123Z",
            "20230431T221320.123Z",
            "20231114T241320.123Z",
            "20231114 221320.123Z",
            "2023111xT221320.123Z",
            "+0231114T221320.123Z",
            "20231114T221320.123Z.gz",
            "00001114T221320.123Z",
            "2023111äT221320.123",
        ];
        for text in texts {
            assert_eq!(Stamp::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_clock_beyond_all_calendars_has_the_last_moment() {
        let time = UNIX_EPOCH + Duration::from_secs(1 << 50);
        assert_eq!((Stamp::of(time), Stamp(LAST).after(Some(Stamp(LAST)))), (Stamp(LAST), Stamp(LAST)));
    }

    proptest! {
        #[test]
        fn a_moment_reads_back_and_sorts_as_it_is_written(a in 0..=LAST, b in 0..=LAST) {
            let (a, b) = (Stamp(a), Stamp(b));
            prop_assert_eq!(Stamp::parse(a.to_string().as_bytes()), Some(a));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }
    }
}
