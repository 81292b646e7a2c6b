//! What is beside a filter at its calls: a canary, to which batches are given in its place, and a shadow, which is shown
//! what the filter was. Neither costs a record.

use super::aside::Subject;
use super::attempt::At;
use super::deliver::ReadAt;
use super::parts::{Part, Parts};
use super::table::Table;
use super::{Lane, LaneError};
use crate::canary::Decider;
use crate::graph::FilterStage;
use crate::rival::{CanaryStage, ShadowStage};
use crate::shadow::{Compared, ShadowDifference, Side};
use logagent_component::FilterError;
use std::time::Instant;

impl Lane {
    /// A batch begins: who decides over it, and whether its shadow sees it.
    pub(super) fn begin_batch(&mut self, at: At) -> Decider {
        let stage = self.stage(at);
        if let Some(shadow) = &mut stage.shadow {
            shadow.take_turn();
        }
        stage.next_decider()
    }

    /// A batch is done.
    pub(super) fn end_batch(&mut self, at: At) {
        if let Some(canary) = &mut self.stage(at).canary {
            canary.note();
        }
    }

    /// Has the canary decide over a part. The records that it fails on are the filter's own again; so is all that is left
    /// once it was given up.
    pub(super) fn give_to_canary(
        &mut self,
        part: Part,
        at: At,
        read: ReadAt,
        parts: &mut Parts,
    ) -> Result<(), LaneError> {
        if !self.stage(at).canary.as_deref().is_some_and(is_on) {
            parts.hand_over(part);
            return Ok(());
        }
        let count = part.table.count;
        match self.call(at, part, read, parts)? {
            Ok((kept, emitted)) => parts.finish(kept, emitted),
            Err(error) if count > 1 && error.can_be_a_records() && !self.is_canary_slow(at) => {
                parts.split(part, count / 2)
            }
            Err(error) => {
                let subject = Subject::of(self, part.table);
                blame_canary(self.stage(at), &subject, count as u64, &error);
                parts.hand_over(part);
            }
        }
        Ok(())
    }

    /// Whether starting it again has taken too much time already: the records that it fails on are not sought then, and it
    /// is told no time.
    fn is_canary_slow(&mut self, at: At) -> bool {
        let now = self.clock.now();
        !self.stage(at).restarts(Decider::Canary).wait(now).is_zero()
    }

    /// Has the shadow decide over what its filter has just decided over, and tells where it would have done otherwise.
    pub(super) fn compare_with_shadow(&mut self, at: At, table: Table, read: ReadAt) {
        let Self { ring, graph, streams, decisions, open, .. } = self;
        let FilterStage { name, filter, shadow, .. } = &mut graph.pipelines[at.pipeline].filters[at.filter];
        let Some(stage) = shadow.as_deref_mut().filter(|shadow| shadow.is_turn) else { return };
        let view = table.view(ring, streams.infos(), read.unix_nano);
        if !call_shadow(stage, |stage| stage.filter.process(&view, &mut stage.decisions)) {
            return;
        }
        let records = table.records(ring);
        let bytes = |at: u32, length: u32| view.part(at, length);
        let mine = Side { decisions, description: filter.description() };
        let other = Side { decisions: &stage.decisions, description: stage.filter.description() };
        stage.compared.take(records, bytes, mine, other);
        let ShadowStage { shadow, compared, .. } = &*stage;
        shadow.meter.records.add(records.len() as u64);
        shadow.meter.differing.add(compared.count());
        let Compared { records: unlike, .. } = compared;
        for unlike in unlike.iter().take_while(|_| shadow.take_sample()) {
            let record = &records[unlike.index];
            let (names, count) = unlike.names();
            shadow.log.put(&ShadowDifference {
                filter: name,
                origin: streams.origin(record, &open.reached),
                observed_unix_nano: read.unix_nano,
                decided: mine.outcome(unlike.index),
                shadow: other.outcome(unlike.index),
                unlike: &names[..count],
                body: bytes(record.body_at, record.body_len),
            });
        }
    }

    /// Tells what is beside a filter the time. What a canary emits is for the records that it had, and goes on.
    pub(super) fn tick_beside(&mut self, at: At, unix_nano: u64) -> Result<(), LaneError> {
        if self.stage(at).canary.as_deref().is_some_and(is_on) && !self.is_canary_slow(at) {
            let told = self.tell_the_time(at, Decider::Canary, unix_nano)?;
            self.settle_restarts(at, Decider::Canary, told.is_err());
            if let Err(error) = told {
                blame_canary(self.stage(at), &Subject::Tick, 1, &error);
            }
        }
        if let Some(stage) = self.stage(at).shadow.as_mut()
            && stage.may_be_called()
        {
            call_shadow(stage, |stage| stage.filter.tick(unix_nano, &mut stage.decisions));
        }
        Ok(())
    }
}

fn is_on(canary: &CanaryStage) -> bool {
    !canary.rollout.is_given_up()
}

/// Counts and tells that a canary failed.
fn blame_canary(stage: &mut FilterStage, subject: &Subject, records: u64, error: &FilterError) {
    let Some(canary) = &mut stage.canary else { return };
    canary.rollout.fail(records);
    if let Some(unsaid) = canary.complaints.admit(Instant::now()) {
        let unsaid = (unsaid > 0).then_some(unsaid);
        let (filter, component) = (&*stage.name, &*canary.component);
        tracing::warn!(filter, component, %subject, %error, unsaid, "a canary failed; the filter itself decides");
    }
}

/// Calls a shadow and counts how that went; what it decided is carried out by nobody, which it must not notice.
fn call_shadow(stage: &mut ShadowStage, call: impl FnOnce(&mut ShadowStage) -> Result<(), FilterError>) -> bool {
    let started = Instant::now();
    stage.decisions.clear();
    let called = call(stage);
    stage.called(started, called.is_ok());
    match &called {
        Ok(()) => stage.filter.conclude(true),
        Err(_) => stage.shadow.meter.errors.add(1),
    }
    called.is_ok()
}
