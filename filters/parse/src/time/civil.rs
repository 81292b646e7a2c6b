//! Dates of the Gregorian calendar as days since the Unix epoch, by arithmetic (Howard Hinnant, "chrono-Compatible
//! Low-Level Date Algorithms", days_from_civil and civil_from_days).

pub(super) const DAY: i64 = 86_400;
const NANOS: u64 = 1_000_000_000;

/// A day, as a person writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

/// A time of day. Second 60, a leap second, is the first of the next minute: Unix time has no other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanos: u32,
}

impl Date {
    /// Days since the Unix epoch, of a day that there is.
    #[inline]
    fn days(self) -> Option<i64> {
        if !(1..=12).contains(&self.month) || self.day == 0 || self.day > self.days_in_month() {
            return None;
        }
        // The year begins in March here, so that a leap day is its last. In 32 bits and without a sign, which divide
        // fastest.
        let year = self.year.checked_sub(u32::from(self.month <= 2))?;
        let of_year = (153 * ((self.month + 9) % 12) + 2) / 5 + self.day - 1;
        let days = year * 365 + year / 4 - year / 100 + year / 400 + of_year;
        Some(i64::from(days) - 719_468)
    }

    fn days_in_month(self) -> u32 {
        match self.month {
            2 if self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

/// Nanoseconds since the Unix epoch. `None` for days and times that there are none of, and those that lie before 1970
/// or behind 2554.
#[inline]
pub(super) fn unix_nano(date: Date, clock: Clock, zone: i32) -> Option<u64> {
    if clock.hour > 23 || clock.minute > 59 || clock.second > 60 {
        return None;
    }
    let of_day = i64::from(clock.hour * 3600 + clock.minute * 60 + clock.second);
    let seconds = date.days()? * DAY + of_day - i64::from(zone);
    // A product that is checked for overflow is one of 128 bits in a component.
    let seconds = u64::try_from(seconds).ok().filter(|&seconds| seconds < u64::MAX / NANOS)?;
    Some(seconds * NANOS + u64::from(clock.nanos))
}

/// The year that a time lies in.
pub(super) fn year_of(unix_nano: u64) -> u32 {
    let days = unix_nano / NANOS / DAY.unsigned_abs() + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    // From the 307th day on it is January or February of the next.
    u32::try_from(era * 400 + year + u64::from(of_year >= 306)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_of_five_centuries_follows_the_one_before() {
        let mut expected = 0;
        for year in 1970..2470 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(days) = (Date { year, month, day }).days() else { continue };
                    assert_eq!(days, expected, "{year}-{month}-{day}");
                    assert_eq!(year_of((days * DAY).unsigned_abs() * NANOS + NANOS), year, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
        // 125 leap years, but for 2100, 2200 and 2300.
        assert_eq!(expected, 500 * 365 + 122);
    }
}
