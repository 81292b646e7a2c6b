//! What becomes of a batch on which something fails.

use crate::rig::{Rig, stage};
use logagent_component::{Fault, FilterError, SinkError};
use logagent_pipeline::{FilterStage, LaneError, OnError};
use logagent_testkit::{Native, Policy, emit, until};
use std::collections::BTreeMap;

/// Decides to drop everything, and fails on the batches that hold a `!`.
fn failing() -> Native {
    Native::new(|seen, decisions| {
        decisions.verdicts.resize(seen.len(), 1);
        emit(decisions, b"emitted", b"", 0, 0);
        if seen.bodies().any(|body| body.contains(&b'!')) {
            return Err(FilterError::Refused("told to".into()));
        }
        decisions.verdicts.clear();
        decisions.emitted.clear();
        decisions.emitted_bytes.clear();
        Ok(())
    })
    .reasons(&["all"])
}

#[test]
fn a_batch_that_a_filter_fails_on_passes_as_it_was() {
    let filter = FilterStage { on_error: OnError::Pass, ..stage(failing()) };
    let meter = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    rig.ended_stream("s", &["a\n", "b!\nc\n", "d\n"]);
    let counts = rig.run()[0];
    assert_eq!(probe.texts(), ["a", "b!", "c", "d"]);
    assert_eq!((counts.received, counts.emitted, counts.dropped, counts.delivered), (4, 0, 0, 4));
    assert_eq!((meter.errors(), meter.kept.get()), (BTreeMap::from([("error".into(), 1)]), 4));
}

#[test]
fn a_batch_that_a_filter_fails_on_is_dropped_under_the_failures_kind() {
    let filter = FilterStage { on_error: OnError::Drop, ..stage(failing()) };
    let meter = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    rig.ended_stream("s", &["a\n", "b!\nc\n", "d\n"]);
    let counts = rig.run()[0];
    assert_eq!(probe.texts(), ["a", "d"]);
    assert_eq!((counts.received, counts.emitted, counts.dropped, counts.delivered), (4, 0, 2, 2));
    assert_eq!(meter.dropped(), BTreeMap::from([("error".into(), 2)]));
}

#[test]
fn a_batch_that_a_filter_fails_on_stops_the_lane_and_is_not_confirmed() {
    let (mut rig, probe) = Rig::simple(vec![stage(failing())], Policy::Confirm);
    let feed = rig.ended_stream("s", &["a\n", "b!\nc\n", "d\n"]);
    let running = rig.start();
    let law = running.pipelines[0].clone();
    let error = running.end().unwrap_err();
    assert_eq!(error.to_string(), "filter native: batch of 2 records");
    assert_eq!((probe.texts(), feed.confirmed().into_iter().max()), (vec!["a".to_owned()], Some(2)));
    let counts = law.law.counts();
    assert!(counts.balance() && counts.in_flight == 2, "{counts:?}");
}

#[test]
fn decisions_that_can_not_be_are_a_failure() {
    let lying = Native::judging(|_| 2).reasons(&["the only one"]);
    let (mut rig, _) = Rig::simple(vec![stage(lying)], Policy::Confirm);
    rig.ended_stream("s", &["a\n"]);
    let error = rig.start().end().unwrap_err();
    let LaneError::Filter { source: FilterError::Fault(fault), .. } = error else { panic!("{error}") };
    assert_eq!(fault, Fault::Verdict { index: 0, verdict: 2 });
}

#[test]
fn more_output_than_the_ring_can_hold_is_a_failure_and_what_fits_is_not() {
    for (emitted_bytes, expected) in [(40_000, 3), (66_000, 0)] {
        let large = Native::new(move |_, decisions| {
            emit(decisions, &vec![b'x'; emitted_bytes], b"", 0, 0);
            Ok(())
        });
        let filter = FilterStage { on_error: OnError::Drop, ..stage(large) };
        let meter = filter.meter.clone();
        let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
        rig.ended_stream("s", &["a\n", "b\n", "c\n"]);
        rig.run();
        assert_eq!(probe.count(), 2 * expected, "{emitted_bytes} bytes");
        let failed = if expected == 0 { BTreeMap::from([("output".into(), 3)]) } else { BTreeMap::new() };
        assert_eq!(meter.dropped(), failed);
    }
}

#[test]
fn a_failed_tick_is_the_lanes_end_only_where_the_filter_says_stop() {
    let ticking = || Native::keeping().ticking(|_, _| Err(FilterError::Trap("told to".into())));
    let filter = FilterStage { on_error: OnError::Drop, ..stage(ticking()) };
    let meter = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    until("a failed tick", || !meter.errors().is_empty());
    feed.give_line("later");
    feed.end();
    running.finish();
    assert_eq!((probe.texts(), meter.errors().contains_key("trap")), (vec!["later".to_owned()], true));

    let (mut rig, _) = Rig::simple(vec![stage(ticking())], Policy::Confirm);
    let _feed = rig.stream(0, "s");
    let error = rig.start().end().unwrap_err();
    assert!(matches!(error, LaneError::Filter { records: 0, .. }), "{error}");
}

#[test]
fn a_sink_that_loses_records_stops_the_lane_and_they_are_not_confirmed() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Hold);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    let law = running.pipelines[0].clone();
    for (count, line) in (1..).zip(["a", "b", "c"]) {
        feed.give_line(line);
        until("a delivery", || probe.held() == count);
    }
    probe.confirm_oldest();
    until("the first confirmation", || feed.confirmed() == [2]);
    probe.lose_oldest();
    probe.confirm_oldest();
    let error = running.end().unwrap_err();
    assert!(matches!(error, LaneError::Lost), "{error}");
    assert_eq!(feed.confirmed(), [2]);
    let counts = law.law.counts();
    assert_eq!((counts.balance(), counts.delivered, counts.in_flight), (true, 1, 2));
}

#[test]
fn a_delivery_that_is_dropped_at_once_is_lost_as_well() {
    let (mut rig, _) = Rig::simple(vec![], Policy::Lose);
    let feed = rig.ended_stream("s", &["a\n"]);
    let error = rig.start().end().unwrap_err();
    assert!(matches!(error, LaneError::Lost), "{error}");
    assert_eq!(feed.confirmed(), [0; 0]);
}

#[test]
fn a_sink_that_refuses_records_stops_the_lane() {
    let (mut rig, _) = Rig::simple(vec![], Policy::Refuse);
    let feed = rig.ended_stream("s", &["a\n"]);
    let error = rig.start().end().unwrap_err();
    assert!(matches!(error, LaneError::Sink(SinkError::Write { action: "write", .. })), "{error}");
    assert_eq!(feed.confirmed(), [0; 0]);
}
