//! The summaries: one for each window with repetitions, whichever lane, and instance, is there when it closes.

use std::sync::Barrier;

use logagent_filter_dedupe::DedupeFilter;
use logagent_sdk::testing::{Emitted, Harness, Input, OBSERVED};
use logagent_sdk::{Entries, Value};
use serde_json::{Value as Json, json};

const SECOND: u64 = 1_000_000_000;
/// When a window of ten seconds that began at `OBSERVED` is summed up.
const SUMMED_UP: u64 = OBSERVED + 12 * SECOND;

fn config() -> Json {
    json!({"window": "10s", "summary": true})
}

fn harness() -> Harness<DedupeFilter> {
    Harness::new(config()).unwrap()
}

fn bodies(emitted: &[Emitted]) -> Vec<String> {
    let mut bodies: Vec<_> = emitted.iter().map(|it| String::from_utf8(it.body.clone()).unwrap()).collect();
    bodies.sort_unstable();
    bodies
}

#[test]
fn a_window_that_has_closed_is_summed_up_once() {
    let mut harness = harness();
    harness.process([Input::from("a"), "b".into(), Input::from("a").severity(17), "a".into()]).unwrap();
    harness.process(["a"]).unwrap();
    assert!(harness.tick(SUMMED_UP - 1_000_000).unwrap().is_empty());
    let emitted = harness.tick(SUMMED_UP).unwrap();
    assert_eq!(bodies(&emitted), ["a (repeated 3 times)"]);
    assert_eq!((emitted[0].time_unix_nano, emitted[0].severity), (OBSERVED + 10 * SECOND, 17));
    let attributes: Vec<_> = Entries::of(&emitted[0].attributes).collect();
    assert_eq!(attributes, [(Value::Text("repeated"), Value::Int(3))]);
    assert!(harness.tick(SUMMED_UP + SECOND).unwrap().is_empty());
}

#[test]
fn windows_of_one_key_are_summed_up_each_for_itself() {
    let mut harness = harness();
    for (seconds, count) in [(0, 3), (9, 1), (10, 2), (19, 4)] {
        harness.at(OBSERVED + seconds * SECOND);
        harness.process(vec!["a"; count]).unwrap();
    }
    let emitted = harness.tick(OBSERVED + 60 * SECOND).unwrap();
    assert_eq!(bodies(&emitted), ["a (repeated 3 times)", "a (repeated 5 times)"]);
}

#[test]
fn what_lanes_drop_of_one_key_is_one_summary() {
    let mut first = harness();
    let mut second: Harness<DedupeFilter> = first.beside(config()).unwrap();
    first.process(["a", "b"]).unwrap();
    second.process(["a", "b", "b"]).unwrap();
    first.process(["a", "a"]).unwrap();
    let emitted = [second.tick(SUMMED_UP).unwrap(), first.tick(SUMMED_UP).unwrap()].concat();
    assert_eq!(bodies(&emitted), ["a (repeated 3 times)", "b (repeated 2 times)"]);
}

#[test]
fn another_instance_sums_up_what_was_left() {
    let mut gone = harness();
    gone.process(["a", "a"]).unwrap();
    assert!(gone.tick(OBSERVED + SECOND).unwrap().is_empty());
    let mut next: Harness<DedupeFilter> = gone.beside(config()).unwrap();
    let mut beside: Harness<DedupeFilter> = gone.beside(config()).unwrap();
    drop(gone);
    assert!(beside.tick(OBSERVED + 2 * SECOND).unwrap().is_empty());
    next.process(["a", "b", "b"]).unwrap();
    let emitted = [beside.tick(SUMMED_UP).unwrap(), next.tick(SUMMED_UP).unwrap()].concat();
    assert_eq!(bodies(&emitted), ["a (repeated 2 times)", "b (repeated 1 time)"]);
}

#[test]
fn lanes_that_sum_up_at_once_take_nothing_from_each_other() {
    for _ in 0..20 {
        let mut gone = harness();
        let bodies = || (0..2000).map(|number| format!("body {number}"));
        gone.process(bodies().chain(bodies())).unwrap();
        let lanes: [Harness<DedupeFilter>; 3] = [(); 3].map(|()| gone.beside(config()).unwrap());
        let start = &Barrier::new(lanes.len());
        let emitted: Vec<Emitted> = std::thread::scope(|scope| {
            let lanes = lanes.map(|mut lane| {
                scope.spawn(move || {
                    start.wait();
                    lane.tick(SUMMED_UP).unwrap()
                })
            });
            lanes.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
        });
        let mut expected: Vec<_> = bodies().map(|body| format!("{body} (repeated 1 time)")).collect();
        expected.sort_unstable();
        assert_eq!(crate::bodies(&emitted), expected);
    }
}

#[test]
fn more_summaries_than_one_tick_emits_follow_with_the_next() {
    let mut harness = harness();
    let of_batch = |from: u32| (from..from + 1000).map(|number| format!("{number:0>1000}"));
    (0..2).for_each(|_| (0..2).for_each(|batch| drop(harness.process(of_batch(batch * 1000)).unwrap())));
    let counts: Vec<usize> = (0..5).map(|seconds| harness.tick(SUMMED_UP + seconds * SECOND).unwrap().len()).collect();
    assert!(counts[0] < 1000 && counts[0] > 256 && counts[4] == 0, "{counts:?}");
    assert_eq!(counts.iter().sum::<usize>(), 2000);
}

#[test]
fn another_instance_finds_more_windows_than_one_tick_looks_up() {
    let mut gone = harness();
    for batch in 0..20 {
        let bodies = || (0..1000).map(|number| format!("{batch} {number}"));
        gone.process(bodies().chain(bodies())).unwrap();
    }
    let mut next: Harness<DedupeFilter> = gone.beside(config()).unwrap();
    let counts: Vec<usize> = (0..3).map(|seconds| next.tick(SUMMED_UP + seconds * SECOND).unwrap().len()).collect();
    assert!(counts[0] < 20_000 && counts.iter().sum::<usize>() == 20_000, "{counts:?}");
}

#[test]
fn of_a_record_that_a_full_state_has_forgotten_no_summary_is_emitted() {
    let mut harness = harness().state_budget(100_000);
    for batch in 0..20 {
        let keys = || (0..500).map(|number| format!("{batch} {number}"));
        harness.process(keys().chain(keys())).unwrap();
    }
    let bodies = bodies(&harness.tick(SUMMED_UP).unwrap());
    assert!(!bodies.is_empty() && bodies.iter().all(|body| !body.starts_with('(')), "{bodies:?}");
}

#[test]
fn without_summary_nothing_is_emitted() {
    let mut harness = Harness::<DedupeFilter>::new(json!({"window": "10s"})).unwrap();
    harness.process(["a", "a"]).unwrap();
    assert!(harness.tick(SUMMED_UP).unwrap().is_empty());
}
