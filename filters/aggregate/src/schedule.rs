//! Which window a time lies in, and when a window closes. Pure: the clock is an argument.

use std::time::Duration;

use logagent_sdk::state::Value;
use serde::{Deserialize, Serialize};

use crate::bytes;

/// The windows: one after the other from the Unix epoch on, all of one length. Times are nanoseconds since the epoch.
#[derive(Debug)]
pub(crate) struct Schedule {
    length: u64,
    lateness: u64,
}

/// Where a window is on its way. Each lane moves it on, and one of them does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Window {
    /// It takes records; one came in a batch that was read then.
    Open { last: u64 },
    /// It takes no more since then, or, once that is begun, it was then that a lane has last emitted groups of it.
    Closing { since: u64, is_begun: bool },
    /// All its groups were emitted.
    Closed,
}

/// How far a window's last record may be behind what is remembered of it: so seldom is it written, in place of in every
/// batch. Windows are looked at once a second.
const STEP: u64 = 200_000_000;

/// How long a window that takes no more records is left alone before its groups are emitted, and how long one lane is at
/// them before it is another's turn: a little less than from tick to tick. A lane that has looked at the window before it
/// was closed is done with its batch then. What one adds that stood still for longer is not emitted.
const TURN: u64 = 900_000_000;

impl Schedule {
    pub(crate) fn new(length: Duration, lateness: Duration) -> Self {
        Self { length: nanos(length), lateness: nanos(lateness) }
    }

    pub(crate) fn start_of(&self, time: u64) -> u64 {
        time - time % self.length
    }

    pub(crate) fn end_of(&self, start: u64) -> u64 {
        start.saturating_add(self.length)
    }

    /// A window ends by its clock. Where its records come long afterwards, as from old files, it ends when no more come;
    /// where they are ahead of the clock, a window's length after the last one.
    fn closes_at(&self, start: u64, last: u64) -> u64 {
        let end = self.end_of(start).min(last.saturating_add(self.length));
        end.max(last).saturating_add(self.lateness)
    }

    /// What becomes of a window that gets records at `now`, if anything.
    pub(crate) fn after_records(window: Option<Window>, now: u64) -> Option<Window> {
        match window {
            None => Some(Window::Open { last: now }),
            Some(Window::Open { last }) if now >= last.saturating_add(STEP) => Some(Window::Open { last: now }),
            Some(_) => None,
        }
    }

    /// What becomes of a window as time goes by, if anything. Whoever finds it closing and makes it so has its turn at the
    /// window's groups.
    pub(crate) fn at(&self, start: u64, window: Window, now: u64) -> Option<Window> {
        let (is_due, is_begun) = match window {
            Window::Open { last } => (self.closes_at(start, last) <= now, false),
            Window::Closing { since, .. } => (since.saturating_add(TURN) <= now, true),
            Window::Closed => (false, true),
        };
        is_due.then_some(Window::Closing { since: now, is_begun })
    }
}

impl Value for Window {
    fn write(&self, into: &mut Vec<u8>) {
        bytes::append(self, into);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn schedule() -> Schedule {
        Schedule::new(Duration::from_secs(10), Duration::from_secs(5))
    }

    #[test]
    fn a_window_begins_at_a_multiple_of_its_length() {
        let schedule = schedule();
        for (time, start) in [(0, 0), (9, 0), (10, 10), (19, 10), (1_772_366_405, 1_772_366_400)] {
            assert_eq!(schedule.start_of(time * SECOND), start * SECOND, "{time}");
        }
    }

    #[test]
    fn a_window_closes_by_its_end_or_when_no_more_records_come() {
        let schedule = schedule();
        for (start, last, closes_at) in [
            // As records come while they happen.
            (100, 100, 115),
            (100, 109, 115),
            // Stragglers.
            (100, 112, 117),
            // Old files.
            (100, 5_000, 5_005),
            // Clocks that are ahead: by seconds, by years.
            (100, 95, 110),
            (5_000, 100, 115),
        ] {
            assert_eq!(schedule.closes_at(start * SECOND, last * SECOND), closes_at * SECOND, "{start} {last}");
        }
    }

    #[test]
    fn of_each_turn_at_a_window_there_is_one_winner() {
        let schedule = schedule();
        let open = Window::Open { last: 105 * SECOND };
        assert_eq!(schedule.at(100 * SECOND, open, 114 * SECOND), None);
        let closing = schedule.at(100 * SECOND, open, 115 * SECOND).unwrap();
        assert_eq!(closing, Window::Closing { since: 115 * SECOND, is_begun: false });
        assert_eq!(schedule.at(100 * SECOND, closing, 115 * SECOND), None);
        let begun = Window::Closing { since: 116 * SECOND, is_begun: true };
        assert_eq!(schedule.at(100 * SECOND, closing, 116 * SECOND), Some(begun));
        assert_eq!(schedule.at(100 * SECOND, Window::Closed, u64::MAX), None);
    }

    #[test]
    fn at_the_end_of_time_every_window_closes() {
        let open = Window::Open { last: u64::MAX - 1 };
        assert!(schedule().at(u64::MAX - 5, open, u64::MAX).is_some());
    }

    #[test]
    fn records_open_a_window_and_keep_it_open_and_open_no_closed_one() {
        let now = 50 * SECOND;
        assert_eq!(Schedule::after_records(None, now), Some(Window::Open { last: now }));
        let open = Window::Open { last: now };
        assert_eq!(Schedule::after_records(Some(open), now + 1), None);
        assert_eq!(Schedule::after_records(Some(open), now + SECOND), Some(Window::Open { last: now + SECOND }));
        assert_eq!(Schedule::after_records(Some(Window::Closed), now), None);
        assert_eq!(Schedule::after_records(Some(Window::Closing { since: 0, is_begun: true }), now), None);
    }
}
