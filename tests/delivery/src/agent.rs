//! One run of the agent, put together from its parts, without its threads: who has it says what happens next.

use crate::bug::Haste;
use crate::clock::SimulatedClock;
use crate::disk::Disk;
use crate::exact::Exact;
use crate::letters::Letters;
use crate::logs::Logs;
use crate::memory::buffered;
use crate::plan::{PipelinePlan, Plan, SinkPlan};
use crate::remote::Remote;
use logagent_checkpoint::Keeper;
use logagent_component::{Inbox, Intake, Sink, intake};
use logagent_pipeline::{
    BreakerPolicy, Clock as _, FilterSettings, FilterStage, Graph, Lane, LaneError, LaneWaker, Pipeline, Round,
    SourceStage,
};
use logagent_ring::Writer;
use logagent_sink::{Encoding, Over, Steady, sink_over};
use logagent_source::{FileSource, FileSourceConfig, SteppedFiles};
use logagent_telemetry::{PipelineMeter, SinkMeter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The source's name.
pub(crate) const SOURCE: &str = "app";

/// Small, so that it is full now and then.
const RING_BYTES: usize = 64 << 10;

/// What outlives the agent.
pub(crate) struct Surroundings {
    pub(crate) plan: Plan,
    pub(crate) disk: Disk,
    /// By sink; `None` where it writes to the disk.
    pub(crate) remotes: Vec<Option<Remote>>,
    pub(crate) letters: Arc<Letters>,
    /// Of all sinks that write to the disk.
    pub(crate) meter: Arc<SinkMeter>,
    pub(crate) clock: Arc<SimulatedClock>,
    pub(crate) haste: Option<Haste>,
}

pub(crate) struct Agent {
    pub(crate) lane: Lane,
    files: SteppedFiles,
    /// What discovery has found, on its way to the lane.
    found: Inbox,
    intake: Intake,
    pub(crate) keeper: Keeper,
    pub(crate) exact: Exact,
    stop: Arc<AtomicBool>,
    pub(crate) meters: Vec<Arc<PipelineMeter>>,
    clock: Arc<SimulatedClock>,
    haste: Option<Haste>,
}

impl Agent {
    pub(crate) fn start(around: &Surroundings, logs: &Logs) -> Self {
        let keeper = Keeper::open_in(Arc::new(around.disk.clone()), false);
        let exact = Exact::open(&around.plan, &around.disk, &keeper);
        let waker = Arc::new(LaneWaker::default());
        let (to_lane, mut inboxes) = intake(&[waker.clone().into()]);
        let (from_files, mut found) = intake(&[waker.clone().into()]);
        let (graph, meters) = graph(around);
        let ring = Writer::create(RING_BYTES, waker.clone().into()).expect("memory for a ring");
        let stop = Arc::<AtomicBool>::default();
        let inbox = inboxes.remove(0);
        let lane = Lane::new(ring, graph, around.plan.limits, inbox, Arc::default(), waker, stop.clone());
        Self {
            lane: lane.by(around.clock.clone()),
            files: files(around, logs, &keeper).stepped(from_files),
            found: found.remove(0),
            intake: to_lane,
            keeper,
            exact,
            stop,
            meters,
            clock: around.clock.clone(),
            haste: around.haste.clone(),
        }
    }

    /// Looks for files, and gives their streams to the lane.
    pub(crate) fn look(&mut self) {
        self.files.look(self.clock.now());
        while let Ok(Some(stream)) = self.found.take() {
            self.intake.assign(match &self.haste {
                Some(haste) => haste.wrap(stream),
                None => stream,
            });
        }
    }

    /// The lane's next step. The law holds after it.
    pub(crate) fn step(&mut self) -> Result<Round, LaneError> {
        let round = self.lane.step();
        for meter in &self.meters {
            let counts = meter.law.counts();
            assert!(counts.balance(), "the law is broken: {counts:?}");
        }
        round
    }

    /// Has the checkpoints written; whether they were.
    pub(crate) fn checkpoint(&mut self) -> Result<bool, LaneError> {
        self.exact.write(&mut self.lane, &self.keeper)
    }

    /// Has the lane read no more, and deliver what it has read.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn files(around: &Surroundings, logs: &Logs, keeper: &Keeper) -> FileSource {
    let pattern = if around.plan.finds_rotated { "*.log*" } else { "*.log" };
    let config = FileSourceConfig {
        max_record_bytes: 4096,
        checkpoints: Some(keeper.checkpoints()),
        ..FileSourceConfig::new(SOURCE, vec![logs.path(pattern).to_str().expect("a name of ours").to_owned()])
    };
    FileSource::new(config).expect("a pattern")
}

fn graph(around: &Surroundings) -> (Graph, Vec<Arc<PipelineMeter>>) {
    let Surroundings { plan, letters, .. } = around;
    let sinks = (0..plan.sinks.len()).map(|index| match plan.is_buffered(index) {
        true => buffered(sink(around, index)),
        false => sink(around, index),
    });
    let sinks = sinks.collect();
    let pipelines: Vec<Pipeline> = plan.pipelines.iter().map(pipeline).collect();
    let meters = pipelines.iter().map(|pipeline| pipeline.meter.clone()).collect();
    let source = SourceStage { pipelines: (0..pipelines.len()).collect(), ..SourceStage::default() };
    let graph = Graph { sources: vec![source], pipelines, sinks, dead_letters: letters.clone(), show_records: false };
    (graph, meters)
}

fn pipeline(plan: &PipelinePlan) -> Pipeline {
    let mut settings = FilterSettings::of(plan.on_error);
    if !plan.breaks {
        settings.breaker = BreakerPolicy { failures: u32::MAX, ..settings.breaker };
    }
    let filter = FilterStage::new("told", Box::new(plan.habits.filter()), settings, Arc::default());
    Pipeline { name: (*plan.name).into(), filters: vec![filter], sinks: plan.sinks.clone(), meter: Arc::default() }
}

/// The name of a sink's file.
pub(crate) fn output(sink: usize) -> String {
    format!("out-{sink}")
}

fn sink(around: &Surroundings, index: usize) -> Box<dyn Sink> {
    let SinkPlan::Disk { flush, fsync, retry, .. } = around.plan.sinks[index] else {
        return Box::new(around.remotes[index].clone().expect("it has one"));
    };
    let name = output(index);
    let written = around.disk.bytes(&name);
    let mut is_torn = written.last().is_some_and(|&byte| byte != b'\n');
    if is_torn && around.plan.cuts_torn {
        let whole = written.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        around.disk.truncate(&name, whole);
        is_torn = false;
    }
    let (clock, name_of_sink) = (around.clock.clone(), name.as_str().into());
    let clock = Steady::new(move || clock.now());
    let over = Over { name: name_of_sink, encoding: Encoding::Raw, flush, fsync, is_torn, retry, clock };
    sink_over(around.disk.append(&name), over, around.meter.clone())
}
