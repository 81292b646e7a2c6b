//! When to try again what has failed, and how often to say so. Pure: the time and chance are arguments.

use std::time::{Duration, Instant};

/// How long to wait between attempts: longer each time, up to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// After the first failure.
    pub initial: Duration,
    /// At most.
    pub max: Duration,
    /// What could not be delivered within this time is given up; nothing ever where it is `None`.
    pub give_up: Option<Duration>,
}

impl Retry {
    /// Pauses without end.
    #[must_use]
    pub const fn for_ever(initial: Duration, max: Duration) -> Self {
        Self { initial, max, give_up: None }
    }
}

/// Failures in a row, and when the next attempt may be. It is a circuit breaker, too: open until then, half open for that
/// one attempt, closed after a success.
#[derive(Debug)]
pub struct Backoff {
    retry: Retry,
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(retry: Retry) -> Self {
        Self { retry, failures: 0, until: None }
    }

    /// It failed now. The pause doubles with each failure, and half of it is by `chance` (0 to 1), so that not all who
    /// failed together try together (the equal jitter of M. Brooker: Exponential Backoff and Jitter, 2015). It is at least
    /// `retry_after`, where the other side has said so (RFC 9110, section 10.2.3).
    pub fn fail(&mut self, now: Instant, chance: f64, retry_after: Option<Duration>) -> Duration {
        let Retry { initial, max, .. } = self.retry;
        let pause = initial.saturating_mul(1 << self.failures.min(30)).min(max);
        let pause = pause.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0).max(retry_after.unwrap_or_default());
        self.failures = self.failures.saturating_add(1);
        // A time that the clock can't reach must not mean never.
        self.until = Some(now.checked_add(pause).unwrap_or(now));
        pause
    }

    /// It went well; answers whether it had failed before.
    pub fn succeed(&mut self) -> bool {
        self.until = None;
        std::mem::take(&mut self.failures) > 0
    }

    /// When to try again; `None` where nothing has failed.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Whether it is time to try.
    #[must_use]
    pub fn may_try(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| until <= now)
    }

    /// How often it has failed in a row.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }
}

/// What goes wrong again and again is told once, and again after a while.
#[derive(Debug, Default)]
pub struct Complaint {
    told_at: Option<Instant>,
}

/// Often enough for who has just begun to look.
const AGAIN_AFTER: Duration = Duration::from_secs(10);

impl Complaint {
    /// Whether a failure now is to be told.
    pub fn is_due(&mut self, now: Instant) -> bool {
        let is_due = self.told_at.is_none_or(|told_at| now.saturating_duration_since(told_at) >= AGAIN_AFTER);
        if is_due {
            self.told_at = Some(now);
        }
        is_due
    }

    /// It is over; answers whether a failure was told.
    pub fn end(&mut self) -> bool {
        self.told_at.take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry::for_ever(Duration::from_millis(100), Duration::from_secs(10));

    #[test]
    fn pauses_double_up_to_a_bound_and_begin_anew_after_a_success() {
        let (mut backoff, now) = (Backoff::new(RETRY), Instant::now());
        for round in 0..2 {
            let pauses: Vec<u128> = (0..9).map(|_| backoff.fail(now, 1.0, None).as_millis()).collect();
            assert_eq!(pauses, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000], "round {round}");
            assert_eq!((backoff.failures(), backoff.succeed(), backoff.succeed()), (9, true, false));
        }
        for _ in 0..100 {
            backoff.fail(now, 0.0, None);
        }
        assert_eq!(backoff.until(), Some(now + Duration::from_secs(5)), "half of it is by chance");
    }

    #[test]
    fn an_attempt_waits_for_its_time_and_for_who_asks_to_wait_longer() {
        let (mut backoff, now) = (Backoff::new(RETRY), Instant::now());
        assert!(backoff.may_try(now));
        backoff.fail(now, 1.0, None);
        let after = |millis| now + Duration::from_millis(millis);
        assert_eq!([99, 100].map(|millis| backoff.may_try(after(millis))), [false, true]);
        assert_eq!(backoff.fail(now, 1.0, Some(Duration::from_secs(60))), Duration::from_secs(60));
        assert_eq!(backoff.fail(now, 1.0, Some(Duration::ZERO)), Duration::from_millis(400));
        backoff.fail(now, 1.0, Some(Duration::MAX));
        assert!(backoff.may_try(now), "a time beyond the clock is now");
    }

    #[test]
    fn a_failure_is_told_once_and_again_after_ten_seconds() {
        let (mut complaint, start) = (Complaint::default(), Instant::now());
        let told = [0, 1, 9, 10, 11, 20].map(|second| complaint.is_due(start + Duration::from_secs(second)));
        assert_eq!(told, [true, false, false, true, false, true]);
        assert_eq!((complaint.end(), complaint.end(), complaint.is_due(start)), (true, false, true));
    }
}
