//! When records that a sink holds back must go. A pure decision; `held` carries it out.

use std::time::{Duration, Instant};

/// How long a sink may hold records back, so that small batches share a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flush {
    /// So many records don't wait.
    pub max_records: usize,
    /// Nor do any longer than this after their batch's first byte was read: a batch that was closed by its age
    /// has had its wait.
    pub max_age: Duration,
}

impl Flush {
    /// Holds nothing back.
    pub const AT_ONCE: Self = Self { max_records: 0, max_age: Duration::ZERO };

    /// Whether `records` must go `now`, the oldest of which was read at `read_at`.
    #[must_use]
    pub fn is_due(&self, records: usize, read_at: Instant, now: Instant) -> bool {
        records >= self.max_records || self.due_at(read_at).is_some_and(|due_at| due_at <= now)
    }

    /// When records read at `read_at` must go; `None` where the clock doesn't reach so far.
    #[must_use]
    pub fn due_at(&self, read_at: Instant) -> Option<Instant> {
        read_at.checked_add(self.max_age)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_go_when_they_are_many_or_old() {
        let flush = Flush { max_records: 10, max_age: Duration::from_millis(5) };
        let read_at = Instant::now();
        let cases = [(9, 4, false), (10, 0, true), (11, 0, true), (1, 5, true), (1, 6, true), (0, 4, false)];
        for (records, age_ms, due) in cases {
            let now = read_at + Duration::from_millis(age_ms);
            assert_eq!(flush.is_due(records, read_at, now), due, "{records} records after {age_ms} ms");
        }
    }

    #[test]
    fn an_age_beyond_the_clock_is_never_due() {
        let flush = Flush { max_records: 10, max_age: Duration::MAX };
        let read_at = Instant::now();
        assert_eq!(flush.due_at(read_at), None);
        assert!(!flush.is_due(9, read_at, read_at));
    }
}
