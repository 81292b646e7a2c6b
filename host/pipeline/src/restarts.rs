//! How much of its lane's time a filter takes by failing and being started again. Pure: the clock is an argument.

use crate::share::Share;
use std::time::{Duration, Instant};

/// Which share of the lane's time restarts may take: an instance may start for seconds, and the lane's other pipelines wait
/// meanwhile. A second at once is more than ten bad records take of a filter that starts in 30 ms.
const SHARE: f64 = 0.1;

/// The restarts of one filter in one lane.
#[derive(Debug)]
pub(crate) struct Restarts {
    share: Share,
    /// What they took since this was last asked.
    time: Duration,
}

impl Default for Restarts {
    fn default() -> Self {
        Self { share: Share::new(SHARE), time: Duration::ZERO }
    }
}

impl Restarts {
    /// A fresh instance took so long to start.
    pub(crate) fn add(&mut self, time: Duration, now: Instant) {
        self.time += time;
        self.share.spend(time, now);
    }

    /// A call has failed, so that the next will want another instance: how long that has to wait.
    pub(crate) fn wait(&mut self, now: Instant) -> Duration {
        self.share.wait(now)
    }

    /// What they took since this was last asked.
    pub(crate) fn take_time(&mut self) -> Duration {
        std::mem::take(&mut self.time)
    }
}
