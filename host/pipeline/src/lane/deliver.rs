//! Handing over: what left the pipelines is published and given to its sinks.

use super::flight::Cargo;
use super::table::Table;
use super::{Lane, LaneError};
use crate::canary::Decider;
use crate::graph::{Graph, Pipeline, Priority};
use logagent_component::{Delivery, Sink};
use logagent_record::{Descriptor, Severities};
use logagent_ring::Span;
use logagent_telemetry::PipelineMeter;
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
    /// What any sink is to bring to its destination.
    load: Load,
}

/// How much it is.
#[derive(Clone, Copy)]
struct Load {
    records: u64,
    bytes: u64,
}

impl Load {
    /// What these severities are of these records.
    fn of(records: &[Descriptor], severities: Severities) -> Self {
        let those = records.iter().filter(|record| severities.contains(record.severity));
        let (mut count, mut bytes) = (0, 0);
        for record in those {
            count += 1;
            bytes += u64::from(record.body_len) + 1;
        }
        Self { records: count, bytes }
    }

    fn without(self, other: Self) -> Self {
        Self { records: self.records - other.records, bytes: self.bytes - other.bytes }
    }
}

impl Lane {
    /// Notes that these records leave a pipeline, at its end or by a filter's output.
    pub(super) fn note(&mut self, pipeline: usize, by: Option<By>, table: Table) {
        if table.count > 0 {
            let load = Load { records: table.count as u64, bytes: table.body_bytes(&self.ring) };
            self.outputs.push(Output { pipeline, by, places: table.places(&self.ring), load });
        }
    }

    /// Publishes what is in hand up to `end`, and gives what was noted to its sinks. `source`: what it was read from.
    pub(super) fn deliver(&mut self, end: u64, read: ReadAt, source: Option<usize>) -> Result<(), LaneError> {
        let span = self.publish(end)?;
        let priority = source.map_or(Priority::Normal, |source| self.graph.sources[source].priority);
        // Taken out: where a sink fails, nothing of it may be left for a later span.
        let mut outputs = std::mem::take(&mut self.outputs);
        outputs.iter_mut().try_for_each(|output| self.hand_over(output, &span, read, priority))?;
        let pipelines = &self.graph.pipelines;
        let cargo = outputs.drain(..).map(|Output { pipeline, places, load, .. }| Cargo {
            pipeline: pipelines[pipeline].meter.clone(),
            name: pipelines[pipeline].name.clone(),
            table: places,
            records: load.records,
            bytes: load.bytes,
            aside: (0, 0),
        });
        self.flights.depart(&self.open.reached, cargo, &mut self.streams);
        self.outputs = outputs;
        self.open.reached.clear();
        span.confirm();
        Ok(())
    }

    /// Gives what leaves by one output to the output's sinks. What none of them takes ends here.
    fn hand_over(
        &mut self,
        output: &mut Output,
        span: &Span,
        read: ReadAt,
        priority: Priority,
    ) -> Result<(), LaneError> {
        let Self { graph: Graph { pipelines, sinks, .. }, streams, .. } = self;
        let Output { pipeline, by, places, load } = output;
        let (whole, pipeline) = (*load, &pipelines[*pipeline]);
        let (to, of_route) = route_of(pipeline, *by);
        let records: &[Descriptor] = bytemuck::cast_slice(span.bytes(places.clone()));
        let is_high_priority = priority == Priority::High || of_route == Priority::High;
        *load = whole.without(shed_by_all(sinks, to, records, is_high_priority, &pipeline.meter));
        for &sink in to {
            sinks[sink].deliver(Delivery {
                span: span.clone(),
                table: places.clone(),
                bytes: whole.bytes,
                read_at: read.instant,
                observed_unix_nano: read.unix_nano,
                streams: streams.infos().clone(),
            })?;
        }
        Ok(())
    }

    /// Publishes what is in hand up to `end`, once there are few enough spans out.
    pub(super) fn publish(&mut self, end: u64) -> Result<Span, LaneError> {
        self.wait_for_ring(|ring| !ring.is_crowded())?;
        Ok(self.ring.publish(end).expect("a ring that is not crowded takes a span"))
    }
}

/// Where this output of a pipeline leads.
fn route_of(pipeline: &Pipeline, by: Option<By>) -> (&[usize], Priority) {
    let Some(By { filter, decider, output }) = by else { return (&pipeline.sinks, Priority::Normal) };
    let route = pipeline.filters[filter].settings.route_of(decider, output);
    (&route.sinks, route.priority)
}

/// How much no sink of `to` takes, which is counted. A record that one takes is on its way.
fn shed_by_all(
    sinks: &mut [Box<dyn Sink>],
    to: &[usize],
    records: &[Descriptor],
    is_high_priority: bool,
    meter: &PipelineMeter,
) -> Load {
    let shed = to.iter().map(|&sink| sinks[sink].sheds(records, is_high_priority));
    let shed = shed.reduce(|all, one| all & one).unwrap_or_default();
    if shed == Severities::NONE {
        return Load { records: 0, bytes: 0 };
    }
    let gone = Load::of(records, shed);
    meter.law.shed(gone.records);
    gone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_is_what_the_severities_are_of_the_records() {
        let record = |severity, body_len| Descriptor { severity, body_len, ..Descriptor::default() };
        let records = [record(9, 10), record(17, 20), record(0, 30), record(9, 40)];
        let load = |severities| {
            let Load { records, bytes } = Load::of(&records, severities);
            (records, bytes)
        };
        assert_eq!(load(Severities::NONE), (0, 0));
        assert_eq!(load(Severities::below(logagent_record::Severity(13))), (2, 52));
        assert_eq!(load(Severities::UNKNOWN), (1, 31));
        assert_eq!(load(Severities::ALL), (4, 104));
    }
}
