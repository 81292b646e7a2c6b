//! What users rely on in the adaptive mode: how many records of which keys are kept, in one lane and in several.

use std::collections::BTreeMap;

use logagent_filter_sample::SampleFilter;
use logagent_sdk::testing::{Harness, OBSERVED, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

const SECOND: u64 = 1_000_000_000;

/// A hundred records in each window of ten seconds.
fn config() -> Value {
    json!({"key": "k", "adaptive": {"target_per_second": 10, "window": "10s"}})
}

fn harness() -> Harness<SampleFilter> {
    Harness::new(config()).unwrap()
}

/// Records of each key, mixed, all the same but for the key.
fn mixed(counts: &[(&str, usize)]) -> Vec<String> {
    let mut records: Vec<(usize, String)> = Vec::new();
    for (key, count) in counts {
        // Spread over a million places.
        let place = |number| (2 * number + 1) * 500_000 / count;
        records.extend((0..*count).map(|number| (place(number), json!({"k": key}).to_string())));
    }
    records.sort();
    records.into_iter().map(|(_, body)| body).collect()
}

type Kept = BTreeMap<String, usize>;

/// Runs batches of `size` in turns over the lanes, all in one window; what is kept of each key.
fn run(lanes: &mut [Harness<SampleFilter>], window: u64, records: &[String], size: usize) -> Kept {
    let mut kept = Kept::new();
    for (turn, batch) in records.chunks(size).enumerate() {
        let lane = &mut lanes[turn * 5 % 3 % lanes.len()];
        lane.at(OBSERVED + window * 10 * SECOND);
        for body in lane.process(batch.iter().cloned()).unwrap().kept() {
            let key: Value = serde_json::from_str(&body).unwrap();
            *kept.entry(key["k"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    kept
}

fn two_lanes() -> [Harness<SampleFilter>; 2] {
    let first = harness();
    let second = first.beside(config()).unwrap();
    [first, second]
}

#[test]
fn all_of_rare_keys_is_kept_and_of_common_ones_what_they_leave() {
    let mut lanes = two_lanes();
    let records = mixed(&[("rare", 3), ("odd", 17), ("common", 1000), ("most", 5000)]);
    for window in 0..4 {
        let kept = run(&mut lanes, window, &records, 64);
        assert_eq!((kept["rare"], kept["odd"]), (3, 17), "window {window}");
        if window > 0 {
            let (common, most) = (kept["common"], kept["most"]);
            assert!(common.abs_diff(40) <= 2 && most.abs_diff(40) <= 2, "window {window}: {common}, {most}");
        }
    }
}

#[test]
fn several_lanes_keep_what_one_would() {
    let records = mixed(&[("a", 20), ("b", 400), ("c", 4000)]);
    let (mut one, mut two) = ([harness()], two_lanes());
    for window in 0..3 {
        let (one, two) = (run(&mut one, window, &records, 500), run(&mut two, window, &records, 37));
        let apart = one.iter().map(|(key, kept)| kept.abs_diff(two[key])).max();
        // Before anything is known it depends on how soon a lane looks.
        assert!(apart <= Some(if window == 0 { 80 } else { 1 }), "window {window}: {one:?}, {two:?}");
    }
}

#[test]
fn what_is_less_than_the_target_is_kept_whole() {
    let records = mixed(&[("a", 30), ("b", 60)]);
    let mut lanes = two_lanes();
    for window in 0..3 {
        assert_eq!(run(&mut lanes, window, &records, 10).values().sum::<usize>(), 90);
    }
}

/// A key that nobody knew, or that is more common at once, is held back in the window that it comes in.
#[test]
fn a_new_key_does_not_break_the_bank() {
    let mut lanes = two_lanes();
    let first = run(&mut lanes, 0, &mixed(&[("a", 100_000)]), 1000);
    assert!((100..=800).contains(&first["a"]), "{first:?}");
    let second = run(&mut lanes, 1, &mixed(&[("a", 100_000), ("b", 100_000)]), 1000);
    // The key that was there has the new one's part no more, and the new one 50 × (1 + ln(100,000 / 50)).
    assert!((45..=100).contains(&second["a"]) && (50..=450).contains(&second["b"]), "{second:?}");
    let third = run(&mut lanes, 2, &mixed(&[("a", 100_000), ("b", 100_000)]), 1000);
    assert!(third["a"].abs_diff(50) <= 3 && third["b"].abs_diff(50) <= 3, "{third:?}");
}

#[test]
fn many_new_keys_do_not_break_it_either() {
    let keys: Vec<String> = (0..1000).map(|number| format!("k{number}")).collect();
    let counts: Vec<(&str, usize)> = keys.iter().map(|key| (key.as_str(), 50)).collect();
    let mut lanes = two_lanes();
    run(&mut lanes, 0, &mixed(&[("a", 5000)]), 1000);
    let kept: usize = run(&mut lanes, 1, &mixed(&counts), 500).values().sum();
    // The target times 1 + ln(50,000 / 100).
    assert!((100..=900).contains(&kept), "{kept}");
}

#[test]
fn where_there_are_more_keys_than_the_target_some_of_them_are_kept_in_each_window() {
    let keys: Vec<String> = (0..2000).map(|number| format!("k{number}")).collect();
    let counts: Vec<(&str, usize)> = keys.iter().map(|key| (key.as_str(), 1)).collect();
    let mut lanes = two_lanes();
    run(&mut lanes, 0, &mixed(&counts), 100);
    let (second, third) = (run(&mut lanes, 1, &mixed(&counts), 100), run(&mut lanes, 2, &mixed(&counts), 100));
    assert!((60..=140).contains(&second.len()), "{}", second.len());
    assert_ne!(second, third, "not the same ones for ever");
}

/// Every second record, every third: a sample that counted to ten would see the same kind again and again.
#[test]
fn a_stream_with_a_period_is_sampled_at_all_of_its_places() {
    let mut lanes = [harness()];
    let records = mixed(&[("a", 1000)]);
    run(&mut lanes, 0, &records, 1000);
    lanes[0].at(OBSERVED + 10 * SECOND);
    let verdicts = lanes[0].process(records).unwrap().verdicts;
    for period in 2..=10 {
        let of_place = |place| verdicts.iter().skip(place).step_by(period).filter(|it| **it == Verdict::Kept).count();
        let kept: Vec<usize> = (0..period).map(of_place).collect();
        let fair = 100 / period;
        assert!(kept.iter().all(|&kept| kept.abs_diff(fair) <= fair / 2 + 2), "{period}: {kept:?}");
    }
}

#[test]
fn records_without_the_key_are_kept_or_dropped_and_count_nothing() {
    let mut config = config();
    let mut kept = Harness::<SampleFilter>::new(config.clone()).unwrap();
    let outcome = kept.process(vec!["text"; 1000]).unwrap();
    assert_eq!((outcome.kept().len(), outcome.counters["missing"]), (1000, 1000));
    config["missing"] = json!("drop");
    let mut dropped = Harness::<SampleFilter>::new(config).unwrap();
    assert_eq!(dropped.process(["text", r#"{"k":1}"#]).unwrap().verdicts, [Verdict::Dropped("missing"), Verdict::Kept]);
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let target = "a number from 0.00025 to 1000000000";
    let cases = [
        (
            json!({"adaptive": {}}),
            vec![
                ("key", "no value", "a field's name: `adaptive` counts its values"),
                ("adaptive.target_per_second", "no value", target),
            ],
        ),
        (
            json!({"adaptive": {"target_per_second": 0, "window": "1ms"}, "key": "k", "rate": 0.5, "missing": "rate"}),
            vec![
                ("missing", "`rate`, with `adaptive`", "`keep` or `drop`"),
                ("rate", "`adaptive` beside it", "one of both"),
                ("adaptive.target_per_second", "the number 0", target),
                ("adaptive.window", "the duration 1ms", "a duration from 1s to 24h"),
            ],
        ),
        (
            json!({"adaptive": {"target_per_second": 0.01}, "key": "k"}),
            vec![(
                "adaptive.window",
                "the duration 10s, in which 0.1 records are to be kept",
                "one of one record or more",
            )],
        ),
        (json!({"adaptive": 10, "key": "k"}), vec![("adaptive", "the number 10", "a map")]),
    ];
    for (config, expected) in cases {
        let errors = Harness::<SampleFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    /// Whatever the mix, once it has been seen for a window, what is kept comes to the target.
    #[test]
    fn a_mix_that_stays_comes_to_the_target(counts in prop::collection::vec(1..500_usize, 1..8)) {
        let keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let counts: Vec<(&str, usize)> = keys.into_iter().zip(counts).collect();
        let mut lanes = two_lanes();
        let records = mixed(&counts);
        run(&mut lanes, 0, &records, 50);
        let kept: usize = run(&mut lanes, 1, &records, 50).values().sum();
        let wanted = records.len().min(100);
        prop_assert!(kept.abs_diff(wanted) <= 2 * counts.len(), "{} of {}", kept, wanted);
    }
}
