//! What becomes of a batch on which something fails.

use crate::rig::{Rig, failing_on_all, joined, lines, stage, stage_that};
use logagent_component::{Fault, FilterError, SinkError};
use logagent_pipeline::{LaneError, OnError, Subject};
use logagent_telemetry::{BreakerState, Counts, FilterMeter};
use logagent_testkit::{Letter, Letters, Native, Policy, Probe, emit, until};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

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

/// One stream of these chunks through a filter that does this with what it fails on.
fn run(filter: Native, on_error: OnError, chunks: &[&str]) -> (Counts, Probe, Arc<Letters>, Arc<FilterMeter>) {
    let filter = stage_that(filter, on_error);
    let meter = filter.meter.clone();
    let (mut rig, probe) = Rig::simple(vec![filter], Policy::Confirm);
    rig.ended_stream("s", chunks);
    let letters = rig.letters.clone();
    (rig.run()[0], probe, letters, meter)
}

#[test]
fn only_the_record_that_a_filter_fails_on_passes_as_it_was() {
    let (counts, probe, _, meter) = run(failing(), OnError::Pass, &["a\n", "b!\nc\n", "d\n"]);
    assert_eq!(probe.texts(), ["a", "b!", "c", "d"]);
    assert_eq!((counts.received, counts.emitted, counts.dropped, counts.delivered), (4, 0, 0, 4));
    assert_eq!((meter.errors(), meter.kept.get()), (BTreeMap::from([("error".into(), 2)]), 4));
}

#[test]
fn only_the_record_that_a_filter_fails_on_is_dropped_under_the_failures_kind() {
    let (counts, probe, _, meter) = run(failing(), OnError::Drop, &["a\n", "b!\nc\n", "d\n"]);
    assert_eq!(probe.texts(), ["a", "c", "d"]);
    assert_eq!((counts.received, counts.emitted, counts.dropped, counts.delivered), (4, 0, 1, 3));
    assert_eq!(meter.dropped(), BTreeMap::from([("error".into(), 1)]));
    assert_eq!(meter.records.get(), 4);
}

#[test]
fn only_the_record_that_a_filter_fails_on_is_put_aside_with_where_it_stood() {
    let (counts, probe, letters, meter) = run(failing(), OnError::DeadLetter, &["a\n", "bb\nc!\nd\ne!\n", "f\n"]);
    assert_eq!(probe.texts(), ["a", "bb", "d", "f"]);
    assert_eq!((counts.received, counts.dropped, counts.dead_lettered, counts.delivered), (6, 0, 2, 4));
    assert_eq!(meter.dead_lettered(), BTreeMap::from([("error".into(), 2)]));
    let letter = |body: &str, at: usize| Letter {
        kind: "error",
        body: body.into(),
        origin: format!("s at byte {at} (source source-0)"),
    };
    assert_eq!(letters.all(), [letter("c!", 5), letter("e!", 10)]);
}

#[test]
fn what_good_parts_of_a_batch_emit_and_drop_counts_and_keeps_its_order() {
    // Drops what begins with `-`, and emits a line for each `+`: behind the records of the part that it is in.
    let filter = Native::new(|seen, decisions| {
        if seen.bodies().any(|body| body == b"!") {
            return Err(FilterError::Trap("told to".into()));
        }
        decisions.verdicts.extend(seen.bodies().map(|body| u8::from(body.starts_with(b"-"))));
        seen.bodies().filter(|body| body.starts_with(b"+")).for_each(|body| emit(decisions, body, b"", 0, 0));
        Ok(())
    });
    let (counts, probe, letters, _) =
        run(filter.reasons(&["minus"]), OnError::DeadLetter, &["a\n-b\n+c\n!\nd\n-e\n+f\ng\n"]);
    let texts = probe.texts();
    let own: Vec<&str> = texts.iter().map(String::as_str).collect();
    assert_eq!(own.iter().filter(|text| **text == "+c").count(), 2, "{texts:?}");
    assert_eq!(own.iter().filter(|text| **text == "+f").count(), 2, "{texts:?}");
    let mut read: Vec<&str> = own.clone();
    read.dedup();
    assert!(read.iter().filter(|text| ["a", "d", "g"].contains(*text)).eq(["a", "d", "g"].iter()), "{texts:?}");
    assert_eq!((counts.emitted, counts.dropped, counts.dead_lettered, counts.delivered), (2, 2, 1, 7));
    assert_eq!(letters.texts(), ["!"]);
}

#[test]
fn a_failure_of_the_whole_that_no_part_repeats_costs_no_record() {
    let fussy = Native::new(|seen, _| match seen.len() {
        3.. => Err(FilterError::Refused("too many".into())),
        _ => Ok(()),
    });
    let (counts, probe, letters, meter) = run(fussy, OnError::DeadLetter, &["a\nb\nc\nd\ne\n"]);
    assert_eq!((probe.texts().concat(), counts.delivered, letters.all().len()), ("abcde".into(), 5, 0));
    assert_eq!(meter.errors(), BTreeMap::from([("error".into(), 1)]));
}

#[test]
fn a_filter_that_fails_on_all_is_not_called_for_long() {
    let (broken, calls) = failing_on_all();
    let input = joined(&lines("s", 1000));
    let (counts, _, letters, meter) = run(broken, OnError::DeadLetter, &[&input]);
    assert_eq!((counts.dead_lettered, letters.all().len()), (1000, 1000));
    assert!(calls.load(Ordering::Relaxed) < 100, "{calls:?} calls");
    assert_eq!((meter.breaker(), meter.breaker_opened.get()), (BreakerState::Open, 1));
    let dead = meter.dead_lettered();
    assert!(dead["trap"] >= 32 && dead["breaker"] > 900, "{dead:?}");
    assert_eq!(letters.texts(), lines("s", 1000), "in order");
}

#[test]
fn a_filter_that_starts_slowly_is_left_alone_once_it_fails_again() {
    let (slow, calls) = failing_on_all();
    let input = joined(&lines("s", 1000));
    let (counts, _, letters, meter) = run(slow.restarting_for(Duration::from_secs(2)), OnError::DeadLetter, &[&input]);
    assert_eq!((counts.dead_lettered, letters.texts()), (1000, lines("s", 1000)));
    assert_eq!((meter.breaker(), calls.load(Ordering::Relaxed)), (BreakerState::Open, 2));
}

#[test]
fn the_bad_records_of_a_filter_that_starts_in_no_time_are_sought_as_ever() {
    let restarting = failing().restarting_for(Duration::from_millis(30));
    let (counts, ..) = run(restarting, OnError::DeadLetter, &["a\nb!\nc\nd\n", "e\nf!\n"]);
    assert_eq!((counts.dead_lettered, counts.delivered), (2, 4));
}

#[test]
fn a_filter_that_can_not_be_started_again_is_not_tried_record_by_record() {
    let broken = Native::new(|_, _| Err(FilterError::Restart("no memory".into())));
    let (_, _, letters, meter) = run(broken, OnError::DeadLetter, &["a\nb\nc\n"]);
    assert_eq!((letters.texts().concat(), meter.errors()), ("abc".into(), BTreeMap::from([("restart".into(), 1)])));
}

#[test]
fn a_record_that_a_filter_fails_on_stops_the_lane_and_is_not_confirmed() {
    let (mut rig, probe) = Rig::simple(vec![stage(failing())], Policy::Confirm);
    let feed = rig.ended_stream("s", &["a\n", "b\nc!\n", "d\n"]);
    let running = rig.start();
    let law = running.pipelines[0].clone();
    let error = running.end().unwrap_err();
    assert_eq!(error.to_string(), "filter native (generation 1) on the record of s at byte 4 (source source-0)");
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
        let filter = stage_that(large, OnError::Drop);
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
    let filter = stage_that(ticking(), OnError::Drop);
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
    assert!(matches!(error, LaneError::Filter { subject: Subject::Tick, .. }), "{error}");
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
