//! The ring is small and sinks are slow: nothing is lost, overwritten or stuck.

use crate::rig::{LIMITS, RING_BYTES, Rig, joined, lines, stage};
use logagent_component::Part;
use logagent_pipeline::BatchLimits;
use logagent_testkit::{Native, Policy, Probe, replace, until};
use std::time::Duration;

fn texts_of(lines: &[String], probe: &Probe) {
    let texts = probe.texts();
    let differs = lines.iter().zip(&texts).position(|(line, text)| line != text);
    assert_eq!((texts.len(), differs), (lines.len(), None));
}

/// Waits until nothing moves any more.
fn until_still<T: PartialEq>(state: impl Fn() -> T) {
    let mut before = None;
    until("nothing moves", || {
        std::thread::sleep(Duration::from_millis(20));
        let earlier = before.replace(state());
        earlier == before
    });
}

/// What a stalled sink makes of a run: the source waits, and goes on once the sink does.
fn run_stalled(limits: BatchLimits, lines: &[String]) {
    let (mut rig, probe) = Rig::simple(vec![stage(Native::keeping())], Policy::Hold);
    rig.limits = limits;
    let feed = rig.stream(0, "s");
    feed.give(joined(lines));
    feed.end();
    let running = rig.start();
    until_still(|| (feed.reads(), probe.count()));
    let given = joined(lines).len();
    assert!(given < RING_BYTES || feed.unread_bytes() > 0, "more was read than the ring holds");
    while probe.held() > 0 {
        probe.confirm_oldest();
        std::thread::yield_now();
    }
    probe.open();
    running.finish();
    texts_of(lines, &probe);
}

#[test]
fn a_full_ring_makes_the_source_wait_until_the_sink_confirms() {
    for max_bytes in [512, 4096, 16_384] {
        for max_records in [1, 10, 8192] {
            run_stalled(BatchLimits { max_bytes, max_records, ..LIMITS }, &lines("a line of some length", 8_000));
        }
    }
}

#[test]
fn many_short_lines_need_more_room_for_their_descriptors_than_for_themselves() {
    let empty = vec![String::new(); 20_000];
    let short: Vec<String> = (0..20_000).map(|number| (number % 10).to_string()).collect();
    for lines in [empty, short] {
        for max_records in [1, 10, 300, 8192, 1 << 20] {
            run_stalled(BatchLimits { max_bytes: 16_384, max_records, ..LIMITS }, &lines);
        }
    }
}

#[test]
fn what_is_more_than_a_batch_may_have_waits_for_the_next() {
    for max_records in [1, 3, 16] {
        let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
        rig.limits = BatchLimits { max_records, ..LIMITS };
        let lines = lines("s", 300);
        let feeds = ["one", "two"].map(|name| rig.ended_stream(name, &[&joined(&lines)]));
        rig.run();
        assert_eq!((probe.count(), probe.deliveries()), (600, 600_usize.div_ceil(max_records)));
        assert!(feeds.iter().all(|feed| feed.confirmed().is_sorted()));
    }
}

#[test]
fn a_record_longer_than_a_batch_arrives_whole() {
    for length in [100, 5_000, 20_000] {
        let (mut rig, probe) = Rig::simple(vec![stage(Native::keeping())], Policy::Confirm);
        rig.limits = BatchLimits { max_bytes: 64, max_records: 4, ..LIMITS };
        let lines = ["x".repeat(length), "short".into(), "y".repeat(length), String::new(), "z".repeat(length)];
        rig.ended_stream("s", &[&joined(&lines)]);
        rig.run();
        texts_of(&lines, &probe);
    }
}

#[test]
fn a_long_record_behind_many_short_ones_arrives_whole() {
    let mut lines = lines("s", 400);
    lines.push("x".repeat(25_000));
    lines.push("last".into());
    for max_records in [1, 7, 100] {
        let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
        rig.limits = BatchLimits { max_bytes: 16_384, max_records, ..LIMITS };
        rig.ended_stream("s", &[&joined(&lines)]);
        rig.run();
        texts_of(&lines, &probe);
    }
}

#[test]
fn each_pipeline_of_a_source_has_room_for_its_own_descriptors() {
    let starring = || {
        stage(Native::new(|seen, decisions| {
            (0..seen.len()).for_each(|index| replace(decisions, index, Part::Body, 0..0, b"*"));
            Ok(())
        }))
    };
    let mut rig = Rig::new();
    rig.limits = BatchLimits { max_bytes: 16_384, max_records: 8192, ..LIMITS };
    let probes: Vec<Probe> = (0..8).map(|_| rig.sink(Policy::Confirm)).collect();
    (0..8).for_each(|sink| rig.pipeline(vec![starring()], &[sink]));
    rig.ended_stream("s", &[&"\n".repeat(10_000)]);
    rig.run();
    for probe in probes {
        assert_eq!(probe.count(), 10_000);
        assert!(probe.texts().iter().all(|text| text == "*"));
    }
}

#[test]
fn edits_find_room_beside_what_others_still_hold() {
    let doubling = Native::new(|seen, decisions| {
        for (index, body) in seen.bodies().enumerate() {
            replace(decisions, index, Part::Body, body.len()..body.len(), body);
        }
        Ok(())
    });
    let (mut rig, probe) = Rig::simple(vec![stage(doubling)], Policy::Flush(Duration::from_millis(1)));
    rig.limits = BatchLimits { max_bytes: 8_192, max_records: 50, ..LIMITS };
    let lines = lines("a line of some length", 5_000);
    rig.ended_stream("s", &[&joined(&lines)]);
    rig.run();
    texts_of(&lines.iter().map(|line| line.repeat(2)).collect::<Vec<_>>(), &probe);
}

#[test]
fn more_batches_than_the_ring_can_tell_apart_wait_as_well() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Hold);
    rig.ring_bytes = 4 << 20;
    rig.limits = BatchLimits { max_records: 1, ..LIMITS };
    let lines = lines("s", 10_000);
    rig.ended_stream("s", &[&joined(&lines)]);
    let running = rig.start();
    until_still(|| probe.held());
    assert!((4000..=4096).contains(&probe.held()), "{} are held", probe.held());
    probe.open();
    running.finish();
    texts_of(&lines, &probe);
}
