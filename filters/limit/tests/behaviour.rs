//! What users rely on: what passes, what becomes of the rest, and which configurations are refused.

use logagent_filter_limit::LimitFilter;
use logagent_sdk::Filter;
use logagent_sdk::testing::{Harness, OBSERVED, Verdict};
use serde_json::{Value, json};

const OVER: Verdict = Verdict::Dropped("over_limit");
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1000 * MILLISECOND;

fn harness(config: Value) -> Harness<LimitFilter> {
    Harness::new(config).unwrap()
}

fn kept(harness: &mut Harness<LimitFilter>, at: u64, bodies: &[&str]) -> Vec<String> {
    harness.at(at);
    harness.process(bodies.iter().copied()).unwrap().kept()
}

#[test]
fn the_burst_passes_at_once_and_then_what_the_rate_brings() {
    let mut harness = harness(json!({"records_per_second": 2, "burst": 3}));
    assert_eq!(kept(&mut harness, OBSERVED, &["a", "b", "c", "d"]), ["a", "b", "c"]);
    assert!(kept(&mut harness, OBSERVED + 499 * MILLISECOND, &["e"]).is_empty());
    assert_eq!(kept(&mut harness, OBSERVED + 500 * MILLISECOND, &["f", "g"]), ["f"]);
    assert_eq!(kept(&mut harness, OBSERVED + 3600 * SECOND, &["h", "i", "j", "k"]), ["h", "i", "j"]);
}

#[test]
fn without_a_burst_it_is_what_a_second_brings_and_one_record_at_least() {
    for (rate, count) in [(5.0, 5), (0.25, 1), (2.5, 3)] {
        let mut harness = harness(json!({"records_per_second": rate}));
        assert_eq!(kept(&mut harness, OBSERVED, &["a"; 9]).len(), count, "{rate}");
    }
    let mut bytes = harness(json!({"bytes_per_second": 4}));
    assert_eq!(kept(&mut bytes, OBSERVED, &["ab", "cd", "e"]), ["ab", "cd"]);
}

#[test]
fn a_record_that_is_too_large_for_what_is_left_leaves_it_to_others() {
    let mut harness = harness(json!({"bytes_per_second": "1KiB", "burst_bytes": 10}));
    assert_eq!(kept(&mut harness, OBSERVED, &["123456", "123456", "1234", "", "1"]), ["123456", "1234", ""]);
    assert!(kept(&mut harness, OBSERVED + 3600 * SECOND, &["12345678901"]).is_empty(), "larger than the burst");
}

#[test]
fn with_both_limits_a_record_keeps_to_both() {
    let config = json!({"records_per_second": 1, "burst": 2, "bytes_per_second": 1, "burst_bytes": 10});
    let mut harness = harness(config);
    assert_eq!(kept(&mut harness, OBSERVED, &["12345678", "123", "12", ""]), ["12345678", "12"]);
}

#[test]
fn each_key_has_a_bucket_and_records_without_it_share_one() {
    let mut harness = harness(json!({"key": "tenant", "records_per_second": 1}));
    let bodies = [
        r#"{"tenant":"a"}"#,
        r#"{"tenant":"b"}"#,
        r#"{"tenant":"a"}"#,
        "text",
        r#"{"tenant":null}"#,
        r#"{"tenant":1}"#,
    ];
    let outcome = harness.process(bodies).unwrap();
    assert_eq!(outcome.kept(), [r#"{"tenant":"a"}"#, r#"{"tenant":"b"}"#, "text", r#"{"tenant":1}"#]);
    assert_eq!(outcome.counters["missing"], 2);
    assert_eq!(harness.process([r#"{"tenant":1.0}"#, r#"{"tenant":"c"}"#]).unwrap().kept(), [r#"{"tenant":"c"}"#]);
}

#[test]
fn what_is_over_is_dropped_routed_or_sampled() {
    let with = |more: Value| {
        let mut config = json!({"records_per_second": 1});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut harness = harness(config);
        let verdicts = harness.process(["a"; 9]).unwrap().verdicts[1..].to_vec();
        (verdicts, harness.filter().outputs())
    };
    assert_eq!(with(json!({})), (vec![OVER; 8], vec![]));
    assert_eq!(with(json!({"over": "drop"})), (vec![OVER; 8], vec![]));
    let routed = Verdict::Routed("over".into());
    assert_eq!(with(json!({"over": "route"})), (vec![routed; 8], vec!["over".to_owned()]));
    let (verdicts, outputs) = with(json!({"over": "sample", "rate": 0.25}));
    assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Kept).count(), 2);
    assert!(outputs.is_empty());
}

/// Two lanes want ten times what is allowed, in batches that take turns in no order, with clocks that are apart.
#[test]
fn lanes_keep_to_one_limit_within_one_in_a_hundred() {
    let config = json!({"key": "k", "records_per_second": 1000, "burst": 100, "bytes_per_second": "1TB"});
    let first = harness(config.clone());
    let second: Harness<LimitFilter> = first.beside(config).unwrap();
    let mut lanes = [first, second];
    let mut passed = [0, 0];
    for round in 0..4000_u64 {
        let lane = usize::from(round % 7 < 3);
        // The second lane's batches are read a little earlier than they are processed.
        lanes[lane].at(OBSERVED + round * 5 * MILLISECOND - lane as u64 * 3 * MILLISECOND);
        let bodies = (0..100).map(|record| format!(r#"{{"k":{}}}"#, u8::from(record % 10 == 0)));
        for (index, verdict) in lanes[lane].process(bodies).unwrap().verdicts.into_iter().enumerate() {
            passed[usize::from(index % 10 == 0)] += u64::from(verdict == Verdict::Kept);
        }
    }
    // 20 seconds at 1,000, and the burst. Of the second key there were 2,000 a second.
    for passed in passed {
        assert!(passed.abs_diff(20_100) <= 201, "{passed}");
    }
}

#[test]
fn lanes_that_run_at_once_spend_no_token_twice() {
    let config = json!({"records_per_second": 0.001, "burst": 5_000});
    let first = harness(config.clone());
    let lanes = [first.beside(config.clone()).unwrap(), first.beside(config).unwrap(), first];
    let passed = |mut lane: Harness<LimitFilter>| -> usize {
        (0..300).map(|_| lane.process(["a"; 10]).unwrap().kept().len()).sum()
    };
    let passed: usize = std::thread::scope(|scope| {
        let lanes = lanes.map(|lane| scope.spawn(move || passed(lane)));
        lanes.into_iter().map(|lane| lane.join().unwrap()).sum()
    });
    assert_eq!(passed, 5_000);
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let size = "a size from 1B to 1TiB";
    let cases = [
        (json!(null), vec![("", "no limit", "`records_per_second`, `bytes_per_second` or both")]),
        (
            json!({"records_per_second": 0, "burst": 0, "key": ""}),
            vec![
                ("key", "an empty string", "a field's name"),
                ("burst", "the number 0", "a number from 1 to 1000000000000"),
                ("records_per_second", "the number 0", "a number from 0.001 to 1000000000"),
            ],
        ),
        (
            json!({"bytes_per_second": 0, "burst_bytes": "2TiB"}),
            vec![("burst_bytes", "the number 2199023255552", size), ("bytes_per_second", "the number 0", size)],
        ),
        (
            json!({"bytes_per_second": "fast"}),
            vec![("bytes_per_second", "the string \"fast\"", "a number of bytes, or a size such as 512KiB")],
        ),
        (
            json!({"records_per_second": 1, "burst_bytes": 5, "rate": 0.5}),
            vec![
                ("burst_bytes", "no `bytes_per_second` beside it", "only together with `bytes_per_second`"),
                ("rate", "no `over: sample` beside it", "only together with it"),
            ],
        ),
        (
            json!({"bytes_per_second": 1, "burst": 5, "over": "sample"}),
            vec![
                ("burst", "no `records_per_second` beside it", "only together with `records_per_second`"),
                ("rate", "no value", "a number from 0 to 1"),
            ],
        ),
        (
            json!({"records_per_second": 1, "over": "lose"}),
            vec![("over", "the string lose", "one of `drop`, `route`, `sample`")],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<LimitFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}
