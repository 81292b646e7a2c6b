//! The sweep over all bodies at once against the plain search of each body.

use logagent_filter_drop::DropFilter;
use logagent_sdk::testing::{Harness, Layout, Verdict};
use proptest::prelude::*;
use serde_json::json;

/// Few letters, so that literals meet bodies, gaps and each other often.
fn text(letters: &'static str, length: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let letter = prop::sample::select(letters.chars().collect::<Vec<_>>());
    prop::collection::vec(letter, length).prop_map(String::from_iter)
}

fn layouts() -> impl Strategy<Value = Layout> {
    prop_oneof![
        Just(Layout::default()),
        text("ab\n", 1..4).prop_map(|gap| Layout::default().gap(gap.as_bytes())),
        Just(Layout::default().scattered()),
    ]
}

fn is_naive_match(body: &str, literals: &[String]) -> bool {
    literals.iter().any(|literal| body.contains(literal.as_str()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_sweep_finds_what_a_search_of_each_body_finds(
        literals in prop::collection::vec(text("ab\n", 1..5), 1..16),
        bodies in prop::collection::vec(text("ab\nc", 0..12), 0..40),
        layout in layouts(),
    ) {
        let mut harness = Harness::<DropFilter>::new(json!({"contains": literals})).unwrap().layout(layout);
        let verdicts = harness.process(bodies.clone()).unwrap().verdicts;
        let is_dropped: Vec<bool> = verdicts.iter().map(|verdict| *verdict == Verdict::Dropped("contains")).collect();
        let expected: Vec<bool> = bodies.iter().map(|body| is_naive_match(body, &literals)).collect();
        prop_assert_eq!(is_dropped, expected);
    }

    #[test]
    fn long_bodies_are_swept_right_too(
        literal in text("ab", 2..20),
        bodies in prop::collection::vec(text("ab", 0..300), 0..20),
        layout in layouts(),
    ) {
        let mut harness = Harness::<DropFilter>::new(json!({"contains": [literal], "invert": true})).unwrap().layout(layout);
        let kept = harness.process(bodies.clone()).unwrap().kept();
        let expected: Vec<String> = bodies.into_iter().filter(|body| body.contains(&literal)).collect();
        prop_assert_eq!(kept, expected);
    }
}
