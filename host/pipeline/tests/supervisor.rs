//! How a run ends: drained, abandoned, or by the failure of a part.

use logagent_component::{Intake, Signal, Source, SourceError, Woken, intake};
use logagent_pipeline::{
    BatchLimits, Event, FilterSettings, FilterStage, Graph, Lane, LaneError, LaneWaker, OnError, Outcome, Pipeline,
    SourceStage, Sources, Supervisor,
};
use logagent_ring::Writer;
use logagent_testkit::{DEADLINE, Letters, Native, Policy, feed, probe, receive, until};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// Hands over one stream of one line, then does as it is told.
struct Double {
    line: &'static str,
    then: fn(&Signal) -> Result<(), SourceError>,
}

impl Source for Double {
    fn run(self: Box<Self>, intake: Intake, signal: &Arc<Signal>) -> Result<(), SourceError> {
        let (feed, stream) = feed(0, "s");
        feed.give_line(self.line);
        feed.end();
        intake.assign(Box::new(stream));
        (self.then)(signal)
    }
}

fn end(_: &Signal) -> Result<(), SourceError> {
    Ok(())
}

fn wait_for_stop(signal: &Signal) -> Result<(), SourceError> {
    while signal.wait(DEADLINE) != Woken::Stopped {}
    Ok(())
}

fn fail(_: &Signal) -> Result<(), SourceError> {
    Err(SourceError::Stdin { action: "read", source: std::io::ErrorKind::BrokenPipe.into() })
}

fn panic(_: &Signal) -> Result<(), SourceError> {
    panic!("a test's source was told to")
}

/// Runs one source and one lane; `during` is called once they run. Answers the outcome.
fn run(source: Double, policy: Policy, during: impl FnOnce(&Sender<Event>, &logagent_testkit::Probe)) -> Outcome {
    // A lane that can come to its end is waited for, however slow its thread is.
    let shutdown_timeout = if matches!(policy, Policy::Hold) { Duration::from_millis(100) } else { DEADLINE };
    let (probe, sink) = probe(policy);
    let waker = Arc::new(LaneWaker::default());
    let (intake, mut inboxes) = intake(&[waker.clone().into()]);
    let filter = Native::judging(|body| if body == b"panic" { panic!("a test's filter was told to") } else { 0 });
    let stage = FilterStage::new("native", Box::new(filter), FilterSettings::of(OnError::Stop), Arc::default());
    let graph = Graph {
        sources: vec![SourceStage { pipelines: vec![0], ..SourceStage::default() }],
        pipelines: vec![Pipeline { name: "main".into(), filters: vec![stage], sinks: vec![0], meter: Arc::default() }],
        sinks: vec![sink],
        dead_letters: Arc::new(Letters::default()),
        show_records: false,
    };
    let limits = BatchLimits { max_bytes: 4096, max_records: 16, max_age: Duration::ZERO };
    let ring = Writer::create(64 << 10, waker.clone().into()).expect("a ring");
    let (events, received) = channel();
    let supervisor = Supervisor {
        stop: Arc::default(),
        wakers: vec![waker.clone()],
        sources: Arc::new(Sources::new(intake, events.clone())),
        shutdown_timeout,
    };
    let lane = Lane::new(ring, graph, limits, inboxes.remove(0), Arc::default(), waker, supervisor.stop.clone());
    Supervisor::start_lane(0, lane, events.clone()).expect("a thread");
    supervisor.sources.start("double", Box::new(source)).expect("a thread");
    during(&events, &probe);
    wait(supervisor, received)
}

fn wait(supervisor: Supervisor, received: Receiver<Event>) -> Outcome {
    let (done, outcome) = channel();
    std::thread::spawn(move || done.send(supervisor.wait(&received)));
    receive(&outcome).expect("the supervisor comes to an end")
}

#[test]
fn a_run_whose_sources_end_has_ended() {
    let outcome = run(Double { line: "a", then: end }, Policy::Confirm, |_, _| {});
    assert!(matches!(outcome, Outcome::Ended), "{outcome:?}");
}

#[test]
fn a_stop_drains_what_waits() {
    let outcome =
        run(Double { line: "a", then: wait_for_stop }, Policy::Flush(Duration::from_secs(60)), |events, probe| {
            until("the record", || probe.count() == 1);
            events.send(Event::Stop).unwrap();
        });
    assert!(matches!(outcome, Outcome::Drained), "{outcome:?}");
}

#[test]
fn a_drain_that_takes_too_long_is_abandoned() {
    let outcome = run(Double { line: "a", then: wait_for_stop }, Policy::Hold, |events, probe| {
        until("the record", || probe.count() == 1);
        events.send(Event::Stop).unwrap();
    });
    assert!(matches!(outcome, Outcome::Abandoned), "{outcome:?}");
}

#[test]
fn a_lane_that_fails_or_panics_is_the_outcome() {
    let outcome = run(Double { line: "a", then: wait_for_stop }, Policy::Lose, |_, _| {});
    assert!(matches!(outcome, Outcome::LaneFailed(LaneError::Lost)), "{outcome:?}");
    let outcome = run(Double { line: "panic", then: wait_for_stop }, Policy::Confirm, |_, _| {});
    assert!(matches!(outcome, Outcome::LaneFailed(LaneError::Panicked)), "{outcome:?}");
}

#[test]
fn a_source_that_fails_or_panics_is_the_outcome() {
    let outcome = run(Double { line: "a", then: fail }, Policy::Confirm, |_, _| {});
    assert!(matches!(outcome, Outcome::SourceFailed(SourceError::Stdin { .. })), "{outcome:?}");
    let outcome = run(Double { line: "a", then: panic }, Policy::Confirm, |_, _| {});
    assert!(matches!(outcome, Outcome::SourcePanicked(_)), "{outcome:?}");
}

#[test]
fn another_thread_that_panics_ends_the_run_and_is_named() {
    let outcome = run(Double { line: "a", then: wait_for_stop }, Policy::Confirm, |events, _| {
        events.send(Event::ThreadPanicked("drain out".into())).unwrap();
    });
    assert!(matches!(&outcome, Outcome::ThreadPanicked(name) if name == "drain out"), "{outcome:?}");
}
