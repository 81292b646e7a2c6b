//! Bodies that are hard to read, or impossible.

use logagent_filter_trim::TrimFilter;
use logagent_sdk::testing::{Harness, Layout};
use serde_json::json;

use crate::{check, check_malformed, outcome};

#[test]
fn a_body_that_is_no_json_stays_and_is_counted() {
    for config in
        [json!({"remove": ["a"]}), json!({"keep": ["a"]}), json!({"add": {"a": 1}}), json!({"rename": {"a": "b"}})]
    {
        check_malformed(
            &config,
            &[
                b"",
                b"a",
                br#"{"a":1"#,
                br#"{"a":1} x"#,
                br#"{"a":1,}"#,
                br#"{"a" 1}"#,
                br#"{"a":01}"#,
                b"{\"a\":\"\xff\"}",
                b"{\"a\":\"\x01\"}",
                br#"{"a":"\x"}"#,
                b"{'a':1}",
            ],
        );
    }
}

#[test]
fn hard_json_is_read_right() {
    check(
        &json!({"remove": ["a"], "max_value_bytes": 40}),
        &[
            (r#"{"\ud800":"\udfff","a":1}"#, r#"{"\ud800":"\udfff"}"#),
            (r#"{"n":-0.1e+400, "a":1E-9999999999}"#, r#"{"n":-0.1e+400}"#),
            (r#"{"":"","a":{"":[[],{}]}}"#, r#"{"":""}"#),
            ("\t{\r\n\"a\"\t:\r1\n,\"b\" : [ ] \t}\n", "\t{\r\n\"b\" : [ ] \t}\n"),
            (r#"{"b":"{\"a\":1,","a":"}"}"#, r#"{"b":"{\"a\":1,"}"#),
            (r#"{"b":"\\","a":"\\"}"#, r#"{"b":"\\"}"#),
            (r#"{"a":"\\\"}","b":"\\\""}"#, r#"{"b":"\\\""}"#),
        ],
    );
}

#[test]
fn deep_nesting_is_read_to_its_bottom() {
    let deep = |inner: &str| format!("{}{{{inner}}}{}", r#"{"d":"#.repeat(400), "}".repeat(400));
    let body = deep(r#""a":1,"b":"0123456789""#);
    check(&json!({"remove": ["**.a"], "max_value_bytes": 9}), &[(&body, &deep(r#""b":"012345…""#))]);
    check(&json!({"keep": ["**.a"]}), &[(&body, &deep(r#""a":1"#))]);
    check_malformed(&json!({"remove": ["**.a"]}), &["[".repeat(100_000).as_bytes()]);
}

#[test]
fn a_value_of_ten_megabytes_is_trimmed() {
    let long = "0123456789".repeat(1_000_000);
    let body = format!(r#"{{"a":"{long}","b":1,"c":["{long}"]}}"#);
    check(&json!({"remove": ["a"], "max_value_bytes": 9}), &[(&body, r#"{"b":1,"c":["012345…"]}"#)]);
    check(&json!({"keep": ["b"]}), &[(&body, r#"{"b":1}"#)]);
    let many = format!("[{}1]", r#"{"a":1}, "#.repeat(200_000));
    check(&json!({"remove": ["[*].a"]}), &[(&many, &format!("[{}1]", "{}, ".repeat(200_000)))]);
}

#[test]
fn records_of_one_batch_are_trimmed_apart() {
    let config =
        json!({"keep": ["a", "b"], "remove": ["b"], "rename": {"a": "x"}, "add": {"n": 1}, "max_value_bytes": 4});
    let bodies = [r#"{"a":1,"z":2}"#, "no JSON", "", "{}", "[1]", r#"{"b":1}"#, r#"{"a":"12345"}"#];
    let expected = [r#"{"x":1,"n":1}"#, "no JSON", "", r#"{"n":1}"#, "[1]", r#"{"n":1}"#, r#"{"x":"1…","n":1}"#];
    for layout in [Layout::default(), Layout::default().gap(b"\r\n"), Layout::default().scattered()] {
        let mut harness = Harness::<TrimFilter>::new(config.clone()).unwrap().layout(layout);
        for _ in 0..2 {
            let outcome = harness.process(bodies).unwrap();
            assert_eq!(outcome.kept(), expected);
            assert_eq!(outcome.counters["malformed"], 3);
        }
    }
}

#[test]
fn a_body_that_is_right_already_is_not_counted() {
    let config = json!({"keep": ["a"], "add": {"a": 1}, "rename": {"b": "c"}, "max_value_bytes": 4});
    assert!(outcome(&config, br#"{"a":1}"#).counters.is_empty());
}
