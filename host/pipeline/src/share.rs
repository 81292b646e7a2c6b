//! A filter's share of its lane's processor time. Pure: the clock is an argument.
//!
//! A bucket of time: it fills at the share's rate, up to what ten seconds give, and calls take from it. Where it is
//! overdrawn, the filter has had more than its share.

use std::time::{Duration, Instant};

/// Over how long a share is meant: a filter may take all of it at once.
const PERIOD: Duration = Duration::from_secs(10);

/// What one filter may take of one lane.
#[derive(Debug)]
pub struct Share {
    /// Of one core, above 0 and at most 1.
    share: f64,
    /// Seconds that are left; less than 0 where it is overdrawn.
    left: f64,
    filled_at: Option<Instant>,
}

impl Share {
    /// A full bucket for this share of a core, which is above 0 and at most 1.
    #[must_use]
    pub fn new(share: f64) -> Self {
        Self { share, left: share * PERIOD.as_secs_f64(), filled_at: None }
    }

    /// A call that ended at `now` took this long.
    pub fn spend(&mut self, time: Duration, now: Instant) {
        self.fill(now);
        self.left -= time.as_secs_f64();
    }

    /// How long the filter must wait before it may be called again.
    pub fn wait(&mut self, now: Instant) -> Duration {
        self.fill(now);
        if self.left >= 0.0 { Duration::ZERO } else { Duration::from_secs_f64(-self.left / self.share) }
    }

    fn fill(&mut self, now: Instant) {
        let since = self.filled_at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.filled_at = Some(now);
        let most = self.share * PERIOD.as_secs_f64();
        self.left = (self.left + self.share * since.as_secs_f64()).min(most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_filter_may_take_ten_seconds_share_at_once() {
        let now = Instant::now();
        let mut share = Share::new(0.2);
        share.spend(2 * SECOND, now);
        assert_eq!(share.wait(now), Duration::ZERO);
        share.spend(SECOND / 10, now);
        assert_eq!(share.wait(now), SECOND / 2);
        assert_eq!(share.wait(now + SECOND / 2), Duration::ZERO);
    }

    #[test]
    fn over_a_long_time_it_gets_its_share_and_no_more() {
        let start = Instant::now();
        let (mut share, mut now, mut used) = (Share::new(0.25), start, Duration::ZERO);
        while now < start + 100 * SECOND {
            now += share.wait(now);
            now += SECOND / 20;
            used += SECOND / 20;
            share.spend(SECOND / 20, now);
        }
        // A hundred seconds' share, and what the bucket held at first.
        assert!((used.as_secs_f64() - 27.5).abs() < 0.2, "{used:?}");
    }

    #[test]
    fn rest_is_not_saved_beyond_ten_seconds() {
        let now = Instant::now();
        let mut share = Share::new(0.5);
        share.spend(Duration::ZERO, now);
        share.spend(6 * SECOND, now + 1000 * SECOND);
        assert_eq!(share.wait(now + 1000 * SECOND), 2 * SECOND);
    }
}
