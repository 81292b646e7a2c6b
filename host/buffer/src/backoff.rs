//! How long to wait before trying again: longer each time, up to a bound, and never the same for all. Pure, but for the
//! random numbers.

use std::time::{Duration, Instant};

/// A disk that has been given room, or a sink that is back, is found within this time.
const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(2);

/// Failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// Something failed now.
    pub(crate) fn fail(&mut self, now: Instant) {
        let pause = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        // Half of it by chance (the equal jitter of Brooker, Exponential Backoff and Jitter, 2015).
        self.until = Some(now + pause.mul_f64(0.5 + fastrand::f64() / 2.0));
    }

    pub(crate) fn succeed(&mut self) {
        *self = Self::default();
    }

    /// How often it has failed in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// When to try again; `None` where nothing failed.
    pub(crate) fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether it is not yet time.
    pub(crate) fn waits(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound_and_begin_anew_after_a_success() {
        let (mut backoff, now) = (Backoff::default(), Instant::now());
        assert!(!backoff.waits(now));
        for failure in 0..40 {
            backoff.fail(now);
            let most = FIRST.saturating_mul(1 << failure.min(16)).min(LONGEST);
            let pause = backoff.until().unwrap() - now;
            assert!(pause >= most / 2 && pause <= most, "{failure}: {pause:?}");
        }
        backoff.succeed();
        assert_eq!((backoff.failures(), backoff.until()), (0, None));
    }
}
