//! The counters that lanes, sources, filters and sinks share with whoever shows them.

use crate::{Law, OwnMetrics, Rollouts, SinkMeter};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
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
}

/// What a filter did.
#[derive(Debug, Default)]
pub struct FilterMeter {
    /// Records it decided over.
    pub records: Counter,
    /// Those it kept.
    pub kept: Counter,
    /// Those it routed to a named output.
    pub routed: Counter,
    /// Those it made.
    pub emitted: Counter,
    /// Nanoseconds within its calls.
    pub time: Counter,
    /// Nanoseconds that its lanes waited because it had used up its share.
    pub throttled: Counter,
    /// Records that went on without it because it had used up its share.
    pub bypassed: Counter,
    /// Pages of its window that it wrote, which were thrown away.
    pub private_pages: Counter,
    /// How often its component was replaced, counted from 1.
    pub generation: Counter,
    /// What it counts by itself.
    pub own: OwnMetrics,
    /// What is tried beside it.
    pub rollouts: Rollouts,
    /// Times that the circuit breaker has opened, over all lanes.
    pub breaker_opened: Counter,
    breakers: BreakerCounts,
    dropped: Labelled,
    dead_lettered: Labelled,
    errors: Labelled,
}

/// What a lane's circuit breaker does with calls of its filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// It lets them through.
    #[default]
    Closed,
    /// It tries whether they succeed again.
    HalfOpen,
    /// It lets none through.
    Open,
}

/// How many lanes' breakers are half-open, and open.
#[derive(Debug, Default)]
struct BreakerCounts([AtomicI64; 2]);

impl BreakerCounts {
    fn of(&self, state: BreakerState) -> Option<&AtomicI64> {
        match state {
            BreakerState::Closed => None,
            BreakerState::HalfOpen => Some(&self.0[0]),
            BreakerState::Open => Some(&self.0[1]),
        }
    }
}

/// Counts under names that come up while running.
#[derive(Debug, Default)]
pub(crate) struct Labelled(Mutex<BTreeMap<String, u64>>);

impl Labelled {
    pub(crate) fn add(&self, label: &str, amount: u64) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // `entry` would want an owned name for each batch.
        match counts.get_mut(label) {
            Some(count) => *count += amount,
            None => drop(counts.insert(label.to_owned(), amount)),
        }
    }

    pub(crate) fn get(&self) -> BTreeMap<String, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl FilterMeter {
    /// Counts records dropped for a reason.
    pub fn drop_for(&self, reason: &str, records: u64) {
        self.dropped.add(reason, records);
    }

    /// Counts records put aside after a failure of this kind.
    pub fn dead_letter(&self, kind: &str, records: u64) {
        self.dead_lettered.add(kind, records);
    }

    /// The records put aside, by the kind of failure.
    #[must_use]
    pub fn dead_lettered(&self) -> BTreeMap<String, u64> {
        self.dead_lettered.get()
    }

    /// A lane's breaker has gone from one state to another.
    pub fn breaker_moved(&self, from: BreakerState, to: BreakerState) {
        if let Some(count) = self.breakers.of(from) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
        if let Some(count) = self.breakers.of(to) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The worst state that a lane's breaker is in.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        let is_any =
            |&state: &BreakerState| self.breakers.of(state).is_some_and(|count| count.load(Ordering::Relaxed) > 0);
        [BreakerState::Open, BreakerState::HalfOpen].into_iter().find(is_any).unwrap_or_default()
    }

    /// The records dropped, by reason.
    #[must_use]
    pub fn dropped(&self) -> BTreeMap<String, u64> {
        self.dropped.get()
    }

    /// Counts a failed call.
    pub fn fail(&self, kind: &str) {
        self.errors.add(kind, 1);
    }

    /// The failed calls, by kind.
    #[must_use]
    pub fn errors(&self) -> BTreeMap<String, u64> {
        self.errors.get()
    }
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
