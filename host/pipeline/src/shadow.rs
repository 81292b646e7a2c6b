//! What all lanes share of a filter's shadow, and what is told of how its decisions differ. Not for calling it.

mod compare;

pub(crate) use compare::{Compared, Side};

use logagent_component::Origin;
use logagent_telemetry::ShadowMeter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Enough to see what differs, few enough to be written on the lane's own time.
const MOST_SAMPLES: u32 = 1000;

/// A shadow over all lanes.
pub struct Shadow {
    share: f64,
    pub(crate) meter: Arc<ShadowMeter>,
    pub(crate) log: Arc<dyn ShadowLog>,
    /// How many differences may still be told.
    left: AtomicU32,
}

impl Shadow {
    /// A shadow that gets this share of the batches, above 0 and at most 1.
    #[must_use]
    pub fn new(share: f64, meter: Arc<ShadowMeter>, log: Arc<dyn ShadowLog>) -> Self {
        Self { share, meter, log, left: AtomicU32::new(MOST_SAMPLES) }
    }

    /// The share of the batches that it gets.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Whether one more difference may be told; then it counts as told.
    pub(crate) fn take_sample(&self) -> bool {
        self.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// Takes some of the records over which a shadow decides otherwise, for people to look at. Shared by all lanes.
pub trait ShadowLog: Send + Sync {
    /// Keeps a record. What goes wrong is its own business: a shadow has no effect.
    fn put(&self, difference: &ShadowDifference<'_>);
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome<'a> {
    /// It goes on.
    Keep,
    /// It is dropped, for the reason of this name.
    Drop(&'a str),
    /// It leaves by the output of this name.
    Route(&'a str),
}

/// A record over which a shadow decides otherwise than its filter.
#[derive(Debug)]
pub struct ShadowDifference<'a> {
    /// Its filter's name.
    pub filter: &'a str,
    /// Where the record was read; `None` for one that a filter made.
    pub origin: Option<Origin>,
    /// When its batch was read, in nanoseconds since the Unix epoch.
    pub observed_unix_nano: u64,
    /// What the filter decided.
    pub decided: Outcome<'a>,
    /// What the shadow would have.
    pub shadow: Outcome<'a>,
    /// What differs: `verdict`, `body`, `attributes`, `stamp`, `copies`.
    pub unlike: &'a [&'static str],
    /// The record's body, as it came to both.
    pub body: &'a [u8],
}
