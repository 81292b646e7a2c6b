//! A filter's call over a table: whole where that goes well; where it fails, over pieces of it, and pieces of those,
//! until the records that break the filter are found. What becomes of these is decided in `aside`.

use super::deliver::ReadAt;
use super::parts::{Part, Parts};
use super::table::Table;
use super::{Lane, LaneError, apply};
use crate::breaker::Admission;
use crate::canary::Decider;
use crate::graph::FilterStage;
use logagent_component::{Fault, FilterError};

/// Where a filter stands in the graph.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) pipeline: usize,
    pub(super) filter: usize,
}

/// How many records a half-open breaker lets through: enough that one bad record is not taken for a bad filter, and few
/// enough to be worth the loss.
const PROBE_RECORDS: usize = 16;

/// How many pieces a part is cut into that a filter fails on. Each failure costs an instance, tens of microseconds, and
/// a call that goes well less than one: with so many, a bad record of thousands is found with three failures.
const PIECES: usize = 64;

impl Lane {
    pub(super) fn stage(&mut self, at: At) -> &mut FilterStage {
        &mut self.graph.pipelines[at.pipeline].filters[at.filter]
    }

    /// Has one filter decide over a table, and carries that out; answers what stays.
    pub(super) fn filter(&mut self, at: At, table: Table, read: ReadAt) -> Result<Table, LaneError> {
        self.stage(at).meter.records.add(table.count as u64);
        if self.is_bypassed(at)? {
            self.stage(at).meter.bypassed.add(table.count as u64);
            return Ok(self.pass(at, table));
        }
        let work = self.begin_work(at);
        let decider = self.begin_batch(at);
        let mut parts = std::mem::take(&mut self.parts);
        parts.begin(table, decider);
        let result = self.work_through(&mut parts, at, read);
        let merged = result.map(|()| parts.merge(&mut self.ring));
        self.parts = parts;
        self.end_batch(at);
        self.end_work(at, &work);
        merged
    }

    fn work_through(&mut self, parts: &mut Parts, at: At, read: ReadAt) -> Result<(), LaneError> {
        while let Some(part) = parts.next() {
            match part.decider {
                Decider::Incumbent => self.give_to_filter(part, at, read, parts)?,
                Decider::Canary => self.give_to_canary(part, at, read, parts)?,
            }
        }
        Ok(())
    }

    fn give_to_filter(&mut self, part: Part, at: At, read: ReadAt, parts: &mut Parts) -> Result<(), LaneError> {
        let admission = self.admit(at);
        let count = part.table.count;
        if admission == Admission::Refused {
            parts.finish(self.set_aside(at, part.table, read, &FilterError::Broken)?, 0);
            return Ok(());
        }
        if admission == Admission::Probe && count > PROBE_RECORDS {
            parts.split(part, PROBE_RECORDS);
            return Ok(());
        }
        match self.call(at, part, read, parts)? {
            Ok((kept, emitted)) => {
                self.succeed(at, count);
                parts.finish(kept, emitted);
            }
            Err(error) if admission == Admission::Whole && count > 1 && error.can_be_a_records() => {
                self.stage(at).meter.fail(error.kind());
                parts.cut(part, count.div_ceil(PIECES));
            }
            Err(error) => {
                self.blame(at, part.table, &error);
                parts.finish(self.set_aside(at, part.table, read, &error)?, 0);
            }
        }
        Ok(())
    }

    /// Calls who is to decide over one part, and carries out what that one decided; answers what stays, and how many
    /// records are new.
    pub(super) fn call(
        &mut self,
        at: At,
        Part { table, decider }: Part,
        read: ReadAt,
        parts: &Parts,
    ) -> Result<Result<(Table, usize), FilterError>, LaneError> {
        let Self { ring, graph, streams, decisions, .. } = self;
        let stage = &mut graph.pipelines[at.pipeline].filters[at.filter];
        decisions.clear();
        let view = table.view(ring, streams.infos(), read.unix_nano);
        let called = stage.instance(decider).process(&view, decisions);
        if called.is_ok() && std::mem::take(&mut stage.is_sample_due) {
            stage.sample.take(&view, table.records(ring));
        }
        if called.is_ok() && decider == Decider::Incumbent {
            self.compare_with_shadow(at, table, read);
        }
        let emitted = self.decisions.emitted.len();
        let room = called.and_then(|()| self.conclude(at, decider, &table, parts.room_for_merge(emitted)));
        self.settle_restarts(at, decider, room.is_err());
        match room {
            Ok(bytes) => {
                self.make_room(bytes)?;
                Ok(Ok((self.carry_out(at, decider, table), emitted)))
            }
            Err(error) => Ok(Err(error)),
        }
    }

    /// What the decisions of a filter that has answered need of the ring, with `more` beside them, where it can be had.
    /// The filter hears of it.
    pub(super) fn conclude(
        &mut self,
        at: At,
        decider: Decider,
        table: &Table,
        more: usize,
    ) -> Result<usize, FilterError> {
        let needed = apply::room_for(&self.decisions, table, &self.ring) + more;
        let available = self.ring.capacity() - self.ring.in_hand();
        let is_carried_out = needed <= available;
        self.stage(at).instance(decider).conclude(is_carried_out);
        if is_carried_out { Ok(needed) } else { Err(Fault::TooLarge { needed, available }.into()) }
    }
}
