//! What is counted of a second component beside a filter's own: a canary, or a shadow. Not for judging it.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Counter;

/// The rollouts of one filter: the last canary and the last shadow that it had.
#[derive(Debug, Default)]
pub struct Rollouts {
    canary: Mutex<Option<Arc<CanaryMeter>>>,
    shadow: Mutex<Option<Arc<ShadowMeter>>>,
}

/// How far a canary has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CanaryState {
    /// It has its share.
    #[default]
    Running,
    /// It has taken the filter's place.
    Promoted,
    /// It was given up.
    Aborted,
}

/// What a canary did, over all lanes and steps.
#[derive(Debug, Default)]
pub struct CanaryMeter {
    /// Records that it decided over.
    pub records: Counter,
    /// Records that it failed on, and the filter itself decided over.
    pub errors: Counter,
    /// Records that it dropped.
    pub drops: Counter,
    /// A `f64`, as its bits.
    share: AtomicU64,
    end: Mutex<(CanaryState, Option<String>)>,
}

/// What a shadow did, over all lanes.
#[derive(Debug, Default)]
pub struct ShadowMeter {
    /// Records that it decided over.
    pub records: Counter,
    /// Those that it decided otherwise over than the filter. What differs of the new records of one call counts as one.
    pub differing: Counter,
    /// Calls that failed.
    pub errors: Counter,
}

/// What a canary did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CanaryReport {
    /// How far it has come.
    pub state: CanaryState,
    /// The share of the batches that it gets.
    pub share: f64,
    /// Records that it decided over.
    pub records: u64,
    /// Records that it failed on.
    pub errors: u64,
    /// Records that it dropped.
    pub drops: u64,
    /// Why it was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a shadow did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShadowReport {
    /// Records that it decided over.
    pub records: u64,
    /// Those that it decided otherwise over than the filter.
    pub differing: u64,
    /// Calls that failed.
    pub errors: u64,
}

impl Rollouts {
    /// Shows this canary, in place of the one before.
    pub fn show_canary(&self, meter: Arc<CanaryMeter>) {
        *lock(&self.canary) = Some(meter);
    }

    /// Shows this shadow, in place of the one before.
    pub fn show_shadow(&self, meter: Arc<ShadowMeter>) {
        *lock(&self.shadow) = Some(meter);
    }

    pub(crate) fn canary_report(&self) -> Option<CanaryReport> {
        lock(&self.canary).as_ref().map(|meter| meter.report())
    }

    pub(crate) fn shadow_report(&self) -> Option<ShadowReport> {
        lock(&self.shadow).as_ref().map(|meter| ShadowReport {
            records: meter.records.get(),
            differing: meter.differing.get(),
            errors: meter.errors.get(),
        })
    }
}

fn lock<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CanaryMeter {
    /// The share of the batches that it gets.
    #[must_use]
    pub fn share(&self) -> f64 {
        f64::from_bits(self.share.load(Ordering::Relaxed))
    }

    /// It gets this share from now on.
    pub fn set_share(&self, share: f64) {
        self.share.store(share.to_bits(), Ordering::Relaxed);
    }

    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> CanaryState {
        lock(&self.end).0
    }

    /// It has taken the filter's place.
    pub fn promote(&self) {
        lock(&self.end).0 = CanaryState::Promoted;
    }

    /// It was given up: it gets nothing any more.
    pub fn abort(&self, reason: String) {
        self.set_share(0.0);
        *lock(&self.end) = (CanaryState::Aborted, Some(reason));
    }

    /// Its counts.
    #[must_use]
    pub fn report(&self) -> CanaryReport {
        let (state, reason) = lock(&self.end).clone();
        CanaryReport {
            state,
            share: self.share(),
            records: self.records.get(),
            errors: self.errors.get(),
            drops: self.drops.get(),
            reason,
        }
    }
}
