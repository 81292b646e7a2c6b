//! A batch's way through its pipelines: each filter's call, and what comes of it.

use super::deliver::ReadAt;
use super::table::Table;
use super::{Lane, LaneError, apply};
use crate::graph::OnError;
use logagent_component::{Fault, FilterError};
use logagent_record::Verdict;
use logagent_telemetry::Stage;
use std::time::Instant;

/// A batch that was just framed.
pub(super) struct Framed {
    pub(super) source: usize,
    pub(super) table: Table,
    /// Where the batch's own bytes end; what follows belongs to the next.
    pub(super) end: u64,
    /// The bytes of its records, as read.
    pub(super) bytes: u64,
    pub(super) read: ReadAt,
}

impl Lane {
    /// Takes a framed batch through all pipelines of its source, and publishes it to their sinks.
    pub(super) fn process(&mut self, framed: &Framed) -> Result<(), LaneError> {
        let started = Instant::now();
        self.copy_tables(framed);
        for turn in 0..self.tables.len() {
            let pipeline = self.graph.sources[framed.source].pipelines[turn];
            self.graph.pipelines[pipeline].meter.law.receive(framed.table.count as u64, framed.bytes);
            self.filter_from(pipeline, 0, self.tables[turn], framed.read)?;
        }
        let filtered = Instant::now();
        self.meters.stages.of(Stage::Filter).add_time(filtered - started);
        let end = if framed.end < framed.table.at { framed.end } else { self.ring.head() };
        self.deliver(end, framed.read)?;
        self.meters.stages.of(Stage::Write).add_time(filtered.elapsed());
        Ok(())
    }

    /// A table for each pipeline, since filters change it. All of them before the first filter, which may take what
    /// room is left.
    fn copy_tables(&mut self, framed: &Framed) {
        let Self { ring, graph, tables, .. } = self;
        tables.clear();
        let copies = graph.sources[framed.source].pipelines.len();
        tables.extend((0..copies).map(|turn| if turn == 0 { framed.table } else { framed.table.copy(ring) }));
        if copies > 1 {
            // All of them point to the same bodies.
            tables.iter_mut().for_each(|table| table.own_from = ring.head());
        }
    }

    /// Calls the filters from `first` on, and notes what leaves the pipeline where.
    pub(super) fn filter_from(
        &mut self,
        pipeline: usize,
        first: usize,
        mut table: Table,
        read: ReadAt,
    ) -> Result<(), LaneError> {
        for filter in first..self.graph.pipelines[pipeline].filters.len() {
            if table.count == 0 {
                return Ok(());
            }
            table = self.filter(pipeline, filter, table, read)?;
        }
        self.note(pipeline, None, table);
        Ok(())
    }

    /// Calls one filter and carries out what it decided, or what its `on_error` says.
    fn filter(&mut self, pipeline: usize, filter: usize, table: Table, read: ReadAt) -> Result<Table, LaneError> {
        let started = Instant::now();
        let Self { ring, graph, streams, decisions, .. } = self;
        let stage = &mut graph.pipelines[pipeline].filters[filter];
        decisions.clear();
        let view = table.view(ring, streams.infos(), read.unix_nano);
        let called = stage.filter.process(&view, decisions);
        stage.meter.records.add(table.count as u64);
        let room = called.and_then(|()| self.conclude(pipeline, filter, &table));
        let result = match room {
            Ok(bytes) => {
                self.make_room(bytes)?;
                Ok(self.carry_out(pipeline, filter, table))
            }
            Err(error) => self.fail(pipeline, filter, table, error),
        };
        self.graph.pipelines[pipeline].filters[filter].meter.time.add_time(started.elapsed());
        result
    }

    /// What the decisions of a filter that has answered need of the ring, where it can be had. The filter hears of it.
    pub(super) fn conclude(&mut self, pipeline: usize, filter: usize, table: &Table) -> Result<usize, FilterError> {
        let room = self.room_for_decisions(table);
        self.graph.pipelines[pipeline].filters[filter].filter.conclude(room.is_ok());
        room
    }

    fn room_for_decisions(&self, table: &Table) -> Result<usize, FilterError> {
        let needed = apply::room_for(&self.decisions, table, &self.ring);
        let available = self.ring.capacity() - self.ring.in_hand();
        if needed > available { Err(Fault::TooLarge { needed, available }.into()) } else { Ok(needed) }
    }

    pub(super) fn carry_out(&mut self, pipeline: usize, filter: usize, mut table: Table) -> Table {
        let decisions = std::mem::take(&mut self.decisions);
        apply::edit(&mut self.ring, &mut table, &decisions, &mut self.moved);
        apply::stamp(&mut self.ring, &table, &decisions.stamps);
        let tally = apply::Tally::of(&decisions.verdicts);
        let mut routes = std::mem::take(&mut self.routes);
        apply::route(&mut self.ring, &mut table, &decisions, &tally, |output, table| routes.push((output, table)));
        apply::judge(&mut self.ring, &mut table, &decisions.verdicts);
        for (output, table) in routes.drain(..) {
            self.note(pipeline, Some((filter, output)), table);
        }
        self.routes = routes;
        let emitted = decisions.emitted.len() + decisions.copies.len();
        self.count(pipeline, filter, table, &tally, emitted as u64);
        apply::emit(&mut self.ring, &mut table, &decisions);
        self.decisions = decisions;
        table
    }

    fn count(&self, pipeline: usize, filter: usize, kept: Table, tally: &apply::Tally, emitted: u64) {
        let pipeline = &self.graph.pipelines[pipeline];
        let stage = &pipeline.filters[filter];
        let mut dropped = 0;
        for (verdict, count) in tally.others() {
            match verdict {
                Verdict::Drop { reason } => {
                    dropped += count;
                    stage.meter.drop_for(&stage.filter.description().reasons[usize::from(reason)], count);
                }
                _ => stage.meter.routed.add(count),
            }
        }
        stage.meter.kept.add(kept.count as u64);
        stage.meter.emitted.add(emitted);
        pipeline.meter.law.filter(emitted, dropped);
    }

    /// Does with a batch on which a filter failed what its `on_error` says.
    pub(super) fn fail(
        &mut self,
        pipeline: usize,
        filter: usize,
        table: Table,
        error: FilterError,
    ) -> Result<Table, LaneError> {
        let pipeline = &self.graph.pipelines[pipeline];
        let stage = &pipeline.filters[filter];
        let (name, records) = (stage.name.clone(), table.count);
        stage.meter.fail(error.kind());
        if stage.on_error == OnError::Stop {
            return Err(LaneError::Filter { filter: name, records, source: error });
        }
        tracing::error!(filter = &*name, records, %error, on_error = ?stage.on_error, "a filter failed on a batch");
        if stage.on_error == OnError::Pass {
            stage.meter.kept.add(records as u64);
            return Ok(table);
        }
        stage.meter.drop_for(error.kind(), records as u64);
        pipeline.meter.law.filter(0, records as u64);
        Ok(Table { count: 0, ..table })
    }
}
