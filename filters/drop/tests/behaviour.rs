//! What users rely on: which records go, for which reason, and which configurations are refused.

use logagent_filter_drop::DropFilter;
use logagent_sdk::testing::{Harness, Input, Layout, Verdict};
use serde_json::{Value, json};

fn verdicts(config: Value, inputs: &[Input]) -> Vec<Verdict> {
    Harness::<DropFilter>::new(config).unwrap().process(inputs.iter().cloned()).unwrap().verdicts
}

/// Whether a record of this body is dropped.
fn is_dropped(config: &Value, body: &str) -> bool {
    verdicts(config.clone(), &[Input::from(body)]) != [Verdict::Kept]
}

#[test]
fn a_record_is_dropped_for_the_first_condition_that_matches() {
    let config = json!({
        "contains": ["DEBUG"], "regex": ["^GET /health", "x{3}$"], "field": {"name": "level", "equals": "trace"},
    });
    let inputs = ["GET /health DEBUG", "GET /health", "a xxx", r#"{"level":"trace"}"#, "GET /users"].map(Input::from);
    let expected = [
        Verdict::Dropped("contains"),
        Verdict::Dropped("regex"),
        Verdict::Dropped("regex"),
        Verdict::Dropped("field"),
        Verdict::Kept,
    ];
    assert_eq!(verdicts(config, &inputs), expected);
}

#[test]
fn a_record_that_matches_in_several_ways_counts_once() {
    let config = json!({"contains": ["c"], "regex": ["r"], "field": {"name": "f", "equals": 1}});
    let bodies = [r#"{"f":1,"c":"r"}"#, r#"{"f":1,"r":2}"#, r#"{"f":1}"#, r#"{"c":2,"f":1}"#, r#"{"f":2}"#];
    let mut harness = Harness::<DropFilter>::new(config).unwrap();
    let dropped = ["contains", "regex", "field", "contains"].map(Verdict::Dropped);
    for _ in 0..2 {
        let verdicts = harness.process(bodies).unwrap().verdicts;
        assert_eq!((&verdicts[..4], &verdicts[4]), (&dropped[..], &Verdict::Kept));
    }
}

#[test]
fn inverted_only_the_matches_are_kept() {
    let config = json!({"contains": ["a", "b"], "regex": ["^c"], "invert": true});
    let inputs = ["xa", "b", "c", "d", ""].map(Input::from);
    let dropped = Verdict::Dropped("inverted");
    assert_eq!(verdicts(config, &inputs), [Verdict::Kept, Verdict::Kept, Verdict::Kept, dropped.clone(), dropped]);
}

#[test]
fn a_literal_across_two_records_or_in_the_gap_is_no_match() {
    let config = json!({"contains": ["a\nb", "\r\n"]});
    let mut harness = Harness::<DropFilter>::new(config).unwrap().layout(Layout::default().gap(b"\r\nb"));
    assert_eq!(harness.process(["xa", "by", "a\nb"]).unwrap().kept(), ["xa", "by"]);
}

#[test]
fn a_regex_sees_no_neighbour() {
    let config = json!({"regex": [r"^b", r"a\s", r"(?-u)\xff$"]});
    let inputs = [&b"a"[..], b"b", b"\xff", b"ab"].map(Input::from);
    let dropped = Verdict::Dropped("regex");
    assert_eq!(verdicts(config, &inputs), [Verdict::Kept, dropped.clone(), dropped, Verdict::Kept]);
}

#[test]
fn field_values_are_equal_by_type_and_value() {
    let cases = [
        (json!("5"), "5", false),
        (json!("5"), r#""5""#, true),
        (json!(5), "5", true),
        (json!(5), "5.0", true),
        (json!(5), r#""5""#, false),
        (json!(-5), "-5", true),
        (json!(0.5), "5e-1", true),
        (json!(18_446_744_073_709_551_615_u64), "18446744073709551615", true),
        (json!(18_446_744_073_709_551_615_u64), "18446744073709551614", false),
        (json!(true), "true", true),
        (json!(true), "false", false),
        (json!(true), r#""true""#, false),
        (json!("a\nb"), r#""a\nb""#, true),
        (json!("a"), "null", false),
        (json!("a"), r#"["a"]"#, false),
        (json!("é\u{1f600}"), r#""\u00e9\ud83d\ude00""#, true),
        (json!("\u{fffd}"), r#""\ud83d""#, false),
        (json!("\\n"), r#""\n""#, false),
        (json!(0.1), "0.1", true),
        (json!(0.1), "0.10000000000000001", true),
        (json!(9_007_199_254_740_993_u64), "9007199254740992", false),
        (json!(5), "1e999", false),
    ];
    for (value, written, expected) in cases {
        let body = format!(r#"{{"f": {written}}}"#);
        assert_eq!(is_dropped(&json!({"field": {"name": "f", "equals": value}}), &body), expected, "{value} {body}");
    }
    let config = json!({"field": {"name": "f", "in": ["a", 2, false]}});
    let bodies = [r#"{"f":"a"}"#, r#"{"f":2}"#, r#"{"f":false}"#, r#"{"f":"b"}"#];
    assert_eq!(bodies.map(|body| is_dropped(&config, body)), [true, true, true, false]);
}

#[test]
fn a_field_is_a_whole_key_before_it_is_a_path_and_the_first_of_two() {
    let config = json!({"field": {"name": "user.level", "equals": 1}});
    let cases = [
        (r#"{"user":{"level":1}}"#, true),
        (r#" {"a":[{"user":2}],"user" : {"x":{"level":2},"level":1},"z":{}} "#, true),
        (r#"{"user":{"level":2},"user.level":1}"#, true),
        (r#"{"user.level":2,"user":{"level":1}}"#, false),
        (r#"{"user":{"level":1},"user":{"level":2}}"#, true),
        (r#"{"user":{"level":2},"user":{"level":1}}"#, false),
        (r#"{"user":{"level":2,"level":1}}"#, false),
        (r#"{"user":{"x":1},"user":{"level":1}}"#, false),
        (r#"{"user":1,"user":{"level":1}}"#, false),
        (r#"{"user":{"level":1},"user":2}"#, true),
        (r#"{"user":[{"level":1}]}"#, false),
        (r#"{"\u0075ser":{"leve\u006c":1}}"#, true),
        (r#"{"level":1}"#, false),
        (r#"{"user":"level"}"#, false),
        (r#"{"user":{"level":{"level":1}}}"#, false),
    ];
    for (body, expected) in cases {
        assert_eq!(is_dropped(&config, body), expected, "{body}");
    }
}

#[test]
fn a_body_that_is_not_json_to_its_end_has_no_fields() {
    let config = json!({"field": {"name": "f", "equals": 1}});
    for body in
        ["", "f", r#"{"f":1"#, r#"{"f":1} x"#, r#"{"f":1,}"#, r#"[{"f":1}]"#, "{\"f\":1,\"\u{1}\":2}", r#"{f:1}"#]
    {
        assert!(!is_dropped(&config, body), "{body}");
    }
    assert!(!is_dropped(&config, &format!(r#"{{"f":{}"#, "[".repeat(100_000))));
}

#[test]
fn an_attribute_comes_before_the_body() {
    let config = json!({"field": {"name": "code", "equals": 5}});
    let body = r#"{"code":5}"#;
    let inputs = [
        Input::from("x").attributes(b"\x81\xa4code\x05"),
        Input::from(body).attributes(b"\x81\xa4code\x06"),
        Input::from(body).attributes(b"\x81\xa4cod"),
    ];
    let dropped = Verdict::Dropped("field");
    assert_eq!(verdicts(config, &inputs), [dropped.clone(), Verdict::Kept, dropped]);
}

#[test]
fn below_compares_severities_by_name_number_and_descriptor() {
    let config = json!({"field": {"name": "level", "below": "WARN"}});
    let cases = [
        (r#"{"level":"debug"}"#, 0, true),
        (r#"{"level":"Notice"}"#, 0, true),
        (r#"{"level":"WARNING"}"#, 0, false),
        (r#"{"level":"err"}"#, 0, false),
        (r#"{"level":12}"#, 0, true),
        (r#"{"level":"13"}"#, 0, false),
        (r#"{"level":"loud"}"#, 5, false),
        (r#"{"level":0}"#, 5, false),
        ("no field", 5, true),
        ("no field", 17, false),
        ("no field", 0, false),
    ];
    for (body, severity, expected) in cases {
        let input = Input::from(body).severity(severity);
        assert_eq!(verdicts(config.clone(), &[input]) != [Verdict::Kept], expected, "{body} {severity}");
    }
}

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let values = "exactly one of `equals`, `in`, `below`";
    let severities = "a severity: trace, debug, info, notice, warn, error, critical, alert, fatal, or 1 to 24";
    let numbers = "a number of 64 bits at most, or the digits under `regex`";
    let cases = [
        (json!(null), vec![("", "no condition", "at least one of `contains`, `regex`, `field`")]),
        (json!({"contains": []}), vec![("contains", "an empty list", "a literal of one byte or more")]),
        (json!({"contains": ["a", ""]}), vec![("contains[1]", "an empty string", "a literal of one byte or more")]),
        (json!({"contains": "a"}), vec![("contains", "the string \"a\"", "a list")]),
        (json!({"regex": ["a", "("]}), vec![("regex[1]", "unclosed group", "a regular expression of the regex crate")]),
        (json!({"field": {"name": "a"}}), vec![("field", "none of them", values)]),
        (json!({"field": {"equals": 1}}), vec![("field.name", "no value", "a field's name")]),
        (
            json!({"contain": ["a"], "regex": ["("]}),
            vec![
                ("contain", "an unknown key", "one of `contains`, `regex`, `field`, `invert`"),
                ("regex[0]", "unclosed group", "a regular expression of the regex crate"),
            ],
        ),
        (
            json!({"contain": ["a"]}),
            vec![("contain", "an unknown key", "one of `contains`, `regex`, `field`, `invert`")],
        ),
        (json!({"field": {"name": "a", "in": [1], "below": 5}}), vec![("field", "`in` and `below`", values)]),
        (json!({"field": {"name": "a", "below": "loud"}}), vec![("field.below", "the string \"loud\"", severities)]),
        (
            json!({"field": {"name": "a", "equals": {}}}),
            vec![("field.equals", "a map", "a string, a number or a boolean")],
        ),
        (
            json!({"field": {"name": "a", "equals": 18_446_744_073_709_551_616.0_f64}}),
            vec![("field.equals", "the number 1.8446744073709552e+19", numbers)],
        ),
        (
            json!({"contains": [""], "regex": ["*", ")"], "field": {"name": "", "in": []}}),
            vec![
                ("contains[0]", "an empty string", "a literal of one byte or more"),
                ("field.name", "an empty string", "a field's name"),
                ("field.in", "an empty list", "one value or more"),
                ("regex[0]", "repetition operator missing expression", "a regular expression of the regex crate"),
                ("regex[1]", "unopened group", "a regular expression of the regex crate"),
            ],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<DropFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}
