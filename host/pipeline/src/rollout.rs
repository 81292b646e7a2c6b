//! What the lanes share of a filter's canary, and the agent judges it by: its share, its counts, how it ended. And whose
//! turn a batch is.

use crate::canary::{Canary, CanaryPolicy, Decider, Drawn, Step, StepCounts};
use logagent_telemetry::{CanaryMeter, CanaryState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A canary's rollout over all lanes.
#[derive(Debug)]
pub struct Rollout {
    canary: Mutex<Canary>,
    meter: Arc<CanaryMeter>,
    /// Asked for each batch, where the meter's own state has a lock.
    is_given_up: AtomicBool,
}

/// What has come of a rollout since it was last looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Nothing.
    None,
    /// The canary gets this share from now on.
    Share(f64),
    /// It is to take the filter's place.
    Promote,
    /// It was given up, and gets nothing any more.
    Aborted(String),
}

impl Rollout {
    /// One that begins.
    #[must_use]
    pub fn new(policy: CanaryPolicy, meter: Arc<CanaryMeter>, now: Instant) -> Self {
        meter.set_share(policy.share);
        Self { canary: Mutex::new(Canary::new(policy, now)), meter, is_given_up: AtomicBool::new(false) }
    }

    /// The share of the batches that the canary gets now.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.meter.share()
    }

    /// Whether the canary was given up.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        self.is_given_up.load(Ordering::Relaxed)
    }

    /// Why it was given up.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.meter.report().reason
    }

    /// What was counted in this step.
    #[must_use]
    pub fn step(&self) -> StepCounts {
        self.lock().counts()
    }

    /// Moves the canary on where it is time, or back; to be called now and then.
    pub fn advance(&self, now: Instant) -> Progress {
        let mut canary = self.lock();
        if self.is_given_up() {
            return Progress::Aborted(self.reason().unwrap_or_default());
        }
        match canary.advance(now) {
            Step::Stay => Progress::None,
            Step::Promote => Progress::Promote,
            Step::Share(share) => {
                self.meter.set_share(share);
                Progress::Share(share)
            }
            Step::Abort(reason) => {
                self.give_up(reason.to_string());
                Progress::Aborted(reason.to_string())
            }
        }
    }

    /// The canary has taken the filter's place.
    pub fn promoted(&self) {
        if self.meter.state() == CanaryState::Running {
            self.meter.promote();
        }
    }

    /// Counts a batch.
    pub(crate) fn note(&self, decider: Decider, drawn: Drawn) {
        if decider == Decider::Canary {
            self.meter.records.add(drawn.records);
            self.meter.drops.add(drawn.drops);
        }
        self.lock().note(decider, drawn);
    }

    /// Counts records that the canary failed on. Where that is too much, it is given up here and now: the rest of the
    /// batch is not its.
    pub(crate) fn fail(&self, records: u64) {
        self.meter.errors.add(records);
        let mut canary = self.lock();
        canary.fail(records);
        if !self.is_given_up()
            && let Some(reason) = canary.reason_to_abort()
        {
            self.give_up(reason.to_string());
        }
    }

    fn give_up(&self, reason: String) {
        self.meter.abort(reason);
        self.is_given_up.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Canary> {
        self.canary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose turn it is: a share of the batches, evenly spread. A share of 5% is each twentieth batch.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    credit: f64,
}

impl Turns {
    /// Whether the next one is of the share.
    pub(crate) fn take(&mut self, share: f64) -> bool {
        /// Twenty times 0.05 is not quite 1.
        const ROUNDING: f64 = 1e-9;
        self.credit += share;
        let is_turn = self.credit >= 1.0 - ROUNDING;
        if is_turn {
            self.credit -= 1.0;
        }
        is_turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_spread_evenly() {
        for (share, every) in [(0.05, 20), (0.2, 5), (0.5, 2), (1.0, 1)] {
            let mut turns = Turns::default();
            let taken: Vec<usize> = (1..=1000).filter(|_| turns.take(share)).collect();
            assert_eq!(taken, (1..=1000).filter(|number| number % every == 0).collect::<Vec<_>>(), "{share}");
        }
        let mut turns = Turns::default();
        assert_eq!((0..1000).filter(|_| turns.take(0.3)).count(), 300);
        assert!(!(0..1000).any(|_| Turns::default().take(0.0)));
    }
}
