//! When a file has had its time. A pure decision; `regular` carries it out.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a file is renamed and another begun, and how many of the renamed are kept. Never without a record in it,
/// and only where a record is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotate {
    /// No file grows beyond so many bytes, unless a single write is larger.
    pub size: Option<u64>,
    /// No file has records from both sides of a multiple of this since the Unix epoch: `24h` begins one at
    /// midnight UTC. So it doesn't matter how often the agent is restarted meanwhile.
    pub every: Option<Duration>,
    /// Only so many of the renamed files stay, the newest; all where it is `None`.
    pub keep: Option<usize>,
}

impl Rotate {
    /// Whether a file of `len` bytes, last written at `written_at`, must go before `bytes` more are written `now`.
    pub(super) fn is_due(&self, len: u64, bytes: u64, written_at: SystemTime, now: SystemTime) -> bool {
        len > 0 && (self.is_full(len, bytes) || self.is_over(written_at, now))
    }

    fn is_full(&self, len: u64, bytes: u64) -> bool {
        self.size.is_some_and(|size| len.saturating_add(bytes) > size)
    }

    fn is_over(&self, written_at: SystemTime, now: SystemTime) -> bool {
        // A clock that was set back is in an earlier period, not in a new one.
        self.every.is_some_and(|every| period(now, every) > period(written_at, every))
    }
}

fn period(time: SystemTime, every: Duration) -> u128 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos() / every.as_nanos().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_file_goes_before_a_write_that_would_make_it_too_large() {
        let rotate = Rotate { size: Some(100), ..Rotate::default() };
        let cases = [(0, 1000, false), (1, 99, false), (1, 100, true), (100, 0, false), (u64::MAX, u64::MAX, true)];
        for (len, bytes, due) in cases {
            assert_eq!(rotate.is_due(len, bytes, at(0), at(1_000_000)), due, "{len} and {bytes}");
        }
    }

    #[test]
    fn a_file_goes_before_the_first_record_of_another_period() {
        let rotate = Rotate { every: Some(Duration::from_secs(60)), ..Rotate::default() };
        let cases = [(0, 59, false), (59, 60, true), (60, 119, false), (60, 500, true), (60, 59, false)];
        for (written_at, now, due) in cases {
            assert_eq!(rotate.is_due(1, 1, at(written_at), at(now)), due, "{written_at} and {now}");
            assert!(!rotate.is_due(0, 1, at(written_at), at(now)), "there is nothing to keep");
        }
    }
}
