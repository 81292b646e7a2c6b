//! Random batches in two lanes over time against a map of windows.

use std::collections::HashMap;

use logagent_filter_dedupe::DedupeFilter;
use logagent_sdk::testing::{Harness, OBSERVED};
use proptest::prelude::*;
use serde_json::json;

const SECOND: u64 = 1_000_000_000;
const WINDOW: u64 = 5 * SECOND;

#[derive(Clone, Debug)]
struct Step {
    after_seconds: u64,
    lane: usize,
    keys: Vec<u8>,
    ticks: bool,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let keys = prop::collection::vec(0..4_u8, 0..8);
    let step = (0..3_u64, 0..2_usize, keys, any::<bool>());
    let step = step.prop_map(|(after_seconds, lane, keys, ticks)| Step { after_seconds, lane, keys, ticks });
    prop::collection::vec(step, 1..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn one_of_each_window_passes_and_the_summaries_count_the_rest(steps in steps()) {
        let config = json!({"window": "5s", "summary": true});
        let first = Harness::<DedupeFilter>::new(config.clone()).unwrap();
        let second = first.beside(config).unwrap();
        let mut lanes = [first, second];
        let (mut windows, mut now) = (HashMap::<u8, u64>::new(), OBSERVED);
        let mut dropped = HashMap::<(u8, u64), u64>::new();
        let mut summed_up = HashMap::<(u8, u64), u64>::new();
        let mut sum_up = |lane: &mut Harness<DedupeFilter>, now: u64| {
            for emitted in lane.tick(now).unwrap() {
                let words: Vec<_> = str::from_utf8(&emitted.body).unwrap().split(' ').collect();
                let (key, count) = (words[0].parse().unwrap(), words[2].parse().unwrap());
                assert!(now >= emitted.time_unix_nano, "a window that is open");
                assert_eq!(summed_up.insert((key, emitted.time_unix_nano), count), None, "a second summary");
            }
        };
        for Step { after_seconds, lane, keys, ticks } in steps {
            now += after_seconds * SECOND;
            lanes[lane].at(now);
            let mut expected = Vec::new();
            for key in &keys {
                let is_open = windows.get(key).is_some_and(|closes| now < *closes);
                if is_open {
                    *dropped.entry((*key, windows[key])).or_default() += 1;
                } else {
                    windows.insert(*key, now + WINDOW);
                    expected.push(key.to_string());
                }
            }
            let outcome = lanes[lane].process(keys.iter().map(ToString::to_string)).unwrap();
            prop_assert_eq!(outcome.kept(), expected);
            if ticks {
                sum_up(&mut lanes[lane], now);
            }
        }
        lanes.iter_mut().for_each(|lane| sum_up(lane, now + 2 * WINDOW));
        prop_assert_eq!(summed_up, dropped);
    }
}
