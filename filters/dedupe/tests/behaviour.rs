//! What users rely on: which record of a key passes, for how long, and which configurations are refused.

use logagent_filter_dedupe::DedupeFilter;
use logagent_sdk::Attributes;
use logagent_sdk::testing::{Harness, Input, OBSERVED, Outcome, Verdict};
use serde_json::{Value, json};

const REPEATED: Verdict = Verdict::Dropped("repeated");
const SECOND: u64 = 1_000_000_000;

fn harness(config: Value) -> Harness<DedupeFilter> {
    Harness::new(config).unwrap()
}

fn outcome(config: Value, inputs: &[Input]) -> Outcome {
    harness(config).process(inputs.iter().cloned()).unwrap()
}

#[test]
fn of_equal_bodies_the_first_passes_in_a_batch_and_in_those_behind_it() {
    let mut harness = harness(json!({"window": "1h"}));
    assert_eq!(harness.process(["a", "b", "a", "", "a"]).unwrap().kept(), ["a", "b", ""]);
    let outcome = harness.process(["b", "c", ""]).unwrap();
    assert_eq!(outcome.verdicts, [REPEATED, Verdict::Kept, REPEATED]);
}

#[test]
fn a_window_begins_with_the_record_that_passes_and_is_not_prolonged() {
    let mut harness = harness(json!({"window": "10s"}));
    let mut kept_after = |seconds: u64| {
        harness.at(OBSERVED + seconds * SECOND);
        !harness.process(["a"]).unwrap().kept().is_empty()
    };
    let kept: Vec<u64> = (0..31).filter(|&seconds| kept_after(seconds)).collect();
    assert_eq!(kept, [0, 10, 20, 30]);
}

#[test]
fn lanes_share_what_was_seen() {
    let config = json!({"window": "1h", "field": "id"});
    let mut first = harness(config.clone());
    let mut second: Harness<DedupeFilter> = first.beside(config).unwrap();
    assert_eq!(first.process([r#"{"id":1}"#]).unwrap().kept().len(), 1);
    assert_eq!(second.process([r#"{"id":1}"#, r#"{"id":2}"#]).unwrap().verdicts, [REPEATED, Verdict::Kept]);
    assert_eq!(first.process([r#"{"id":2}"#]).unwrap().verdicts, [REPEATED]);
}

#[test]
fn a_field_is_an_attribute_or_else_in_the_body_and_what_lacks_it_passes() {
    let mut attributes = Attributes::default();
    attributes.text("request.id", "7");
    let inputs = [
        Input::from(r#"{"request":{"id":7},"try":1}"#),
        Input::from(r#"{"request":{"id":"7"},"try":2}"#),
        Input::from("no JSON").attributes(attributes.bytes()),
        Input::from(r#"{"request":null}"#),
        Input::from("no JSON"),
        Input::from("no JSON"),
    ];
    let outcome = outcome(json!({"field": "request.id", "window": "1h"}), &inputs);
    let kept = Verdict::Kept;
    assert_eq!(outcome.verdicts, [kept.clone(), REPEATED, REPEATED, kept.clone(), kept.clone(), kept]);
    assert_eq!(outcome.counters["missing"], 3);
}

#[test]
fn a_pattern_s_first_capture_is_the_key_or_else_its_match() {
    let bodies = ["id=1 a id=9", "a id=1", "id=2", "none", "none", "xid=2"].map(Input::from);
    for pattern in [r"\bid=(\d+)", r"\bid=\d+", r"\b(?:x)?(id=\d+)"] {
        let outcome = outcome(json!({"regex": pattern, "window": "1h"}), &bodies[..5]);
        assert_eq!(outcome.kept(), ["id=1 a id=9", "id=2", "none", "none"], "{pattern}");
        assert_eq!(outcome.counters["missing"], 2);
    }
    // A look behind the match decides, and a group that takes no part is none.
    assert_eq!(outcome(json!({"regex": r"\bid=(\d+)", "window": "1h"}), &bodies[2..]).counters["missing"], 3);
    assert_eq!(outcome(json!({"regex": r"none|id=(\d+)", "window": "1h"}), &bodies[3..5]).counters["missing"], 2);
}

#[test]
fn long_keys_are_told_apart_by_all_of_their_bytes() {
    let long = "x".repeat(10_000);
    let bodies = [format!("{long}1"), format!("{long}2"), format!("{long}1"), "x".repeat(256), "x".repeat(257)];
    let verdicts = outcome(json!({"window": "1h"}), &bodies.map(Input::from)).verdicts;
    assert_eq!(verdicts, [Verdict::Kept, Verdict::Kept, REPEATED, Verdict::Kept, Verdict::Kept]);
}

/// A budget loses repetitions that should have been dropped, never a record that is new.
#[test]
fn what_a_full_budget_has_forgotten_passes_again() {
    let mut harness = harness(json!({"window": "1h"})).state_budget(1 << 20);
    let bodies = |from: u32| (from..from + 1000).map(|number| format!("{number:0>200}"));
    for from in 0..20 {
        assert_eq!(harness.process(bodies(from * 1000)).unwrap().kept().len(), 1000);
    }
    assert!(!harness.process(bodies(0)).unwrap().kept().is_empty());
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let regex = "a regular expression of the regex crate";
    let window = "a duration from 1s to 8760h";
    let cases = [
        (json!(null), vec![("window", "no value", window)]),
        (json!({"window": "10"}), vec![("window", "the string \"10\"", "a duration such as 10ms")]),
        (json!({"window": "10ms"}), vec![("window", "the duration 10ms", window)]),
        (
            json!({"field": "a", "regex": "a", "window": "9000h"}),
            vec![
                ("regex", "`field` beside it", "one of `field`, `regex`, or neither"),
                ("window", "the duration 32400000s", window),
            ],
        ),
        (json!({"field": "", "window": "1h"}), vec![("field", "an empty string", "a field's name")]),
        (
            json!({"regex": "", "window": "1h"}),
            vec![("regex", "an empty string", "a pattern of one character or more")],
        ),
        (json!({"regex": "(", "window": "1h"}), vec![("regex", "unclosed group", regex)]),
        (json!({"window": "1h", "summary": 1}), vec![("summary", "the number 1", "true or false")]),
    ];
    for (config, expected) in cases {
        let errors = Harness::<DedupeFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}
