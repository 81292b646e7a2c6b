//! A lane that is driven step by step, by a clock of the test's.

use logagent_component::{FilterError, intake};
use logagent_pipeline::{
    BatchLimits, Clock, FilterSettings, FilterStage, Graph, Lane, LaneWaker, OnError, Pipeline, Round, SourceStage,
};
use logagent_ring::Writer;
use logagent_telemetry::BreakerState;
use logagent_testkit::{Letters, Native, Policy, Seen, feed, probe};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

const AGE: Duration = Duration::from_secs(60);

struct TestClock {
    began: Instant,
    passed_ms: AtomicU64,
}

impl Clock for TestClock {
    fn now(&self) -> Instant {
        self.began + Duration::from_millis(self.passed_ms.load(Ordering::Relaxed))
    }

    fn unix_nano(&self) -> u64 {
        7
    }

    fn wait(&self, _: Option<Instant>) {
        panic!("a lane that is stepped has nothing to wait for");
    }
}

/// A lane of one stream and one sink, and how it is fed and emptied.
fn lane(policy: Policy) -> (Lane, logagent_testkit::Feed, logagent_testkit::Probe) {
    lane_through(Vec::new(), policy)
}

fn lane_through(filters: Vec<FilterStage>, policy: Policy) -> (Lane, logagent_testkit::Feed, logagent_testkit::Probe) {
    let (probe, sink) = probe(policy);
    let (feed, stream) = feed(0, "s");
    let waker = Arc::new(LaneWaker::default());
    let (intake, mut inboxes) = intake(&[waker.clone().into()]);
    intake.assign(Box::new(stream));
    let graph = Graph {
        sources: vec![SourceStage { pipelines: vec![0], ..SourceStage::default() }],
        pipelines: vec![Pipeline { name: "main".into(), filters, sinks: vec![0], meter: Arc::default() }],
        sinks: vec![sink],
        dead_letters: Arc::new(Letters::default()),
        show_records: false,
    };
    let limits = BatchLimits { max_bytes: 4096, max_records: 16, max_age: AGE };
    let ring = Writer::create(64 << 10, waker.clone().into()).expect("a ring");
    let lane = Lane::new(ring, graph, limits, inboxes.remove(0), Arc::default(), waker, Arc::default());
    (lane, feed, probe)
}

fn step_until_idle(lane: &mut Lane) {
    while lane.step().expect("no failure") != Round::Idle {}
}

#[test]
fn a_batch_is_as_old_as_its_lanes_clock_says() {
    let clock = Arc::new(TestClock { began: Instant::now(), passed_ms: AtomicU64::new(0) });
    let (lane, feed, probe) = lane(Policy::Confirm);
    let mut lane = lane.by(clock.clone());
    feed.give_line("a");
    step_until_idle(&mut lane);
    assert_eq!(probe.count(), 0);
    while probe.count() == 0 {
        let due = lane.due_at();
        assert!(due > clock.now(), "something is due, and not done");
        clock.passed_ms.store((due - clock.began).as_millis().try_into().unwrap(), Ordering::Relaxed);
        step_until_idle(&mut lane);
    }
    assert!(probe.texts() == ["a"] && clock.now() - clock.began <= AGE);
}

#[test]
fn a_lane_rests_once_all_that_it_has_read_is_confirmed_however_young_its_batch() {
    let (mut lane, feed, probe) = lane(Policy::Hold);
    feed.give("a\nb\nunfinish");
    step_until_idle(&mut lane);
    assert_eq!(probe.count(), 0, "the batch is young");
    assert!(!lane.rest().expect("no failure"));
    assert_eq!((probe.texts(), feed.confirmed()), (vec!["a".to_owned(), "b".into()], vec![]));
    probe.confirm_oldest();
    assert!(lane.rest().expect("no failure"));
    assert_eq!(feed.confirmed(), [4]);
    feed.give_line("ed");
    assert!(lane.rest().expect("no failure"), "it reads nothing while it rests");
    step_until_idle(&mut lane);
    assert!(!lane.rest().expect("no failure"));
    assert_eq!(probe.texts(), ["a", "b", "unfinished"]);
}

#[test]
fn a_filter_that_starts_slowly_is_called_again_after_its_breaker_has_let_a_few_records_through() {
    let fails = |seen: &Seen<'_>| seen.bodies().any(|body| body.ends_with(b"!"));
    let filter = Native::new(move |seen, _| match fails(seen) {
        true => Err(FilterError::Trap("told to".into())),
        false => Ok(()),
    });
    let filter = filter.restarting_for(Duration::from_secs(3));
    let filter = FilterStage::new("f", Box::new(filter), FilterSettings::of(OnError::Drop), Arc::default());
    let meter = filter.meter.clone();
    let clock = Arc::new(TestClock { began: Instant::now(), passed_ms: AtomicU64::new(0) });
    let (lane, feed, probe) = lane_through(vec![filter], Policy::Confirm);
    let mut lane = lane.by(clock.clone());
    // Another instance decides over `a`, and is gone with `b!`; to start a third would be too much.
    for (lines, dropped) in [("a\nb!\nc\n", 2), ("d\n", 2), ("e\n", 2)] {
        feed.give(lines);
        step_until_idle(&mut lane);
        clock.passed_ms.fetch_add(AGE.as_millis().try_into().unwrap(), Ordering::Relaxed);
        step_until_idle(&mut lane);
        assert_eq!(meter.dropped().values().sum::<u64>(), dropped);
    }
    assert_eq!((probe.texts(), meter.breaker_opened.get()), (vec!["a".to_owned(), "d".into(), "e".into()], 1));
    assert_eq!(meter.breaker(), BreakerState::Closed);
}
