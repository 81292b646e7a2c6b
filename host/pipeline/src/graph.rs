//! One lane's copy of the configured graph: what is called for which source, in which order.

use logagent_component::{Filter, Sink};
use logagent_telemetry::{FilterMeter, PipelineMeter, SourceMeter};
use std::sync::Arc;
use std::time::Duration;

/// The parts of a lane, and how they are connected. Indices are into these lists.
pub struct Graph {
    /// By the configuration's order.
    pub sources: Vec<SourceStage>,
    /// By the configuration's order.
    pub pipelines: Vec<Pipeline>,
    /// This lane's ends of the sinks.
    pub sinks: Vec<Box<dyn Sink>>,
}

/// A source, as a lane sees it.
pub struct SourceStage {
    /// The pipelines that take its records.
    pub pipelines: Vec<usize>,
    /// What it gave.
    pub meter: Arc<SourceMeter>,
}

/// Filters in a row, and where the records that pass them go.
pub struct Pipeline {
    /// In the order of their calls.
    pub filters: Vec<FilterStage>,
    /// The sinks of what passes all filters.
    pub sinks: Vec<usize>,
    /// What became of its records.
    pub meter: Arc<PipelineMeter>,
}

/// A filter in its place.
pub struct FilterStage {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// This lane's instance.
    pub filter: Box<dyn Filter>,
    /// What becomes of a batch on which it fails.
    pub on_error: OnError,
    /// By the filter's outputs: the sinks of the records that it routes there.
    pub outputs: Vec<Vec<usize>>,
    /// What it did.
    pub meter: Arc<FilterMeter>,
}

/// What becomes of a batch on which a filter fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// All of it goes on as it was.
    Pass,
    /// All of it is dropped, and counted under the failure's kind.
    Drop,
    /// The agent stops.
    Stop,
}

/// When a batch closes, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// So many bytes were read; one record may be longer.
    pub max_bytes: usize,
    /// So many records were framed. A quarter of the ring may hold their descriptors; where that is fewer, fewer.
    pub max_records: usize,
    /// The first byte was read so long ago.
    pub max_age: Duration,
}
