//! A batch's way through its pipelines: filter after filter, and what each decided.

use super::attempt::At;
use super::deliver::{By, ReadAt};
use super::table::Table;
use super::{Lane, LaneError, apply};
use crate::canary::{Decider, Drawn};
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
        self.deliver(end, framed.read, Some(framed.source))?;
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
            table = self.filter(At { pipeline, filter }, table, read)?;
        }
        self.note(pipeline, None, table);
        Ok(())
    }

    /// Carries out what a filter decided over this table, for which there is room.
    pub(super) fn carry_out(&mut self, at: At, decider: Decider, mut table: Table) -> Table {
        let decisions = std::mem::take(&mut self.decisions);
        apply::edit(&mut self.ring, &mut table, &decisions, &mut self.moved);
        apply::stamp(&mut self.ring, &table, &decisions.stamps);
        let tally = apply::Tally::of(&decisions.verdicts);
        let mut routes = std::mem::take(&mut self.routes);
        apply::route(&mut self.ring, &mut table, &decisions, &tally, |output, table| routes.push((output, table)));
        apply::judge(&mut self.ring, &mut table, &decisions.verdicts);
        for (output, table) in routes.drain(..) {
            self.note(at.pipeline, Some(By { filter: at.filter, decider, output }), table);
        }
        self.routes = routes;
        let emitted = decisions.emitted.len() + decisions.copies.len();
        self.count(at, decider, table, &tally, emitted as u64);
        apply::emit(&mut self.ring, &mut table, &decisions);
        self.decisions = decisions;
        table
    }

    fn count(&mut self, at: At, decider: Decider, kept: Table, tally: &apply::Tally, emitted: u64) {
        let pipeline = &mut self.graph.pipelines[at.pipeline];
        let stage = &mut pipeline.filters[at.filter];
        let (mut dropped, mut records) = (0, kept.count as u64);
        for (verdict, count) in tally.others() {
            records += count;
            match verdict {
                Verdict::Drop { reason } => {
                    dropped += count;
                    let meter = stage.meter.clone();
                    meter.drop_for(&stage.instance(decider).description().reasons[usize::from(reason)], count);
                }
                _ => stage.meter.routed.add(count),
            }
        }
        stage.draw(decider, Drawn { records, drops: dropped });
        stage.meter.kept.add(kept.count as u64);
        stage.meter.emitted.add(emitted);
        pipeline.meter.law.filter(emitted, dropped);
    }
}
