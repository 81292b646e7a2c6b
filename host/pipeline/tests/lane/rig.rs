//! Builds a lane from doubles, runs it, and waits for its end, for a bounded time.

use logagent_component::{Filter, FilterError, Intake, Sink, Stream, intake};
use logagent_pipeline::{
    BatchLimits, FilterSettings, FilterStage, Finish, Graph, Lane, LaneError, LaneWaker, Mailbox, NextGraph, OnError,
    Pipeline, Priority, Route, SourceStage,
};
use logagent_ring::Writer;
use logagent_telemetry::{Counts, FilterMeter, PipelineMeter, SourceMeter};
use logagent_testkit::{Feed, Letters, Native, Policy, Probe, feed, probe, receive};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::task::{Wake, Waker};
use std::time::Duration;

/// The smallest ring that a window can show: the tests are to fill it.
pub const RING_BYTES: usize = 64 << 10;

/// Batches of a few records, closed at once.
pub const LIMITS: BatchLimits = BatchLimits { max_bytes: 4096, max_records: 16, max_age: Duration::ZERO };

/// A lane to be.
pub struct Rig {
    pub limits: BatchLimits,
    pub ring_bytes: usize,
    /// By source: the pipelines that take its records. All where there is none.
    pub takers: Vec<Vec<usize>>,
    /// The source whose streams come first.
    pub high_priority: Option<usize>,
    pub letters: Arc<Letters>,
    /// The lanes that come to their end together; none does more than drain without it.
    pub finish: Option<Arc<Finish>>,
    pub waker: Arc<LaneWaker>,
    pipelines: Vec<Pipeline>,
    sinks: Vec<Box<dyn Sink>>,
    streams: Vec<Box<dyn Stream>>,
}

/// A lane that runs.
pub struct Running {
    pub pipelines: Vec<Arc<PipelineMeter>>,
    pub sources: Vec<Arc<SourceMeter>>,
    intake: Intake,
    stop: Arc<AtomicBool>,
    waker: Arc<LaneWaker>,
    mailbox: Arc<Mailbox>,
    ended: Receiver<Result<(), LaneError>>,
}

impl Rig {
    pub fn new() -> Self {
        Self {
            limits: LIMITS,
            ring_bytes: RING_BYTES,
            takers: Vec::new(),
            high_priority: None,
            letters: Arc::default(),
            finish: None,
            waker: Arc::default(),
            pipelines: Vec::new(),
            sinks: Vec::new(),
            streams: Vec::new(),
        }
    }

    /// Adds the next sink.
    pub fn sink(&mut self, policy: Policy) -> Probe {
        let (probe, sink) = probe(policy);
        self.own_sink(sink);
        probe
    }

    /// Adds the next sink, of the test's own making.
    pub fn own_sink(&mut self, sink: Box<dyn Sink>) {
        self.sinks.push(sink);
    }

    /// Adds the next pipeline.
    pub fn pipeline(&mut self, filters: Vec<FilterStage>, sinks: &[usize]) {
        self.pipelines.push(Pipeline { name: "main".into(), filters, sinks: sinks.to_vec(), meter: Arc::default() });
    }

    /// One pipeline of these filters to one sink.
    pub fn simple(filters: Vec<FilterStage>, policy: Policy) -> (Self, Probe) {
        let mut rig = Self::new();
        let probe = rig.sink(policy);
        rig.pipeline(filters, &[0]);
        (rig, probe)
    }

    /// Adds a stream of a source.
    pub fn stream(&mut self, source: usize, name: &str) -> Feed {
        let (feed, stream) = feed(source, name);
        self.streams.push(Box::new(stream));
        feed
    }

    /// Adds a stream of source 0 that gives these chunks and ends.
    pub fn ended_stream(&mut self, name: &str, chunks: &[&str]) -> Feed {
        let feed = self.stream(0, name);
        chunks.iter().for_each(|chunk| feed.give(*chunk));
        feed.end();
        feed
    }

    pub fn start(mut self) -> Running {
        if self.takers.is_empty() {
            self.takers = vec![(0..self.pipelines.len()).collect()];
        }
        let waker = self.waker;
        let stop = Arc::new(AtomicBool::new(false));
        let (intake, mut inboxes) = intake(&[waker.clone().into()]);
        self.streams.into_iter().for_each(|stream| intake.assign(stream));
        let high_priority = self.high_priority;
        let priority = |index| if Some(index) == high_priority { Priority::High } else { Priority::Normal };
        let source =
            |(index, pipelines)| SourceStage { pipelines, priority: priority(index), ..SourceStage::default() };
        let sources: Vec<SourceStage> = self.takers.into_iter().enumerate().map(source).collect();
        let meters = sources.iter().map(|source| source.meter.clone()).collect();
        let pipelines = self.pipelines.iter().map(|pipeline| pipeline.meter.clone()).collect();
        let graph = Graph {
            sources,
            pipelines: self.pipelines,
            sinks: self.sinks,
            dead_letters: self.letters,
            show_records: false,
        };
        let ring = Writer::create(self.ring_bytes, Waker::from(waker.clone())).expect("a ring");
        let inbox = inboxes.remove(0);
        let lane = Lane::new(ring, graph, self.limits, inbox, Arc::default(), waker.clone(), stop.clone());
        let lane = match self.finish {
            Some(finish) => lane.with(finish),
            None => lane,
        };
        let mailbox = lane.mailbox();
        let (sender, ended) = channel();
        std::thread::spawn(move || sender.send(lane.run()));
        Running { pipelines, sources: meters, intake, stop, waker, mailbox, ended }
    }

    /// Runs until all streams have ended.
    pub fn run(self) -> Vec<Counts> {
        self.start().finish()
    }
}

impl Running {
    /// Gives the lane one more stream.
    pub fn assign(&self, source: usize, name: &str) -> Feed {
        let (feed, stream) = feed(source, name);
        self.intake.assign(Box::new(stream));
        feed
    }

    /// The law's counts of a pipeline, now.
    pub fn counts(&self, pipeline: usize) -> Counts {
        self.pipelines[pipeline].law.counts()
    }

    /// Changes the lane's graph; answers the instances that are called no more.
    pub fn change(&self, next: NextGraph) -> Vec<Box<dyn Filter>> {
        let changed = self.mailbox.put(next);
        self.waker.wake_by_ref();
        receive(&changed).expect("the lane changes")
    }

    /// Tells the lane to stop.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.waker.wake_by_ref();
    }

    /// Waits until all streams have ended and everything is delivered; answers the law's counts by pipeline.
    pub fn finish(self) -> Vec<Counts> {
        let pipelines = self.pipelines.clone();
        self.end().expect("the lane can go on");
        let counts: Vec<Counts> = pipelines.iter().map(|pipeline| pipeline.law.counts()).collect();
        for counts in &counts {
            assert!(counts.balance() && counts.in_flight == 0, "{counts:?}");
        }
        counts
    }

    /// Waits for the lane's end, once no more streams come.
    pub fn end(self) -> Result<(), LaneError> {
        let Self { pipelines, intake, ended, .. } = self;
        drop(intake);
        receive(&ended).unwrap_or_else(|error| {
            let counts: Vec<Counts> = pipelines.iter().map(|pipeline| pipeline.law.counts()).collect();
            panic!("the lane has not ended ({error}): {counts:?}")
        })
    }
}

/// A filter in its place: a failure stops the lane, and its outputs lead nowhere.
pub fn stage(filter: Native) -> FilterStage {
    let meter = Arc::<FilterMeter>::default();
    FilterStage::new("native", Box::new(filter), FilterSettings::of(OnError::Stop), meter)
}

/// The same, with these sinks for its outputs.
pub fn routing(filter: Native, outputs: &[&[usize]]) -> FilterStage {
    let mut stage = stage(filter);
    stage.settings.outputs = outputs.iter().map(|sinks| route(sinks)).collect();
    stage
}

/// A route to these sinks.
pub fn route(sinks: &[usize]) -> Route {
    Route { sinks: sinks.to_vec(), priority: Priority::Normal }
}

/// The same, where a failure does this.
pub fn stage_that(filter: Native, on_error: OnError) -> FilterStage {
    let mut stage = stage(filter);
    stage.settings.on_error = on_error;
    stage
}

/// A filter that traps on whatever it is given, and how often it was called.
pub fn failing_on_all() -> (Native, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let filter = Native::new(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        Err(FilterError::Trap("told to".into()))
    });
    (filter, calls)
}

/// Numbered lines.
pub fn lines(name: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{name} {number}")).collect()
}

/// The lines, each with its newline.
pub fn joined(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}
