//! The time of day, and the time that passes, from whoever opens a sink. Not for measuring how long something takes.

use std::sync::Arc;
use std::time::{Instant, SystemTime};

#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

/// Time that only goes on.
#[derive(Clone)]
pub struct Steady(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Steady {
    /// What this says it is.
    #[must_use]
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Instant {
        (self.0)()
    }
}

impl Default for Steady {
    /// The system's.
    fn default() -> Self {
        Self::new(Instant::now)
    }
}
