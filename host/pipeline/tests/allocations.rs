//! The steady state of a lane allocates nothing: not per record, not per batch. The double of the source, the
//! filter and the sink allocate nothing either, so every allocation of the lane's thread is the lane's own.

use logagent_component::intake;
use logagent_pipeline::{BatchLimits, FilterStage, Graph, Lane, LaneWaker, OnError, Pipeline, SourceStage};
use logagent_ring::Writer;
use logagent_testkit::{Endless, Native, replace, tally, until};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::task::{Wake, Waker};
use std::time::Duration;

thread_local! {
    /// How often this thread has allocated or reallocated. Without a destructor: the last allocations of a thread
    /// come after those.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to `System` as it came; counting touches a plain cell of the calling thread.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps `alloc`'s contract, which is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: `alloc` and `realloc` gave `System`'s pointers.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_bytes: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, new_bytes) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Batches before the buffers have their size.
const WARM: usize = 100;
const MEASURED: usize = 1000;

/// A filter that drops, routes and edits, and tells through `done` how often the lane's thread allocated between
/// batch [`WARM`] and batch [`WARM`] + [`MEASURED`].
fn filter(done: std::sync::mpsc::Sender<u64>) -> Native {
    let (mut batches, mut before) = (0, 0);
    let filter = Native::new(move |seen, decisions| {
        batches += 1;
        match batches {
            WARM => before = ALLOCATIONS.get(),
            _ if batches == WARM + MEASURED => drop(done.send(ALLOCATIONS.get() - before)),
            _ => {}
        }
        decisions.verdicts.extend((0..seen.len()).map(|index| [0, 0, 1, 128][index % 4]));
        for index in (0..seen.len()).step_by(10) {
            replace(decisions, index, logagent_component::Part::Body, 0..0, b"longer");
        }
        Ok(())
    });
    filter.reasons(&["third"]).outputs(&["fourth"])
}

fn graph(filter: Native) -> (Graph, logagent_testkit::Tally) {
    let (tally, sink) = tally();
    let stage = FilterStage {
        name: "native".into(),
        filter: Box::new(filter),
        on_error: OnError::Stop,
        outputs: vec![vec![0]],
        meter: Arc::default(),
    };
    let pipelines = vec![
        Pipeline { filters: vec![stage], sinks: vec![0], meter: Arc::default() },
        Pipeline { filters: vec![], sinks: vec![0], meter: Arc::default() },
    ];
    let sources = vec![SourceStage { pipelines: vec![0, 1], meter: Arc::default() }];
    (Graph { sources, pipelines, sinks: vec![sink] }, tally)
}

fn allocations(limits: BatchLimits, lines: &str) -> u64 {
    let (waker, stop) = (Arc::new(LaneWaker::default()), Arc::new(AtomicBool::new(false)));
    let (intake, mut inboxes) = intake(&[waker.clone().into()]);
    intake.assign(Box::new(Endless::new(lines.into())));
    let (done, measured) = channel();
    let (graph, tally) = graph(filter(done));
    let ring = Writer::create(1 << 20, Waker::from(waker.clone())).expect("a ring");
    let lane = Lane::new(ring, graph, limits, inboxes.remove(0), Arc::default(), waker.clone(), stop.clone());
    let lane = std::thread::spawn(|| lane.run());
    let allocations = measured.recv_timeout(logagent_testkit::DEADLINE);
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
        assert_eq!(allocations(limits, &line.repeat(7)), 0, "in {MEASURED} batches, {limits:?}");
    }
    assert_eq!(allocations(limits, "\n"), 0, "in {MEASURED} batches of empty lines");
}

#[test]
fn what_allocates_is_counted() {
    let before = ALLOCATIONS.get();
    let mut list = Vec::with_capacity(1);
    list.extend(std::hint::black_box([1_u8; 100]));
    assert_eq!((list.len(), ALLOCATIONS.get() - before), (100, 2));
}
