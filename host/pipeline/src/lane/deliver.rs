//! Handing over: what left the pipelines is published and given to its sinks.

use super::flight::Cargo;
use super::table::{self, Table};
use super::{Lane, LaneError};
use crate::canary::Decider;
use logagent_component::Delivery;
use logagent_ring::Span;
use std::ops::Range;
use std::time::Instant;

/// When a batch was read, on both clocks.
#[derive(Clone, Copy)]
pub(super) struct ReadAt {
    pub(super) instant: Instant,
    pub(super) unix_nano: u64,
}

/// An output of a filter, or of its canary.
#[derive(Clone, Copy)]
pub(super) struct By {
    pub(super) filter: usize,
    pub(super) decider: Decider,
    pub(super) output: u8,
}

/// Records that leave a pipeline.
pub(super) struct Output {
    pipeline: usize,
    /// What they leave by; `None` at the pipeline's end.
    by: Option<By>,
    places: Range<usize>,
    bytes: u64,
}

impl Lane {
    /// Notes that these records leave a pipeline, at its end or by a filter's output.
    pub(super) fn note(&mut self, pipeline: usize, by: Option<By>, table: Table) {
        if table.count > 0 {
            let (places, bytes) = (table.places(&self.ring), table.body_bytes(&self.ring));
            self.outputs.push(Output { pipeline, by, places, bytes });
        }
    }

    /// Publishes what is in hand up to `end`, and gives what was noted to its sinks.
    pub(super) fn deliver(&mut self, end: u64, read: ReadAt) -> Result<(), LaneError> {
        let span = self.publish(end)?;
        let pipelines = &self.graph.pipelines;
        let cargo = self.outputs.iter().map(|output| Cargo {
            pipeline: pipelines[output.pipeline].meter.clone(),
            name: pipelines[output.pipeline].name.clone(),
            table: output.places.clone(),
            records: (output.places.len() / table::ALIGNMENT) as u64,
            bytes: output.bytes,
            aside: (0, 0),
        });
        self.flights.depart(&self.open.reached, cargo, &mut self.streams);
        self.open.reached.clear();
        for Output { pipeline, by, places, bytes } in self.outputs.drain(..) {
            let pipeline = &self.graph.pipelines[pipeline];
            let sinks = match by {
                Some(By { filter, decider, output }) => pipeline.filters[filter].settings.sinks_of(decider, output),
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
        self.wait_for_ring(|ring| !ring.is_crowded())?;
        Ok(self.ring.publish(end).expect("a ring that is not crowded takes a span"))
    }
}
