//! The time that lanes go by, and how they wait. Not for measuring what a step costs, nor for what is tried beside a
//! filter: these ask the system.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What tells a lane the time. A simulation has one of its own, in which nothing waits.
pub trait Clock: Send + Sync {
    /// Now, to be compared with other answers of the same clock.
    fn now(&self) -> Instant;

    /// Now, in nanoseconds since the Unix epoch.
    fn unix_nano(&self) -> u64;

    /// Holds the lane up until it is woken, or until then; it may go on sooner.
    fn wait(&self, until: Option<Instant>);
}

/// The system's.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn unix_nano(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }

    fn wait(&self, until: Option<Instant>) {
        match until {
            Some(until) => std::thread::park_timeout(until.saturating_duration_since(Instant::now())),
            None => std::thread::park(),
        }
    }
}
