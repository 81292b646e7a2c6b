//! `max_value_bytes`, alone and beside the others.

use serde_json::json;

use crate::{check, outcome};

#[test]
fn a_long_string_is_cut_to_the_limit() {
    check(
        &json!({"max_value_bytes": 8}),
        &[
            (r#"{"a":"12345678","b":"123456789"}"#, r#"{"a":"12345678","b":"12345…"}"#),
            (r#" "123456789" "#, r#" "12345…" "#),
            (r#"["123456789",{"a":["1234567890"]}]"#, r#"["12345…",{"a":["12345…"]}]"#),
            (r#"{"a":12345678901234567890,"b":[1,2,3,4,5,6,7]}"#, r#"{"a":12345678901234567890,"b":[1,2,3,4,5,6,7]}"#),
            (r#"{"a long key" : "b"}"#, r#"{"a long key" : "b"}"#),
            (r#"{"a long key" : "a long value"}"#, r#"{"a long key" : "a lon…"}"#),
            (r#"{"a":"ääääää"}"#, r#"{"a":"ää…"}"#),
            (r#"{"a":"\\\\\\\\\""}"#, r#"{"a":"\\\\…"}"#),
            (r#"{"a":"12\ud83d\ude00"}"#, r#"{"a":"12…"}"#),
            (r#"{"a":"\ud83d\ud83d"}"#, r#"{"a":"…"}"#),
            (r#"{"a":"1234\"},{\"b\":1"}"#, r#"{"a":"1234…"}"#),
        ],
    );
}

#[test]
fn the_ellipsis_is_text_that_counts() {
    check(&json!({"max_value_bytes": 5, "ellipsis": "\"\n"}), &[(r#"["123456","12345"]"#, r#"["1\"\n","12345"]"#)]);
    check(&json!({"max_value_bytes": 3, "ellipsis": ""}), &[(r#"["1234"]"#, r#"["123"]"#)]);
    check(&json!({"max_value_bytes": 0, "ellipsis": ""}), &[(r#"["1",""]"#, r#"["",""]"#)]);
    check(&json!({"max_value_bytes": 3}), &[(r#"["1234"]"#, r#"["…"]"#)]);
}

#[test]
fn what_goes_or_is_added_is_not_cut() {
    check(
        &json!({"max_value_bytes": 4, "remove": ["a"], "rename": {"b": "a longer key"}, "add": {"c": "added value"}}),
        &[
            (r#"{"a":"12345","b":"12345"}"#, r#"{"a longer key":"1…","c":"added value"}"#),
            (
                r#"{"x":"12345", "a":["12345"], "c":"12345", "y":["12345"]}"#,
                r#"{"x":"1…", "c":"added value", "y":["1…"]}"#,
            ),
        ],
    );
}

#[test]
fn what_was_cut_once_is_not_cut_again() {
    let config = json!({"max_value_bytes": 9, "ellipsis": "..."});
    for body in [r#""0123456789""#, r#""ääääääää""#, r#""\n\n\n\n\n\n""#, r#""😀😀😀😀""#] {
        let once = outcome(&config, body.as_bytes()).bodies.remove(0);
        assert_ne!(once, body.as_bytes());
        assert_eq!(outcome(&config, &once).bodies[0], once);
    }
}

#[test]
fn cut_values_are_counted() {
    let counters = outcome(&json!({"max_value_bytes": 3}), br#"["1234","12345","123"]"#).counters;
    assert_eq!(counters["cut"], 2);
    assert_eq!(counters.get("malformed"), None);
}

#[test]
fn with_nothing_else_to_do_short_bodies_are_not_even_looked_at() {
    let config = json!({"max_value_bytes": 10});
    assert_eq!(outcome(&config, b"no JSON").counters.get("malformed"), None);
    assert_eq!(outcome(&config, b"no JSON either").counters["malformed"], 1);
}
