//! What is counted of a filter, over all its instances.

use crate::{Counter, OwnMetrics, Rollouts};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

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
