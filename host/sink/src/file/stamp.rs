//! A moment as a file's name has it: `20261124T180412.345Z`, UTC, as ISO 8601's basic form, which needs no quotes in
//! a shell and sorts as time does. Not for any other calendar arithmetic.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stamp(u64);

const LENGTH: usize = "20261124T180412.345Z".len();
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The years that four digits write.
const YEARS: std::ops::RangeInclusive<u64> = 1970..=9999;

impl Stamp {
    /// A clock before 1970 counts as the epoch.
    pub(super) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    /// This moment, or the first after `other`.
    pub(super) fn after(self, other: Option<Self>) -> Self {
        other.map_or(self, |other| self.max(Self(other.0 + 1)))
    }

    /// What `Display` writes; `None` for any other text.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok().filter(|text| text.len() == LENGTH && text.is_ascii())?;
        let number = |from: usize, to: usize| text[from..to].parse::<u64>().ok();
        let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
        let (hour, minute, second, ms) = (number(9, 11)?, number(11, 13)?, number(13, 15)?, number(16, 19)?);
        let is_date = YEARS.contains(&year) && (1..=12).contains(&month) && day >= 1;
        let days = is_date.then(|| days_before(year, month) + day - 1)?;
        let stamp = Self(days * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms);
        // Whatever else is no moment (a 31st of April, signs among the digits) is written otherwise.
        (stamp.to_string() == text).then_some(stamp)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut days, ms) = (self.0 / DAY_MS, self.0 % DAY_MS);
        let (mut year, mut month) = (*YEARS.start(), 1);
        while days >= days_of_year(year) {
            days -= days_of_year(year);
            year += 1;
        }
        while days >= days_of_month(year, month) {
            days -= days_of_month(year, month);
            month += 1;
        }
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}{month:02}{:02}T{hour:02}{minute:02}{second:02}.{:03}Z", days + 1, ms % 1000)
    }
}

/// The days from the epoch to the month's first.
fn days_before(year: u64, month: u64) -> u64 {
    let years: u64 = (*YEARS.start()..year).map(days_of_year).sum();
    years + (1..month).map(|month| days_of_month(year, month)).sum::<u64>()
}

fn days_of_year(year: u64) -> u64 {
    365 + u64::from(is_leap(year))
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
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

    proptest! {
        #[test]
        fn a_moment_reads_back_and_sorts_as_it_is_written(a in 0_u64..200_000_000_000_000, b in 0_u64..200_000_000_000_000) {
            let (a, b) = (Stamp(a), Stamp(b));
            prop_assert_eq!(Stamp::parse(a.to_string().as_bytes()), Some(a));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }
    }
}
