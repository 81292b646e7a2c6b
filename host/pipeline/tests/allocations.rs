//! The steady state of a lane allocates nothing: not per record, not per batch. The double of the source, the
//! filter and the sink allocate nothing either, so every allocation of the lane's thread is the lane's own.

use logagent_component::{Part, intake};
use logagent_pipeline::{
    BatchLimits, FilterSettings, FilterStage, Graph, Lane, LaneWaker, OnError, Pipeline, Priority, Route, SourceStage,
};
use logagent_ring::Writer;
use logagent_testkit::{
    CountingAllocator, Endless, Letters, Native, Tally, allocations, receive, replace, tally, until,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::task::{Wake, Waker};
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

/// Batches before the buffers have their size.
const WARM: usize = 100;
const MEASURED: usize = 1000;

/// A filter that drops, routes and edits, and tells through `done` how often the lane's thread allocated between
/// batch [`WARM`] and batch [`WARM`] + [`MEASURED`].
fn filter(done: Sender<u64>) -> Native {
    let (mut batches, mut before) = (0, 0);
    let filter = Native::new(move |seen, decisions| {
        batches += 1;
        match batches {
            WARM => before = allocations(),
            _ if batches == WARM + MEASURED => drop(done.send(allocations() - before)),
            _ => {}
        }
        decisions.verdicts.extend((0..seen.len()).map(|index| [0, 0, 1, 128][index % 4]));
        for index in (0..seen.len()).step_by(10) {
            replace(decisions, index, Part::Body, 0..0, b"longer");
        }
        Ok(())
    });
    filter.reasons(&["third"]).outputs(&["fourth"])
}

fn graph(filter: Native) -> (Graph, Tally) {
    let (tally, sink) = tally();
    let route = Route { sinks: vec![0], priority: Priority::Normal };
    let settings = FilterSettings { outputs: vec![route], ..FilterSettings::of(OnError::Stop) };
    let stage = FilterStage::new("native", Box::new(filter), settings, Arc::default());
    let pipeline = |filters| Pipeline { name: "main".into(), filters, sinks: vec![0], meter: Arc::default() };
    let pipelines = vec![pipeline(vec![stage]), pipeline(vec![])];
    let sources = vec![SourceStage { pipelines: vec![0, 1], ..SourceStage::default() }];
    (
        Graph {
            sources,
            pipelines,
            sinks: vec![sink],
            dead_letters: Arc::new(Letters::default()),
            show_records: false,
        },
        tally,
    )
}

fn steady_allocations(limits: BatchLimits, lines: &str) -> u64 {
    let (waker, stop) = (Arc::new(LaneWaker::default()), Arc::new(AtomicBool::new(false)));
    let (intake, mut inboxes) = intake(&[waker.clone().into()]);
    intake.assign(Box::new(Endless::new(lines.into())));
    let (done, measured) = channel();
    let (graph, tally) = graph(filter(done));
    let ring = Writer::create(1 << 20, Waker::from(waker.clone())).expect("a ring");
    let lane = Lane::new(ring, graph, limits, inboxes.remove(0), Arc::default(), waker.clone(), stop.clone());
    let lane = std::thread::spawn(|| lane.run());
    let allocations = receive(&measured);
    stop.store(true, Ordering::Relaxed);
    waker.wake_by_ref();
    until("the lane's end", || lane.is_finished());
    lane.join().expect("no panic").expect("no failure");
    assert!(tally.records() > 0);
    allocations.expect("the lane gets on")
}

#[test]
fn the_steady_state_allocates_nothing() {
    let limits = BatchLimits { max_bytes: 64 << 10, max_records: 8192, max_age: Duration::ZERO };
    let line = "a line of a usual length, with some words in it and a number: 4711\n";
    for limits in [limits, BatchLimits { max_records: 100, ..limits }, BatchLimits { max_bytes: 100, ..limits }] {
        assert_eq!(steady_allocations(limits, &line.repeat(7)), 0, "in {MEASURED} batches, {limits:?}");
    }
    assert_eq!(steady_allocations(limits, "\n"), 0, "in {MEASURED} batches of empty lines");
}

#[test]
fn what_allocates_is_counted() {
    let before = allocations();
    let mut list = Vec::with_capacity(1);
    list.extend(std::hint::black_box([1_u8; 100]));
    assert_eq!((list.len(), allocations() - before), (100, 2));
}
