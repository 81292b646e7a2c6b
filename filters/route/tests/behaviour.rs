//! What users rely on: where records go, which outputs there are, and which configurations are refused.

use logagent_filter_route::RouteFilter;
use logagent_sdk::Filter;
use logagent_sdk::testing::{Harness, Input, Outcome, Verdict};
use serde_json::{Value, json};

fn outcome(config: Value, bodies: &[&str]) -> Outcome {
    Harness::<RouteFilter>::new(config).unwrap().process(bodies.iter().copied()).unwrap()
}

fn routed(output: &str) -> Verdict {
    Verdict::Routed(output.into())
}

#[test]
fn a_record_goes_where_the_first_rule_that_matches_says() {
    let config = json!({"rules": [
        {"when": {"contains": ["ERROR"]}, "to": "errors"},
        {"when": {"regex": ["^GET "], "field": {"name": "kind", "equals": "access"}}, "to": "access"},
        {"when": {"contains": ["R"]}, "to": "errors"},
    ]});
    let outcome = outcome(config, &["GET / ERROR", "GET /", r#"{"kind":"access"}"#, "WARN", "fine"]);
    let expected = [routed("errors"), routed("access"), routed("access"), routed("errors"), Verdict::Kept];
    assert_eq!(outcome.verdicts, expected);
    assert!(outcome.copies.is_empty());
}

#[test]
fn what_matches_no_rule_goes_on_or_to_the_else_output() {
    let rules = json!([{"when": {"contains": ["a"]}, "to": "x"}]);
    assert_eq!(outcome(json!({"rules": rules}), &["b"]).verdicts, [Verdict::Kept]);
    for mode in ["first", "all"] {
        let config = json!({"rules": rules, "else": "rest", "match": mode});
        assert_eq!(outcome(config, &["a", "b"]).verdicts, [routed("x"), routed("rest")]);
    }
}

#[test]
fn with_all_a_record_goes_to_each_output_once() {
    let config = json!({"match": "all", "rules": [
        {"when": {"contains": ["a"]}, "to": "x"},
        {"when": {"contains": ["b"]}, "to": "y"},
        {"when": {"contains": ["c"]}, "to": "x"},
        {"when": {"contains": ["d"]}, "to": "z"},
    ]});
    let outcome = outcome(config, &["a b c d", "b d", "c", "-"]);
    assert_eq!(outcome.verdicts, [routed("x"), routed("y"), routed("x"), Verdict::Kept]);
    let copies = [(0, "y".to_owned()), (0, "z".to_owned()), (1, "z".to_owned())];
    assert_eq!(outcome.copies, copies);
}

#[test]
fn a_rule_that_keeps_copies_the_record_and_lets_it_go_on() {
    let rules = json!([
        {"when": {"contains": ["a"]}, "to": "x", "keep": true},
        {"when": {"contains": ["b"]}, "to": "y"},
        {"when": {"contains": ["b"]}, "to": "x"},
    ]);
    let first = outcome(json!({"rules": rules, "else": "rest"}), &["a b", "b", "a", "-"]);
    assert_eq!(first.verdicts, [Verdict::Kept, routed("y"), Verdict::Kept, routed("rest")]);
    assert_eq!(first.copies, [(0, "x".to_owned()), (2, "x".to_owned())]);
    let all = outcome(json!({"rules": rules, "match": "all"}), &["a b", "b", "a", "-"]);
    assert_eq!(all.verdicts, [routed("y"), routed("y"), Verdict::Kept, Verdict::Kept]);
    assert_eq!(all.copies, [(0, "x".to_owned()), (1, "x".to_owned()), (2, "x".to_owned())]);
}

#[test]
fn an_inverted_rule_takes_what_its_condition_does_not_match() {
    let config = json!({"rules": [
        {"when": {"contains": ["{"], "invert": true}, "to": "text"},
        {"when": {"field": {"name": "level", "below": "info"}}, "to": "noise"},
    ]});
    let verdicts = outcome(config, &["plain", r#"{"level":"debug"}"#, r#"{"level":"warn"}"#]).verdicts;
    assert_eq!(verdicts, [routed("text"), routed("noise"), Verdict::Kept]);
}

#[test]
fn literals_within_other_rules_literals_are_found() {
    let config = json!({"match": "all", "rules": [
        {"when": {"contains": ["connection refused"]}, "to": "x"},
        {"when": {"contains": ["refused", "nothing"]}, "to": "y"},
        {"when": {"contains": ["connection", "refused"]}, "to": "z"},
        {"when": {"contains": ["nowhere"]}, "to": "z"},
        {"when": {"contains": ["never"]}, "to": "z"},
    ]});
    let outcome = outcome(config, &["connection refused", "refused", "a connection"]);
    assert_eq!(outcome.verdicts, [routed("x"), routed("y"), routed("z")]);
    assert_eq!(outcome.copies, [(0, "y".to_owned()), (0, "z".to_owned()), (1, "z".to_owned())]);
}

#[test]
fn outputs_are_named_in_the_order_of_their_first_use() {
    let rule = |to: &str| json!({"when": {"contains": ["a"]}, "to": to});
    let config = json!({"rules": [rule("b"), rule("a"), rule("b"), rule("c")], "else": "z"});
    let harness = Harness::<RouteFilter>::new(config).unwrap();
    assert_eq!(harness.filter().outputs(), ["b", "a", "c", "z"]);
}

#[test]
fn nothing_of_one_batch_is_left_for_the_next() {
    let config = json!({"match": "all", "rules": [
        {"when": {"contains": ["a"]}, "to": "x"},
        {"when": {"field": {"name": "f", "in": [1, 2]}}, "to": "y"},
    ]});
    let mut harness = Harness::<RouteFilter>::new(config).unwrap();
    let both = Input::from(r#"{"f":1,"a":0}"#);
    assert_eq!(harness.process([both.clone(), both.clone(), both]).unwrap().copies.len(), 3);
    assert_eq!(harness.process(["-", "a"]).unwrap().verdicts, [Verdict::Kept, routed("x")]);
    assert!(harness.process(Vec::<Input>::new()).unwrap().verdicts.is_empty());
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let many: Vec<_> = (0..129).map(|to| json!({"when": {"contains": ["a"]}, "to": to.to_string()})).collect();
    let regexes: Vec<_> = (0..61).map(|_| json!({"when": {"regex": ["a"]}, "to": "x"})).collect();
    let condition = "at least one of `contains`, `regex`, `field`";
    let cases = [
        (json!({"rules": []}), vec![("rules", "an empty list", "one rule or more")]),
        (json!(null), vec![("rules", "no value", "one rule or more")]),
        (
            json!({"rules": [{}]}),
            vec![("rules[0].when", "no value", "a condition"), ("rules[0].to", "no value", "an output's name")],
        ),
        (
            json!({"rules": [{"when": {"contain": ["a"]}, "to": "x"}]}),
            vec![("rules[0].when.contain", "an unknown key", "one of `contains`, `regex`, `field`, `invert`")],
        ),
        (
            json!({"rules": [{"when": {}, "to": ""}], "else": ""}),
            vec![
                ("rules[0].to", "an empty string", "an output's name"),
                ("else", "an empty string", "an output's name"),
                ("rules[0].when", "no condition", condition),
            ],
        ),
        (
            json!({"rules": [
                {"when": {"contains": ["a"]}, "to": "x"},
                {"when": {"regex": ["a", "("], "contains": [""]}, "to": "x"},
            ]}),
            vec![
                ("rules[1].when.contains[0]", "an empty string", "a literal of one byte or more"),
                ("rules[1].when.regex[1]", "unclosed group", "a regular expression of the regex crate"),
            ],
        ),
        (json!({"rules": many}), vec![("rules[128].to", "one output more, `128`", "at most 128 outputs")]),
        (json!({"rules": regexes}), vec![("rules[60].when.regex", "one condition more", "`regex` in 60 conditions")]),
        (
            json!({"rules": [{"when": {"contains": ["a"]}, "to": "x"}], "match": "some"}),
            vec![("match", "the string some", "`first` or `all`")],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<RouteFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}

#[test]
fn what_the_host_refuses_is_told_at_its_key() {
    let long = "a".repeat(70_000);
    let config = json!({"rules": [
        {"when": {"contains": ["a", long]}, "to": "x"},
        {"when": {"contains": [long], "field": {"name": ".".repeat(5_000), "equals": 1}}, "to": "x"},
    ]});
    let errors = Harness::<RouteFilter>::new(config).unwrap_err();
    let keys: Vec<_> = errors.iter().map(|error| error.key.as_str()).collect();
    let expected = ["rules[0].when.contains[1]", "rules[1].when.contains[0]", "rules[1].when.field.name"];
    assert_eq!(keys, expected);
}
