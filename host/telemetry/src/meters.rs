//! The counters that lanes, sources, filters and sinks share with whoever shows them.

mod filter;

pub(crate) use filter::Labelled;
pub use filter::{BreakerState, FilterMeter};

use crate::{Law, SinkMeter};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    #[inline]
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Adds a time, kept in nanoseconds.
    #[inline]
    pub fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    /// Its value.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Its value as seconds, of a counter of nanoseconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        Duration::from_nanos(self.get()).as_secs_f64()
    }
}

/// All meters of an agent, by the configuration's names.
#[derive(Debug, Default)]
pub struct Meters {
    /// By source.
    pub sources: Registry<SourceMeter>,
    /// What was read of dead letters that are sent again.
    pub letters: Arc<SourceMeter>,
    /// By filter.
    pub filters: Registry<FilterMeter>,
    /// By sink.
    pub sinks: Registry<SinkMeter>,
    /// By pipeline.
    pub pipelines: Registry<PipelineMeter>,
    /// Where the lanes' time goes.
    pub stages: StageMeter,
    /// Reloads that were carried out.
    pub reloads: Counter,
    /// Reloads that were refused, and changed nothing.
    pub refused_reloads: Counter,
    /// What became of the state map on disk.
    pub state: StateMeter,
}

/// The meters of one kind, in the order in which their names came up. None ever goes: what was counted under a name that
/// is gone still counts.
#[derive(Debug, Default)]
pub struct Registry<M>(RwLock<Vec<(String, Arc<M>)>>);

impl<M: Default> Registry<M> {
    /// The meter of this name.
    pub fn of(&self, name: &str) -> Arc<M> {
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, meter)) = all.iter().find(|(known, _)| known == name) {
            return meter.clone();
        }
        let meter = Arc::<M>::default();
        all.push((name.to_owned(), meter.clone()));
        meter
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<(String, Arc<M>)> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a source gave.
#[derive(Debug, Default)]
pub struct SourceMeter {
    /// Records framed.
    pub records: Counter,
    /// Bytes taken from the source for them, newlines included.
    pub bytes: Counter,
    /// Lines that were longer than a record may be.
    pub truncated: Counter,
    /// How often a file was cut, or its contents replaced, while it was read: each is a place where bytes may be missing that
    /// nobody has seen.
    pub restarted: Counter,
    /// Bytes that had been seen, of lines that were not finished yet, and were gone with their file.
    pub lost_bytes: Counter,
    /// Files whose rest can't be read: damaged ones that were compressed.
    pub damaged: Counter,
    /// How often a file could not be opened or read, or a directory listed.
    pub unreadable: Counter,
}

/// What became of a pipeline's records.
#[derive(Debug, Default)]
pub struct PipelineMeter {
    /// The law's counts.
    pub law: Law,
}

/// What became of the state map on disk.
#[derive(Debug, Default)]
pub struct StateMeter {
    /// Snapshots that were written.
    pub snapshots: Counter,
    /// Snapshots that could not be written; the one before is there.
    pub snapshot_errors: Counter,
    /// Entries that were restored.
    pub restored: Counter,
    /// Snapshots that were refused: torn, damaged, or none.
    pub refused_snapshots: Counter,
}

/// A part of a lane's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Reading bytes into the ring.
    Read,
    /// Cutting them into records.
    Frame,
    /// Calling filters and carrying out what they decided.
    Filter,
    /// Handing records to sinks, local writes included.
    Write,
}

/// Nanoseconds by stage, over all lanes.
#[derive(Debug, Default)]
pub struct StageMeter([Counter; 4]);

impl StageMeter {
    /// The counter of a stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> &Counter {
        &self.0[stage as usize]
    }
}
