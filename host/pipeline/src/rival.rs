//! A lane's instances of what is beside a filter: its canary, which decides over a share of its batches, or its shadow,
//! whose decisions are only compared.

use crate::breaker::{Admission, Breaker, BreakerPolicy};
use crate::canary::{Decider, Drawn};
use crate::lane::Complaints;
use crate::restarts::Restarts;
use crate::rollout::{Rollout, Turns};
use crate::shadow::{Compared, Shadow};
use logagent_component::{Decisions, Filter};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A canary in its place.
pub struct CanaryStage {
    pub(crate) filter: Box<dyn Filter>,
    pub(crate) component: Arc<str>,
    pub(crate) rollout: Arc<Rollout>,
    /// How often its failures are told.
    pub(crate) complaints: Complaints,
    pub(crate) restarts: Restarts,
    turns: Turns,
    /// What the filter and the canary have done with the batch in hand.
    drawn: [Drawn; 2],
}

impl CanaryStage {
    /// A lane's instance. `component` is the SHA-256 of its component, in hexadecimal.
    #[must_use]
    pub fn new(filter: Box<dyn Filter>, component: Arc<str>, rollout: Arc<Rollout>) -> Self {
        let (complaints, restarts, turns, drawn) = Default::default();
        Self { filter, component, rollout, complaints, restarts, turns, drawn }
    }

    /// Whether the next batch is its.
    pub(crate) fn take_turn(&mut self) -> bool {
        !self.rollout.is_given_up() && self.turns.take(self.rollout.share())
    }

    pub(crate) fn draw(&mut self, decider: Decider, Drawn { records, drops }: Drawn) {
        let drawn = &mut self.drawn[decider as usize];
        drawn.records += records;
        drawn.drops += drops;
    }

    /// The batch in hand is done.
    pub(crate) fn note(&mut self) {
        for decider in [Decider::Incumbent, Decider::Canary] {
            let drawn = std::mem::take(&mut self.drawn[decider as usize]);
            if drawn.records > 0 && !self.rollout.is_given_up() {
                self.rollout.note(decider, drawn);
            }
        }
    }
}

/// A shadow is called in its filter's time: one that fails again and again, or is slow to, is soon left alone.
const BREAKER: BreakerPolicy = BreakerPolicy { failures: 4, open_for: Duration::from_secs(10) };

/// A shadow in its place.
pub struct ShadowStage {
    pub(crate) filter: Box<dyn Filter>,
    pub(crate) shadow: Arc<Shadow>,
    /// Its own, and those that were compared last.
    pub(crate) decisions: Decisions,
    pub(crate) compared: Compared,
    /// The batch in hand is of its share.
    pub(crate) is_turn: bool,
    /// What its calls took since it was last asked.
    time: Duration,
    breaker: Breaker,
    restarts: Restarts,
    turns: Turns,
}

impl ShadowStage {
    /// A lane's instance.
    #[must_use]
    pub fn new(filter: Box<dyn Filter>, shadow: Arc<Shadow>) -> Self {
        let (decisions, compared, restarts, turns) = Default::default();
        let (breaker, time) = (Breaker::new(BREAKER), Duration::ZERO);
        Self { filter, shadow, decisions, compared, is_turn: false, time, breaker, restarts, turns }
    }

    /// Sees whether the next batch is of its share.
    pub(crate) fn take_turn(&mut self) {
        self.is_turn = self.turns.take(self.shadow.share()) && self.may_be_called();
    }

    /// Whether it has not failed too often just now.
    pub(crate) fn may_be_called(&mut self) -> bool {
        self.breaker.admit(Instant::now) != Admission::Refused
    }

    /// A call that started then has ended, so.
    pub(crate) fn called(&mut self, started: Instant, is_ok: bool) {
        let now = Instant::now();
        self.time += now - started;
        self.restarts.add(self.filter.take_restart_time(), now);
        if is_ok {
            self.breaker.succeed(1, now);
        } else {
            self.is_turn = false;
            let wait = self.restarts.wait(now);
            if !wait.is_zero() {
                self.breaker.leave(wait, now);
            }
            self.breaker.fail(1, now);
        }
    }

    /// What its calls have taken since this was last asked.
    pub(crate) fn take_time(&mut self) -> Duration {
        std::mem::take(&mut self.time)
    }
}
