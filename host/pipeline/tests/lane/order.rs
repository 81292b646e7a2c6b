//! Who gets what, in which order.

use crate::rig::{LIMITS, Rig, joined, lines, stage};
use logagent_pipeline::BatchLimits;
use logagent_testkit::{Arrived, Native, Oracle, Policy, Probe};
use std::time::Duration;

fn judge(oracle: &Oracle, probe: &Probe) {
    let arrived = probe.arrived();
    let named = |record: &Arrived| (record.stream.clone().expect("no filter made it"), record.body.clone());
    let output: Vec<(String, Vec<u8>)> = arrived.iter().map(named).collect();
    oracle.judge(output.iter().map(|(stream, body)| (stream.as_str(), body.as_slice()))).assert_clean();
}

#[test]
fn each_stream_keeps_its_order() {
    for (limits, chunk_bytes) in [
        (LIMITS, 7),
        (LIMITS, 4096),
        (BatchLimits { max_records: 1, ..LIMITS }, 100),
        (BatchLimits { max_bytes: 1, ..LIMITS }, 100),
        (BatchLimits { max_age: Duration::from_millis(1), ..LIMITS }, 100),
    ] {
        let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
        rig.limits = limits;
        let mut oracle = Oracle::default();
        for stream in ["one", "two", "three"] {
            let lines = lines(stream, 500);
            lines.iter().for_each(|line| oracle.expect(stream, line.as_str()));
            let feed = rig.stream(0, stream);
            joined(&lines).as_bytes().chunks(chunk_bytes).for_each(|chunk| feed.give(chunk));
            feed.end();
        }
        let counts = rig.run();
        assert_eq!((counts[0].received, counts[0].delivered), (1500, 1500));
        judge(&oracle, &probe);
    }
}

#[test]
fn streams_take_turns() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    // One gives a line a read, the other ten: they get the same all the same.
    for (stream, lines_a_read) in [("busy", 10), ("calm", 1)] {
        let feed = rig.stream(0, stream);
        lines(stream, 2000).chunks(lines_a_read).for_each(|lines| feed.give(joined(lines)));
        feed.end();
    }
    rig.run();
    let half = &probe.texts()[..2000];
    let calm = half.iter().filter(|text| text.starts_with("calm")).count();
    assert!((900..1100).contains(&calm), "{calm} of {}", half.len());
}

#[test]
fn the_streams_of_a_high_priority_source_come_first_and_the_others_do_not_starve() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    rig.takers = vec![vec![0], vec![0]];
    rig.high_priority = Some(1);
    for (source, stream) in [(0, "usual"), (1, "urgent")] {
        let feed = rig.stream(source, stream);
        lines(stream, 10_000).iter().for_each(|line| feed.give_line(line));
        feed.end();
    }
    rig.run();
    let texts = probe.texts();
    assert!(texts[0].starts_with("urgent"), "{:?}", &texts[..5]);
    let usual = texts[..10_000].iter().filter(|text| text.starts_with("usual")).count();
    assert!((600..1500).contains(&usual), "{usual} of 10,000: about one of nine");
}

#[test]
fn a_stream_that_nearly_fills_each_batch_does_not_starve_the_next() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    rig.limits = BatchLimits { max_bytes: 1000, max_age: Duration::from_millis(10), ..LIMITS };
    for (stream, lines_at_once) in [("hog", 9), ("other", 1000)] {
        let feed = rig.stream(0, stream);
        let line = format!("{stream:<98}");
        (0..1000 / lines_at_once).for_each(|_| feed.give(format!("{line}\n").repeat(lines_at_once)));
        feed.end();
    }
    rig.run();
    let texts = probe.texts();
    let others = texts[..1000].iter().filter(|text| text.starts_with("other")).count();
    assert!(others > 400, "{others} of the first 1000");
}

#[test]
fn a_last_line_without_its_newline_is_a_record_once_the_stream_has_ended() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give("one\ntw");
    logagent_testkit::until("the first line", || probe.count() == 1);
    feed.give("o\r");
    feed.end();
    running.finish();
    assert_eq!(probe.texts(), ["one", "two\r"]);
}

#[test]
fn all_sinks_of_a_pipeline_get_the_same_and_it_counts_once() {
    let mut rig = Rig::new();
    let probes = [Policy::Confirm, Policy::Flush(Duration::from_millis(2))].map(|policy| rig.sink(policy));
    rig.pipeline(vec![], &[0, 1]);
    rig.ended_stream("s", &["a\nb\n", "c\n"]);
    let counts = rig.run();
    assert_eq!(probes[0].texts(), ["a", "b", "c"]);
    assert_eq!(probes[0].arrived(), probes[1].arrived());
    assert_eq!((counts[0].delivered, counts[0].bytes_delivered), (3, 6));
}

#[test]
fn pipelines_that_share_a_source_decide_apart() {
    let without =
        |letter: u8| stage(Native::judging(move |body| u8::from(body.contains(&letter))).reasons(&["letter"]));
    let mut rig = Rig::new();
    let probes = [(); 3].map(|()| rig.sink(Policy::Confirm));
    rig.pipeline(vec![without(b'a')], &[0]);
    rig.pipeline(vec![without(b'b')], &[1]);
    rig.pipeline(vec![], &[2]);
    rig.ended_stream("s", &["a\nb\nab\nc\n"]);
    let counts = rig.run();
    assert_eq!(probes[0].texts(), ["b", "c"]);
    assert_eq!(probes[1].texts(), ["a", "c"]);
    assert_eq!(probes[2].texts(), ["a", "b", "ab", "c"]);
    assert_eq!(counts.iter().map(|counts| counts.dropped).collect::<Vec<_>>(), [2, 2, 0]);
}

#[test]
fn sources_lead_to_their_own_pipelines() {
    let mut rig = Rig::new();
    rig.takers = vec![vec![0], vec![0, 1], vec![]];
    let probes = [(); 2].map(|()| rig.sink(Policy::Confirm));
    rig.pipeline(vec![], &[0]);
    rig.pipeline(vec![], &[1]);
    for (source, text) in ["to the first", "to both", "to none"].into_iter().enumerate() {
        let feed = rig.stream(source, text);
        lines(text, 20).iter().for_each(|line| feed.give_line(line));
        feed.end();
    }
    let running = rig.start();
    let sources = running.sources.clone();
    let counts = running.finish();
    assert_eq!(counts.iter().map(|counts| counts.delivered).collect::<Vec<_>>(), [40, 20]);
    assert!(probes[1].texts().iter().all(|text| text.starts_with("to both")));
    assert_eq!(sources.iter().map(|source| source.records.get()).collect::<Vec<_>>(), [20, 20, 20]);
}
