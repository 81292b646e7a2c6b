//! A batch's way through its pipelines: filters, then hand-over to the sinks.

use super::flight::Cargo;
use super::table::{self, Table};
use super::{Lane, LaneError, TICK, apply, unix_nano};
use crate::graph::OnError;
use logagent_component::{Delivery, Fault, FilterError};
use logagent_record::{Descriptor, Verdict};
use logagent_ring::Span;
use logagent_telemetry::Stage;
use std::ops::Range;
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

/// When a batch was read, on both clocks.
#[derive(Clone, Copy)]
pub(super) struct ReadAt {
    pub(super) instant: Instant,
    pub(super) unix_nano: u64,
}

/// Records that leave a pipeline.
pub(super) struct Output {
    pipeline: usize,
    /// The filter and its output that they leave by; `None` at the pipeline's end.
    by: Option<(usize, u8)>,
    places: Range<usize>,
    bytes: u64,
}

impl Lane {
    /// Takes a framed batch through all pipelines of its source, and publishes it to their sinks.
    pub(super) fn process(&mut self, framed: &Framed) -> Result<(), LaneError> {
        let started = Instant::now();
        self.copy_tables(framed);
        for turn in 0..self.tables.len() {
            let pipeline = self.graph.sources[framed.source].pipelines[turn];
            self.graph.pipelines[pipeline].meter.law.receive(framed.table.count as u64, framed.bytes);
            self.filter_from(pipeline, 0, self.tables[turn])?;
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
    }

    /// Calls the filters from `first` on, and notes what leaves the pipeline where.
    fn filter_from(&mut self, pipeline: usize, first: usize, mut table: Table) -> Result<(), LaneError> {
        for filter in first..self.graph.pipelines[pipeline].filters.len() {
            if table.count == 0 {
                return Ok(());
            }
            table = self.filter(pipeline, filter, table)?;
        }
        self.note(pipeline, None, table);
        Ok(())
    }

    fn note(&mut self, pipeline: usize, by: Option<(usize, u8)>, table: Table) {
        if table.count > 0 {
            let (places, bytes) = (table.places(&self.ring), table.body_bytes(&self.ring));
            self.outputs.push(Output { pipeline, by, places, bytes });
        }
    }

    /// Calls one filter and carries out what it decided, or what its `on_error` says.
    fn filter(&mut self, pipeline: usize, filter: usize, table: Table) -> Result<Table, LaneError> {
        let started = Instant::now();
        let Self { ring, graph, streams, decisions, .. } = self;
        let stage = &mut graph.pipelines[pipeline].filters[filter];
        decisions.clear();
        let called = stage.filter.process(&table.view(ring, streams.infos()), decisions);
        stage.meter.records.add(table.count as u64);
        let room = called.and_then(|()| self.room_for_decisions(table.records(&self.ring)));
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

    /// What the decisions need of the ring, where it can be had.
    fn room_for_decisions(&self, records: &[Descriptor]) -> Result<usize, FilterError> {
        let needed = apply::room_for(&self.decisions, records);
        let in_hand = usize::try_from(self.ring.head() - self.ring.published()).expect("fits the ring");
        let available = self.ring.capacity() - in_hand;
        if needed > available { Err(Fault::TooLarge { needed, available }.into()) } else { Ok(needed) }
    }

    fn carry_out(&mut self, pipeline: usize, filter: usize, mut table: Table) -> Table {
        let decisions = std::mem::take(&mut self.decisions);
        apply::edit(&mut self.ring, &mut table, &decisions);
        let mut routes = std::mem::take(&mut self.routes);
        let tally =
            apply::judge(&mut self.ring, &mut table, &decisions.verdicts, |output, table| routes.push((output, table)));
        for (output, table) in routes.drain(..) {
            self.note(pipeline, Some((filter, output)), table);
        }
        self.routes = routes;
        self.count(pipeline, filter, table, &tally, decisions.emitted.len() as u64);
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
    fn fail(&mut self, pipeline: usize, filter: usize, table: Table, error: FilterError) -> Result<Table, LaneError> {
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

    /// Publishes what is in hand up to `end`, and gives each output to its sinks.
    fn deliver(&mut self, end: u64, read: ReadAt) -> Result<(), LaneError> {
        let span = self.publish(end)?;
        let cargo = self.outputs.iter().map(|output| Cargo {
            pipeline: output.pipeline,
            records: (output.places.len() / table::ALIGNMENT) as u64,
            bytes: output.bytes,
        });
        self.flights.depart(&self.open.reached, cargo, &mut self.streams);
        self.open.reached.clear();
        for Output { pipeline, by, places, bytes } in self.outputs.drain(..) {
            let pipeline = &self.graph.pipelines[pipeline];
            let sinks = match by {
                Some((filter, output)) => &pipeline.filters[filter].outputs[usize::from(output)],
                None => &pipeline.sinks,
            };
            for &sink in sinks {
                self.graph.sinks[sink].deliver(Delivery {
                    span: span.clone(),
                    table: places.clone(),
                    bytes,
                    read_at: read.instant,
                    observed_unix_nano: read.unix_nano,
                    streams: self.streams.infos().clone(),
                })?;
            }
        }
        span.confirm();
        Ok(())
    }

    /// Publishes what is in hand up to `end`, once there are few enough spans out.
    pub(super) fn publish(&mut self, end: u64) -> Result<Span, LaneError> {
        loop {
            if let Some(span) = self.ring.publish(end) {
                return Ok(span);
            }
            self.flush(|_| true)?;
            self.reclaim()?;
            if self.ring.is_crowded() {
                std::thread::park();
            }
        }
    }

    /// Tells all filters the time, where it is time; what they emit goes on as a batch of its own.
    pub(super) fn tick(&mut self, now: Instant) -> Result<(), LaneError> {
        if now < self.ticked_at + TICK {
            return Ok(());
        }
        self.ticked_at = now;
        while !self.open.is_empty() {
            self.close()?;
        }
        for pipeline in 0..self.graph.pipelines.len() {
            for filter in 0..self.graph.pipelines[pipeline].filters.len() {
                self.tick_filter(pipeline, filter)?;
            }
        }
        Ok(())
    }

    fn tick_filter(&mut self, pipeline: usize, filter: usize) -> Result<(), LaneError> {
        let read = ReadAt { instant: Instant::now(), unix_nano: unix_nano() };
        self.decisions.clear();
        let stage = &mut self.graph.pipelines[pipeline].filters[filter];
        let empty = Table { at: self.ring.head(), count: 0, is_ordered: false };
        let told = stage.filter.tick(read.unix_nano, &mut self.decisions);
        match told.and_then(|()| self.room_for_decisions(&[])) {
            Ok(0) => Ok(()),
            Ok(room) => {
                self.make_room(room + table::ALIGNMENT)?;
                let table = Table::empty(&mut self.ring);
                let table = self.carry_out(pipeline, filter, table);
                self.filter_from(pipeline, filter + 1, table)?;
                self.deliver(self.ring.head(), read)
            }
            Err(error) => self.fail(pipeline, filter, empty, error).map(drop),
        }
    }
}
