//! A graph that takes the place of the one that runs, of which parts go on: how a configuration or a filter is
//! replaced while records flow. Not for when that is done: a lane does it between two batches.

use crate::graph::{FilterSettings, FilterStage, Graph, Pipeline, SourceStage};
use crate::rival::{CanaryStage, ShadowStage};
use logagent_component::{Filter, Sink};
use logagent_telemetry::PipelineMeter;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

/// The next graph of a lane. Indices of what goes on are those of the graph before.
pub struct NextGraph {
    /// All sources. A source keeps its index for as long as the agent runs: streams know themselves by it.
    pub sources: Vec<SourceStage>,
    /// The pipelines.
    pub pipelines: Vec<NextPipeline>,
    /// The sinks.
    pub sinks: Vec<NextSink>,
}

/// A pipeline of the next graph.
pub struct NextPipeline {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// In the order of their calls.
    pub filters: Vec<NextFilter>,
    /// The sinks of what passes all filters, in the next graph.
    pub sinks: Vec<usize>,
    /// What becomes of its records.
    pub meter: Arc<PipelineMeter>,
}

/// A filter of the next graph.
pub enum NextFilter {
    /// The instance that runs there now goes on, under these settings. Named once at most.
    Kept {
        /// Its pipeline in the graph before.
        pipeline: usize,
        /// Its place there.
        filter: usize,
        /// How it is called from now on.
        settings: FilterSettings,
        /// What is beside it from now on.
        rival: NextRival,
    },
    /// The canary of the instance that runs there goes on in its place.
    Promoted {
        /// Its pipeline in the graph before.
        pipeline: usize,
        /// Its place there.
        filter: usize,
        /// How it is called from now on.
        settings: FilterSettings,
        /// Which generation of the filter it is.
        generation: u64,
    },
    /// A new one.
    New(Box<FilterStage>),
}

/// What is beside a filter that goes on.
pub enum NextRival {
    /// What was, or nothing if there was nothing.
    Kept,
    /// Nothing.
    None,
    /// A canary that begins.
    Canary(Box<CanaryStage>),
    /// A shadow that begins.
    Shadow(Box<ShadowStage>),
}

/// A sink of the next graph.
pub enum NextSink {
    /// The one of this index in the graph before. Named once at most.
    Kept(usize),
    /// A new one.
    New(Box<dyn Sink>),
}

/// What a graph leaves behind that was succeeded.
#[derive(Default)]
pub struct Retired {
    /// Instances of filters, which are called no more.
    pub filters: Vec<Box<dyn Filter>>,
    /// Sinks, which may still hold records.
    pub sinks: Vec<Box<dyn Sink>>,
}

impl Graph {
    /// The graph that `next` describes, made of this one's parts and new ones; and what is left of this one.
    ///
    /// # Panics
    /// Where `next` names a part that this graph lacks, or one twice.
    #[must_use]
    pub fn succeed(self, next: NextGraph) -> (Self, Retired) {
        let mut filters: Vec<Vec<Option<FilterStage>>> =
            self.pipelines.into_iter().map(|pipeline| pipeline.filters.into_iter().map(Some).collect()).collect();
        let mut sinks: Vec<Option<Box<dyn Sink>>> = self.sinks.into_iter().map(Some).collect();
        let mut retired = Retired::default();
        let mut take = |pipeline: usize, filter: usize| {
            let stage: Option<FilterStage> = filters[pipeline][filter].take();
            stage.expect("a filter goes on in one place")
        };
        let mut filter = |next| match next {
            NextFilter::New(stage) => *stage,
            NextFilter::Kept { pipeline, filter, settings, rival } => {
                let mut stage = take(pipeline, filter);
                stage.apply(settings);
                retired.filters.extend(stage.go_beside(rival));
                stage
            }
            NextFilter::Promoted { pipeline, filter, settings, generation } => {
                let mut stage = take(pipeline, filter);
                stage.apply(settings);
                retired.filters.push(stage.promote(generation));
                stage
            }
        };
        let pipelines = next.pipelines.into_iter().map(|NextPipeline { name, filters, sinks, meter }| Pipeline {
            name,
            filters: filters.into_iter().map(&mut filter).collect(),
            sinks,
            meter,
        });
        let pipelines = pipelines.collect();
        let next_sinks = next.sinks.into_iter().map(|next| match next {
            NextSink::New(sink) => sink,
            NextSink::Kept(index) => sinks[index].take().expect("a sink goes on in one place"),
        });
        let next_sinks = next_sinks.collect();
        let (dead_letters, show_records) = (self.dead_letters, self.show_records);
        let graph = Self { sources: next.sources, pipelines, sinks: next_sinks, dead_letters, show_records };
        retired.filters.extend(filters.into_iter().flatten().flatten().flat_map(FilterStage::retire));
        retired.sinks.extend(sinks.into_iter().flatten());
        (graph, retired)
    }
}

/// Where a lane finds its next graph.
#[derive(Default)]
pub struct Mailbox(Mutex<Option<Change>>);

/// A graph to change to, and whom to tell.
pub(crate) struct Change {
    pub(crate) next: NextGraph,
    /// Takes the filters that are called no more, so that no lane waits for their end.
    pub(crate) done: Sender<Vec<Box<dyn Filter>>>,
}

impl Mailbox {
    /// Hands over a lane's next graph; wake the lane after it. The receiver gets what is called no more once the lane
    /// has changed, and nothing where the lane has ended.
    ///
    /// # Panics
    /// Where the lane has not yet changed to the one before: its parts' places are not known before.
    pub fn put(&self, next: NextGraph) -> Receiver<Vec<Box<dyn Filter>>> {
        let (done, changed) = channel();
        let before = self.lock().replace(Change { next, done });
        assert!(before.is_none(), "a lane's next graph is made for the one that runs");
        changed
    }

    pub(crate) fn take(&self) -> Option<Change> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Change>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
