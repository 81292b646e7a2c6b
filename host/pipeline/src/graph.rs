//! One lane's copy of the configured graph: what is called for which source, in which order.

use crate::breaker::{Breaker, BreakerPolicy};
use crate::lane::Complaints;
use crate::share::Share;
use logagent_component::{DeadLetters, Filter, Sink};
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
    /// Where records go that a filter fails on.
    pub dead_letters: Arc<dyn DeadLetters>,
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
    /// Its name in the configuration.
    pub name: Arc<str>,
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
    /// The SHA-256 of its component, in hexadecimal.
    pub component: Arc<str>,
    /// Which generation of the filter this is, counted from 1.
    pub generation: u64,
    /// What becomes of the records that it fails on.
    pub on_error: OnError,
    /// Whether it is called at all.
    pub breaker: Breaker,
    /// What it may take of the lane's time, where that is bounded.
    pub share: Option<Share>,
    /// How often its failures are told.
    pub complaints: Complaints,
    /// By the filter's outputs: the sinks of the records that it routes there.
    pub outputs: Vec<Vec<usize>>,
    /// What it did.
    pub meter: Arc<FilterMeter>,
}

impl FilterStage {
    /// A filter's first generation, with the defaults of the configuration and no outputs.
    #[must_use]
    pub fn new(name: &str, filter: Box<dyn Filter>, meter: Arc<FilterMeter>) -> Self {
        Self {
            name: name.into(),
            filter,
            component: Arc::from(""),
            generation: 1,
            on_error: OnError::DeadLetter,
            breaker: Breaker::new(BreakerPolicy::default()),
            share: None,
            complaints: Complaints::default(),
            outputs: Vec::new(),
            meter,
        }
    }
}

/// What becomes of the records that a filter fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// They are put aside, with the reason.
    DeadLetter,
    /// They go on as they were.
    Pass,
    /// They are dropped, and counted under the failure's kind.
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
