//! One lane's copy of the configured graph: what is called for which source, in which order.

use crate::breaker::{Breaker, BreakerPolicy};
use crate::lane::Complaints;
use crate::sample::Sample;
use crate::share::Share;
use logagent_component::{DeadLetters, Filter, Sink};
use logagent_telemetry::{BreakerState, FilterMeter, PipelineMeter, SourceMeter};
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
    /// Whether log lines may show what records hold.
    pub show_records: bool,
}

impl Graph {
    /// A graph of nothing.
    #[must_use]
    pub fn empty(dead_letters: Arc<dyn DeadLetters>) -> Self {
        Self { sources: Vec::new(), pipelines: Vec::new(), sinks: Vec::new(), dead_letters, show_records: false }
    }
}

/// A source, as a lane sees it.
pub struct SourceStage {
    /// The pipelines that take its records.
    pub pipelines: Vec<usize>,
    /// What it gave.
    pub meter: Arc<SourceMeter>,
    /// It gives no more: its streams end.
    pub is_gone: bool,
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
    /// How it is called.
    pub settings: FilterSettings,
    /// Whether it is called at all.
    pub(crate) breaker: Breaker,
    /// What it may take of the lane's time, where that is bounded.
    pub(crate) share: Option<Share>,
    /// How often its failures are told.
    pub(crate) complaints: Complaints,
    /// Where a recent batch of it is kept.
    pub sample: Arc<Sample>,
    /// The next batch is to be kept there.
    pub(crate) is_sample_due: bool,
    /// What it did.
    pub meter: Arc<FilterMeter>,
}

/// How a filter is called: what the host heeds, and the filter knows nothing of.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSettings {
    /// What becomes of the records that it fails on.
    pub on_error: OnError,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
    /// Which share of the lane's time it may take, above 0 and at most 1; `None` is all.
    pub share: Option<f64>,
    /// By the filter's outputs: the sinks of the records that it routes there.
    pub outputs: Vec<Vec<usize>>,
}

impl FilterStage {
    /// A filter's first generation, which has not been called.
    #[must_use]
    pub fn new(name: &str, filter: Box<dyn Filter>, settings: FilterSettings, meter: Arc<FilterMeter>) -> Self {
        Self {
            name: name.into(),
            filter,
            component: Arc::from(""),
            generation: 1,
            breaker: Breaker::new(settings.breaker),
            share: settings.share.map(Share::new),
            settings,
            complaints: Complaints::default(),
            sample: Arc::default(),
            is_sample_due: true,
            meter,
        }
    }

    /// Goes on under other settings. A breaker or a share that they don't change keeps its state.
    pub(crate) fn apply(&mut self, settings: FilterSettings) {
        if settings.breaker != self.settings.breaker {
            self.meter.breaker_moved(self.breaker.state(), BreakerState::Closed);
            self.breaker = Breaker::new(settings.breaker);
        }
        if settings.share != self.settings.share {
            self.share = settings.share.map(Share::new);
        }
        self.settings = settings;
    }

    /// It is called no more: what it shows others of its breaker is over.
    pub(crate) fn retire(&mut self) {
        self.meter.breaker_moved(self.breaker.state(), BreakerState::Closed);
        self.breaker = Breaker::new(self.settings.breaker);
    }
}

impl FilterSettings {
    /// What the configuration says where it says nothing; no outputs.
    #[must_use]
    pub fn of(on_error: OnError) -> Self {
        Self { on_error, breaker: BreakerPolicy::default(), share: None, outputs: Vec::new() }
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
