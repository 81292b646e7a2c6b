//! What users rely on: how many records are kept, that a key always decides the same, and which configurations are
//! refused.

use std::collections::BTreeSet;

use logagent_filter_sample::SampleFilter;
use logagent_sdk::Attributes;
use logagent_sdk::testing::{Harness, Input, Layout, Outcome, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

const SAMPLED: Verdict = Verdict::Dropped("sampled");

fn harness(config: Value) -> Harness<SampleFilter> {
    Harness::new(config).unwrap()
}

fn outcome(config: Value, inputs: &[Input]) -> Outcome {
    harness(config).process(inputs.iter().cloned()).unwrap()
}

fn of_user(user: &Value) -> String {
    json!({"user": user, "other": 1}).to_string()
}

#[test]
fn without_a_key_the_share_is_kept_across_batches() {
    let mut harness = harness(json!({"rate": 0.1}));
    let kept: usize = (0..100).map(|_| harness.process(vec!["same"; 7]).unwrap().kept().len()).sum();
    assert_eq!(kept, 70);
}

#[test]
fn the_rates_at_the_ends_keep_nothing_and_everything() {
    let inputs = ["a", "{}", r#"{"user":1}"#].map(Input::from);
    assert_eq!(outcome(json!({"rate": 0}), &inputs).verdicts, [SAMPLED, SAMPLED, SAMPLED]);
    assert_eq!(outcome(json!({"rate": 1}), &inputs).kept().len(), 3);
    let keyed = outcome(json!({"rate": 0, "key": "user"}), &inputs);
    assert_eq!(keyed.verdicts, [Verdict::Kept, Verdict::Kept, SAMPLED]);
    assert_eq!(keyed.counters["missing"], 2);
}

/// Written down: who is kept at one tenth must be the same in every version.
#[test]
fn the_users_that_are_kept_at_one_tenth_are_these() {
    let bodies: Vec<String> = (0..100).map(|user| of_user(&json!(format!("user-{user}")))).collect();
    let verdicts = harness(json!({"rate": 0.1, "key": "user"})).process(bodies).unwrap().verdicts;
    let kept: Vec<usize> = (0..100).filter(|&user| verdicts[user] == Verdict::Kept).collect();
    assert_eq!(kept, KEPT_OF_A_HUNDRED);
}

/// As a reading of xxHash's specification in another language says, too.
const KEPT_OF_A_HUNDRED: [usize; 12] = [9, 20, 25, 55, 58, 60, 63, 72, 82, 84, 88, 97];

#[test]
fn a_key_decides_the_same_however_it_is_written() {
    let attribute = |write: fn(&mut Attributes)| {
        let mut attributes = Attributes::default();
        write(&mut attributes);
        Input::from("no JSON").attributes(attributes.bytes())
    };
    let spellings = [
        Input::from(r#"{"user":{"id":5}}"#),
        Input::from(r#"{"user":{"id":"5"}}"#),
        Input::from(r#"{"user":{"id":5.0}}"#),
        Input::from(r#"{"user":{"\u0069d":"\u0035"}}"#),
        Input::from(r#"{"user.id":5,"user":{"id":6}}"#),
        Input::from(r#"{"user":{"id":5},"user":{"id":6}}"#),
        attribute(|it| it.int("user.id", 5)),
        attribute(|it| it.text("user.id", "5")),
        attribute(|it| it.float("user.id", 5.0)),
        Input::from(r#"{"user":{"id":6}}"#).attributes(b"\x81\xa7user.id\x05"),
    ];
    let verdicts = |rate: f64| outcome(json!({"rate": rate, "key": "user.id"}), &spellings).verdicts;
    // XXH64 of `5` lies at this share of all hashes, so that one step beside it decides.
    assert_eq!(verdicts(SHARE_OF_5 - 1e-9), vec![SAMPLED; spellings.len()]);
    assert_eq!(verdicts(SHARE_OF_5 + 1e-9), vec![Verdict::Kept; spellings.len()]);
}

/// 0x6a81b47405b648ed of 2^64.
const SHARE_OF_5: f64 = 0.416_041_639_638_671_8;

#[test]
fn records_without_the_key_are_kept_dropped_or_sampled_and_counted() {
    let bodies = [r#"{"user":null}"#, r#"{"user":[1]}"#, "text", r#"{"user":1"#].map(Input::from);
    let config = |missing: &str| json!({"rate": 0.5, "key": "user", "missing": missing});
    let by_default = outcome(json!({"rate": 0.5, "key": "user"}), &bodies);
    assert_eq!((by_default.kept().len(), by_default.counters["missing"]), (4, 4));
    assert_eq!(outcome(config("keep"), &bodies).verdicts, by_default.verdicts);
    assert_eq!(outcome(config("drop"), &bodies).verdicts, vec![Verdict::Dropped("missing"); 4]);
    assert_eq!(outcome(config("rate"), &bodies).kept().len(), 2);
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let cases = [
        (json!(null), vec![("rate", "no value", "a number from 0 to 1")]),
        (json!({"rate": 2}), vec![("rate", "the number 2", "a number from 0 to 1")]),
        (json!({"rate": "all"}), vec![("rate", "the string \"all\"", "a number")]),
        (
            json!({"rate": -0.5, "missing": "drop"}),
            vec![
                ("missing", "no `key` beside it", "only together with `key`"),
                ("rate", "the number -0.5", "a number from 0 to 1"),
            ],
        ),
        (json!({"rate": 1, "key": ""}), vec![("key", "an empty string", "a field's name")]),
        (
            json!({"rate": 1, "key": "a", "missing": "lose"}),
            vec![("missing", "the string lose", "one of `keep`, `drop`, `rate`")],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<SampleFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[ab\"\\\\\u{e9}]{0,6}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..9).prop_map(Value::from)
    ]
}

proptest! {
    #[test]
    fn a_higher_rate_keeps_what_a_lower_one_keeps_and_more(
        users in prop::collection::vec(values(), 1..60),
        rates in (0.0..=1.0, 0.0..=1.0),
    ) {
        let kept = |rate: f64| -> BTreeSet<usize> {
            let mut harness = harness(json!({"rate": rate, "key": "user"}));
            let verdicts = harness.process(users.iter().map(of_user)).unwrap().verdicts;
            (0..users.len()).filter(|&index| verdicts[index] == Verdict::Kept).collect()
        };
        let (one, other): (f64, f64) = rates;
        prop_assert!(kept(one.min(other)).is_subset(&kept(one.max(other))));
    }

    #[test]
    fn neither_neighbours_nor_the_batch_change_what_a_key_decides(
        users in prop::collection::vec(values(), 1..60),
        rate in 0.0..=1.0,
    ) {
        let config = json!({"rate": rate, "key": "user"});
        let together = harness(config.clone()).process(users.iter().map(of_user)).unwrap().verdicts;
        let mut alone = harness(config).layout(Layout::default().scattered());
        for (user, verdict) in users.iter().zip(together) {
            prop_assert_eq!(&alone.process([of_user(user)]).unwrap().verdicts[0], &verdict);
        }
    }
}
