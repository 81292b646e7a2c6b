//! The simulation's clock. It moves when it is told to, and when a lane waits, in which time remote destinations go on.

use crate::remote::Remote;
use logagent_pipeline::Clock;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// Parts that read the system's clock (a sink that waits for a sync) see a time long before any of the simulation's: what
/// is due by age is due when the lane says so, and at no time that depends on the machine.
const AHEAD: Duration = Duration::from_secs(365 * 24 * 3600);

/// When the simulation begins, in nanoseconds since the Unix epoch.
const BEGAN_UNIX_NANO: u64 = 1_700_000_000_000_000_000;

/// How far the clock moves where a lane waits for no time.
const WAIT: Duration = Duration::from_millis(1);

pub(crate) struct SimulatedClock {
    began: Instant,
    passed: Mutex<Duration>,
    remotes: Vec<Remote>,
}

impl SimulatedClock {
    pub(crate) fn new(remotes: Vec<Remote>) -> Self {
        Self { began: Instant::now() + AHEAD, passed: Mutex::default(), remotes }
    }

    pub(crate) fn pass(&self, time: Duration) {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Instant {
        self.began + self.passed()
    }

    fn unix_nano(&self) -> u64 {
        BEGAN_UNIX_NANO + u64::try_from(self.passed().as_nanos()).expect("a short history")
    }

    fn wait(&self, until: Option<Instant>) {
        self.pass(until.map_or(WAIT, |until| until.saturating_duration_since(self.now())));
        let are_moving = self.remotes.iter().filter(|remote| remote.go_on()).count() > 0;
        assert!(are_moving || until.is_some(), "the lane waits for space, and nobody holds any");
    }
}
