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
