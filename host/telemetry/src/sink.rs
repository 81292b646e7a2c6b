//! What is counted of a sink, and whether it takes what it is given.

use crate::meters::Labelled;
use crate::{BufferMeter, Counter};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a sink sent.
#[derive(Debug, Default)]
pub struct SinkMeter {
    /// Records written.
    pub records: Counter,
    /// Bytes written, as encoded.
    pub bytes: Counter,
    /// Whether it can be written.
    pub health: Health,
    /// What its buffer did, where it has one.
    pub buffer: BufferMeter,
    /// Records that it did not take, because it was behind.
    pub shed: Counter,
    /// Whether it sheds now.
    pub behind: Behind,
    dead_lettered: Labelled,
}

impl SinkMeter {
    /// Counts records that it gave up for such a reason, and that were put aside.
    pub fn dead_letter(&self, kind: &str, records: u64) {
        self.dead_lettered.add(kind, records);
    }

    /// The records put aside, by reason.
    #[must_use]
    pub fn dead_lettered(&self) -> BTreeMap<String, u64> {
        self.dead_lettered.get()
    }
}

/// Whether a sink is behind, so that it sheds.
#[derive(Debug, Default)]
pub struct Behind {
    lanes: AtomicU64,
}

impl Behind {
    /// A lane's end of it falls behind.
    pub fn fall(&self) {
        self.lanes.fetch_add(1, Ordering::Relaxed);
    }

    /// A lane's end that was behind has caught up, or is gone.
    pub fn catch_up(&self) {
        self.lanes.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether any lane's end is.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.lanes.load(Ordering::Relaxed) > 0
    }
}

/// Whether a destination takes what it is given.
#[derive(Debug, Default)]
pub struct Health {
    /// Lanes whose last attempt failed.
    failing: AtomicU64,
    /// Attempts that failed.
    pub failures: Counter,
}

impl Health {
    /// An attempt failed: the first of a lane, or one more.
    pub fn fail(&self, is_first: bool) {
        self.failing.fetch_add(u64::from(is_first), Ordering::Relaxed);
        self.failures.add(1);
    }

    /// A lane's attempt went well, after others had not.
    pub fn recover(&self) {
        self.failing.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether no lane waits for another attempt.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failing.load(Ordering::Relaxed) == 0
    }
}
