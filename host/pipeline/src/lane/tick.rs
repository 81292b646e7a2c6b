//! The clock of the filters: once a second they are told the time, and may emit.

use super::aside::Subject;
use super::attempt::At;
use super::deliver::ReadAt;
use super::table::Table;
use super::{Lane, LaneError};
use crate::breaker::Admission;
use crate::canary::Decider;
use crate::graph::OnError;
use logagent_component::FilterError;
use std::time::{Duration, Instant};

/// How often filters are told the time.
pub(super) const TICK: Duration = Duration::from_secs(1);

impl Lane {
    /// Tells all filters the time, where it is time; what they emit goes on as a batch of its own.
    pub(super) fn tick(&mut self, now: Instant) -> Result<(), LaneError> {
        if now < self.ticked_at + TICK || self.ending.has_begun() {
            return Ok(());
        }
        self.ticked_at = now;
        while !self.open.is_empty() {
            self.close()?;
        }
        self.tell_all(self.clock.unix_nano()).map(drop)
    }

    /// Tells all filters the time, in nanoseconds since the Unix epoch; whether any of them emitted something.
    pub(super) fn tell_all(&mut self, unix_nano: u64) -> Result<bool, LaneError> {
        self.has_emitted = false;
        for pipeline in 0..self.graph.pipelines.len() {
            for filter in 0..self.graph.pipelines[pipeline].filters.len() {
                self.tick_filter(At { pipeline, filter }, unix_nano)?;
                self.tick_beside(At { pipeline, filter }, unix_nano)?;
            }
        }
        Ok(self.has_emitted)
    }

    fn tick_filter(&mut self, at: At, unix_nano: u64) -> Result<(), LaneError> {
        self.stage(at).is_sample_due = true;
        if self.admit(at) != Admission::Whole {
            // Records decide whether it works again.
            return Ok(());
        }
        let told = self.tell_the_time(at, Decider::Incumbent, unix_nano)?;
        self.settle_restarts(at, Decider::Incumbent, told.is_err());
        let Err(error) = told else { return Ok(()) };
        self.blame_tick(at, &error);
        if self.stage(at).settings.on_error == OnError::Stop {
            return Err(self.stopped(at, Subject::Tick, &error));
        }
        Ok(())
    }

    /// Tells one the time, and has what it emits go on.
    pub(super) fn tell_the_time(
        &mut self,
        at: At,
        decider: Decider,
        told_unix_nano: u64,
    ) -> Result<Result<(), FilterError>, LaneError> {
        let read = ReadAt { instant: self.clock.now(), unix_nano: self.clock.unix_nano() };
        self.decisions.clear();
        let stage = &mut self.graph.pipelines[at.pipeline].filters[at.filter];
        let empty = Table::none(&self.ring);
        let told = stage.instance(decider).tick(told_unix_nano, &mut self.decisions);
        match told.and_then(|()| self.conclude(at, decider, &empty, 0)) {
            Ok(0) => {}
            Ok(room) => {
                self.has_emitted = true;
                self.make_room(room)?;
                let table = self.carry_out(at, decider, empty);
                self.filter_from(at.pipeline, at.filter + 1, table, read)?;
                self.deliver(self.ring.head(), read, None)?;
            }
            Err(error) => return Ok(Err(error)),
        }
        Ok(Ok(()))
    }
}
