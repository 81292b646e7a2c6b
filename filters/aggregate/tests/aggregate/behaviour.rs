//! What users rely on: what is counted, what is emitted, and which configurations are refused.

use crate::support::{SECOND, beside, bodies, harness, ticks};
use logagent_filter_aggregate::AggregateFilter;
use logagent_sdk::testing::{Harness, Input, OBSERVED, Verdict};
use serde_json::{Value, json};

/// What is emitted of these records, in a window that begins with them.
fn counted(config: Value, records: &[&str]) -> Vec<Value> {
    let mut harness = harness(config);
    harness.process(records.iter().copied()).unwrap();
    bodies(&ticks(&mut harness, 10..12))
}

#[test]
fn each_group_of_a_window_is_one_record_with_its_values() {
    let values = json!({
        "requests": {"as": "count"},
        "with_ms": {"of": "ms", "as": "count"},
        "sum": {"of": "ms", "as": "sum"},
        "min": {"of": "ms", "as": "min"},
        "max": {"of": "ms", "as": "max"},
        "mean": {"of": "ms", "as": "mean"},
    });
    let records = [
        r#"{"service":"api","ms":10}"#,
        r#"{"service":"web","ms":0.5}"#,
        r#"{"service":"api","ms":30}"#,
        r#"{"service":"api","ms":null}"#,
        r#"{"service":"api","ms":"fast"}"#,
        "no JSON",
    ];
    let config = json!({"by": ["service"], "window": "10s", "values": values});
    let record = |service: Value, rest: Value| {
        let mut record =
            json!({"window_start": "2026-03-01T12:00:00Z", "window_end": "2026-03-01T12:00:10Z", "service": service});
        record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        record
    };
    assert_eq!(
        counted(config, &records),
        [
            record(json!(null), json!({"requests": 1, "with_ms": 0, "sum": 0, "min": null, "max": null, "mean": null})),
            record(json!("api"), json!({"requests": 4, "with_ms": 3, "sum": 40, "min": 10, "max": 30, "mean": 20.0})),
            record(json!("web"), json!({"requests": 1, "with_ms": 1, "sum": 0.5, "min": 0.5, "max": 0.5, "mean": 0.5})),
        ]
    );
}

#[test]
fn an_emitted_record_has_its_members_as_attributes_too_and_the_windows_end_as_its_time() {
    let config = json!({"by": ["a.b"], "window": "10s", "values": {"n": {"as": "count"}}});
    let mut harness = harness(config);
    harness.process([r#"{"a":{"b":true}}"#]).unwrap();
    let emitted = ticks(&mut harness, 10..12).remove(0);
    assert_eq!((emitted.time_unix_nano, emitted.severity), (OBSERVED + 10 * SECOND, 0));
    let body = br#"{"window_start":"2026-03-01T12:00:00Z","window_end":"2026-03-01T12:00:10Z","a.b":true,"n":1}"#;
    assert_eq!(String::from_utf8_lossy(&emitted.body), String::from_utf8_lossy(body));
    let attribute = |name: &str| {
        let entries = logagent_sdk::Entries::of(&emitted.attributes);
        entries.filter_map(|(key, value)| (key.text() == Some(name)).then_some(value)).next()
    };
    assert_eq!(attribute("a.b"), Some(logagent_sdk::Value::Bool(true)));
    assert_eq!(attribute("n"), Some(logagent_sdk::Value::Int(1)));
    assert_eq!(attribute("window_end"), Some(logagent_sdk::Value::Text("2026-03-01T12:00:10Z")));
}

#[test]
fn without_fields_all_records_are_one_group() {
    let records = counted(json!({"window": "10s", "values": {"n": {"as": "count"}}}), &["a", "b", "{}"]);
    assert_eq!((records.len(), &records[0]["n"]), (1, &json!(3)));
}

#[test]
fn groups_are_told_apart_by_all_fields_and_by_kind() {
    let config = json!({"by": ["a", "b"], "window": "10s", "values": {"n": {"as": "count"}}});
    let records = [
        r#"{"a":"x","b":1}"#,
        r#"{"b":1.0,"a":"x"}"#,
        r#"{"a":"x","b":"1"}"#,
        r#"{"a":"xb"}"#,
        r#"{"a":"x","b":null}"#,
        r#"{"a":"x"}"#,
    ];
    let mut found: Vec<String> =
        counted(config, &records).iter().map(|it| json!([it["a"], it["b"], it["n"]]).to_string()).collect();
    found.sort();
    assert_eq!(found, [r#"["x","1",1]"#, r#"["x",1,2]"#, r#"["x",null,2]"#, r#"["xb",null,1]"#]);
}

#[test]
fn quantiles_are_within_one_percent_over_batches() {
    let values =
        json!({"p50": {"of": "ms", "as": "p50"}, "p99": {"of": "ms", "as": "p99"}, "p999": {"of": "ms", "as": "p999"}});
    let mut harness = harness(json!({"window": "10s", "values": values}));
    for batch in 0..10 {
        harness.process((1..=1_000).map(|n| json!({"ms": batch + n * 10}).to_string())).unwrap();
    }
    let record = bodies(&ticks(&mut harness, 10..12)).remove(0);
    for (name, exact) in [("p50", 5_004.0), ("p99", 9_905.0), ("p999", 9_995.0)] {
        let found = record[name].as_f64().unwrap();
        assert!((found - exact).abs() <= exact * 0.0102, "{name}: {found} for {exact}");
    }
}

#[test]
fn whole_numbers_are_added_exactly_and_texts_that_are_numbers_too() {
    let config = json!({"window": "10s", "values": {"sum": {"of": "n", "as": "sum"}, "max": {"of": "n", "as": "max"}}});
    let records = [r#"{"n":9007199254740993}"#, r#"{"n":"9007199254740993"}"#, r#"{"n":"x"}"#, r#"{"n":true}"#];
    let mut harness = harness(config);
    let outcome = harness.process(records).unwrap();
    assert_eq!(outcome.counters["not_numbers"], 2);
    let record = bodies(&ticks(&mut harness, 10..12)).remove(0);
    assert_eq!(
        (&record["sum"], &record["max"]),
        (&json!(18_014_398_509_481_986_u64), &json!(9_007_199_254_740_993_u64))
    );
}

#[test]
fn counted_records_are_dropped_unless_they_are_to_be_kept() {
    let config = |keep: bool| json!({"window": "10s", "values": {"n": {"as": "count"}}, "keep": keep});
    let verdicts = |keep| harness(config(keep)).process(["a", "b"]).unwrap().verdicts;
    assert_eq!(verdicts(false), [Verdict::Dropped("aggregated"), Verdict::Dropped("aggregated")]);
    assert_eq!(verdicts(true), [Verdict::Kept, Verdict::Kept]);
}

#[test]
fn an_attribute_comes_before_a_bodys_member() {
    let config = json!({"by": ["service"], "window": "10s", "values": {"n": {"as": "count"}}});
    let mut harness = harness(config);
    harness.process([Input::from(r#"{"service":"body"}"#).attributes(b"\x81\xa7service\xa4attr")]).unwrap();
    assert_eq!(bodies(&ticks(&mut harness, 10..12))[0]["service"], "attr");
}

#[test]
fn long_values_are_cut_and_groups_stay_apart() {
    let config = json!({"by": ["a", "b", "c"], "window": "10s", "values": {"n": {"as": "count"}}});
    let record = |end: &str| json!({"a": format!("{}{end}", "é".repeat(50_000)), "b": "y".repeat(1 << 20)}).to_string();
    let (first, second) = (record("1"), record("2"));
    let records = counted(config, &[&first, &second, &first]);
    let mut counts: Vec<u64> = records.iter().map(|it| it["n"].as_u64().unwrap()).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2]);
    assert!(records.iter().all(|it| it["a"].as_str().unwrap().len() <= 300));
}

#[test]
fn a_group_that_does_not_fit_one_call_comes_with_the_next() {
    let config = json!({"by": ["id"], "window": "10s", "values": {"n": {"as": "count"}}});
    let mut harness = harness(config);
    for batch in 0..5 {
        harness.process((0..8_000).map(|n| json!({"id": batch * 8_000 + n}).to_string())).unwrap();
    }
    let emitted: Vec<_> = (10..20).map(|second| ticks(&mut harness, [second])).collect();
    let counts: Vec<usize> = emitted.iter().map(Vec::len).collect();
    assert_eq!(counts.iter().sum::<usize>(), 40_000);
    assert!(counts[0] == 0 && (8_192..12_000).contains(&counts[1]), "{counts:?}");
    let mut ids: Vec<u64> = emitted.iter().flat_map(|it| bodies(it)).map(|it| it["id"].as_u64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 40_000);
}

/// Which of ten thousand groups come out of a state for some hundreds, where it is this instance or a new one that emits.
fn of_a_full_state(by_a_new_instance: bool) -> Vec<Value> {
    let config = json!({"by": ["id"], "window": "10s", "values": {"n": {"as": "count"}}});
    let mut lane = harness(config.clone()).state_budget(100_000);
    for batch in 0..10 {
        let outcome = lane.process((0..1_000).map(|n| json!({"id": batch * 1_000 + n}).to_string())).unwrap();
        assert!(outcome.kept().is_empty());
    }
    if by_a_new_instance {
        lane = beside(&lane, config);
    }
    bodies(&ticks(&mut lane, 10..20))
}

#[test]
fn a_full_state_loses_groups_and_nothing_else() {
    for by_a_new_instance in [false, true] {
        let emitted = of_a_full_state(by_a_new_instance);
        assert!((100..10_000).contains(&emitted.len()), "{} records", emitted.len());
        assert!(emitted.iter().all(|it| it["n"] == 1));
    }
}

#[test]
fn wrong_configurations_are_refused_with_every_problem() {
    let n = json!({"n": {"as": "count"}});
    for (config, expected) in [
        (json!({}), vec!["window", "values"]),
        (json!({"window": "10", "values": {}}), vec!["window"]),
        (json!({"window": "10s", "values": {}}), vec!["values"]),
        (json!({"window": "100ms", "values": n}), vec!["window"]),
        (json!({"window": "25h", "values": n}), vec!["window"]),
        (json!({"window": "10s", "values": n, "lateness": "1s"}), vec!["lateness"]),
        (json!({"window": "10s", "values": n, "late": "pass"}), vec!["late"]),
        (json!({"window": "10s", "values": n, "time": "event", "late": "pass", "keep": true}), vec!["late"]),
        (json!({"window": "10s", "values": n, "time": "event", "lateness": "soon"}), vec!["lateness"]),
        (json!({"window": "10s", "values": n, "by": ["", "a", "a"]}), vec!["by[0]", "by[2]"]),
        (json!({"window": "10s", "values": n, "by": ["n"]}), vec!["values.n"]),
        (json!({"window": "10s", "values": n, "by": ["window_start", "a", "window_end"]}), vec!["by[0]", "by[2]"]),
        (json!({"window": "10s", "values": {"window_end": {"as": "count"}}}), vec!["values.window_end"]),
        (json!({"window": "10s", "values": {"a": {}, "b": {"as": "p100"}}}), vec!["values.a.as", "values.b.as"]),
        (
            json!({"window": "10s", "values": {"a": {"as": "sum"}, "b": {"of": "", "as": "sum"}}}),
            vec!["values.a.of", "values.b.of"],
        ),
        (json!({"window": "10s", "values": n, "by": [".".repeat(100)]}), vec!["by[0]"]),
    ] {
        let errors = Harness::<AggregateFilter>::new(config.clone()).err().unwrap_or_default();
        assert_eq!(errors.iter().map(|error| &*error.key).collect::<Vec<_>>(), expected, "{config}: {errors}");
    }
}
