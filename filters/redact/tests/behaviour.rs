//! What users rely on beyond the corpus: styles by name, counters, layouts, and which configurations are refused.

use logagent_filter_redact::RedactFilter;
use logagent_sdk::testing::{Harness, Input, Layout, Verdict};
use serde_json::{Value, json};

fn harness(config: Value) -> Harness<RedactFilter> {
    Harness::new(config).unwrap()
}

#[test]
fn styles_are_given_by_name_or_by_default() {
    let config = json!({
        "kinds": ["email", "card"],
        "patterns": [{"name": "pin", "regex": r"pin=\d+"}],
        "fields": ["password", "user.id"],
        "with": {"default": "mask", "email": "label", "pin": "label", "user.id": "label"},
    });
    let bodies = ["a@example.com 4111111111111111 pin=12", r#"{"password":"abc","user":{"id":5}}"#];
    let kept = harness(config).process(bodies).unwrap().kept();
    assert_eq!(kept, ["[email] **************** [pin]", r#"{"password":"***","user":{"id":"[id]"}}"#]);
}

#[test]
fn what_was_redacted_is_counted_by_name_and_what_was_already_is_not() {
    let config = json!({
        "kinds": ["email", "ipv4"], "patterns": [{"name": "order-id", "regex": r"ORD-\d+"}], "fields": ["email", "a.b"],
    });
    let bodies = [
        r#"{"email":"a@example.com","to":"b@example.com","x":"ORD-1 ORD-2"}"#,
        r#"{"email":"[email]"}"#,
        r#"{"email":"a"#,
        "{curly}",
        "plain c@example.com",
    ];
    let counters = harness(config).process(bodies).unwrap().counters;
    let expected = [("malformed", 1), ("redacted_email", 4), ("redacted_order_id", 2)];
    assert_eq!(counters, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn names_beyond_sixty_are_counted_as_others() {
    let patterns: Vec<Value> = (0..80).map(|n| json!({"name": format!("n{n}"), "regex": format!("<{n}>")})).collect();
    let body: String = (0..80).map(|n| format!("<{n}>")).collect();
    let counters = harness(json!({"patterns": patterns})).process([body]).unwrap().counters;
    assert_eq!((counters.len(), counters["redacted_n58"], counters["redacted_other"]), (60, 1, 21));
}

#[test]
fn every_layout_gives_the_same_and_no_record_is_decided_about() {
    let config = json!({"kinds": ["email", "card"], "fields": ["p"], "with": "mask"});
    let bodies = ["", "a@example.com", r#"{"p":1234,"c":4111111111111111}"#, "x", "b@example.com"];
    let mut seen = Vec::new();
    for layout in [Layout::default(), Layout::default().gap(b"\r\n"), Layout::default().scattered()] {
        let outcome = harness(config.clone()).layout(layout).process(bodies).unwrap();
        assert!(outcome.verdicts.iter().all(|verdict| *verdict == Verdict::Kept));
        seen.push(outcome.kept());
    }
    assert_eq!(seen[0], ["", "*@*******.***", r#"{"p":"**","c":"**************"}"#, "x", "*@*******.***"]);
    assert!(seen.iter().all(|kept| *kept == seen[0]));
}

#[test]
fn bytes_that_are_no_utf8_stay_as_they_are() {
    let inputs = [&b"\xff a@example.com \xfe\x80"[..], b"\xff\x00{"].map(Input::from);
    let outcome = harness(json!({"kinds": ["email"], "fields": ["p"]})).process(inputs).unwrap();
    assert_eq!(outcome.bodies, [&b"\xff [email] \xfe\x80"[..], b"\xff\x00{"]);
}

#[test]
fn attributes_are_left_alone() {
    let input = Input::from("a@example.com").attributes(b"\x81\xa1u\xada@example.com");
    let outcome = harness(json!({"kinds": ["email"]})).process([input]).unwrap();
    assert_eq!(outcome.attributes, [b"\x81\xa1u\xada@example.com"]);
}

const KEY_ALLOWED: &str = "`{from_env: NAME}` or `{from_file: PATH}`";

#[test]
fn what_is_wrong_is_told_with_key_found_and_allowed() {
    let styles = "one of `label`, `mask`, `hash`, `partial`";
    let name = "a letter, then letters, digits, `_` and `-`, 48 at most";
    let cases = [
        (json!(null), vec![("", "nothing to redact", "at least one of `kinds`, `patterns`, `fields`")]),
        (
            json!({"kinds": [], "patterns": [], "fields": []}),
            vec![
                ("kinds", "an empty list", "one kind or more"),
                ("patterns", "an empty list", "one pattern or more"),
                ("fields", "an empty list", "one JSON key or more"),
            ],
        ),
        (
            json!({"kinds": ["ssn"]}),
            vec![(
                "kinds[0]",
                "the string ssn",
                "one of `email`, `card`, `ipv4`, `ipv6`, `phone`, `iban`, `jwt`, `aws_key`, `bearer`",
            )],
        ),
        (json!({"kinds": ["email"], "with": "blank"}), vec![("with", "the string blank", styles)]),
        (json!({"kinds": ["email"], "with": {"email": "blank"}}), vec![("with.email", "the string blank", styles)]),
        (
            json!({"kinds": ["email"], "with": 5}),
            vec![("with", "the number 5", "one of `label`, `mask`, `hash`, `partial`, or a map of them by name")],
        ),
        (
            json!({"kinds": ["email"], "with": {"card": "mask"}}),
            vec![(
                "with.card",
                "a name that stands for nothing",
                "`default`, or a kind, pattern or field that is redacted",
            )],
        ),
        (
            json!({"patterns": [{"name": "1", "regex": ""}, {"name": "a b", "regex": "("}]}),
            vec![
                ("patterns[0].name", "the string \"1\"", name),
                ("patterns[0].regex", "an empty string", "a pattern of one character or more"),
                ("patterns[1].name", "the string \"a b\"", name),
                ("patterns[1].regex", "unclosed group", "a regular expression of the regex crate"),
            ],
        ),
        (
            json!({"fields": ["a", "a..b", ""]}),
            vec![
                ("fields[1]", "'.' at byte 2", "a key, `*`, `**` or `[`"),
                ("fields[2]", "an empty string", "a JSON key or a path"),
            ],
        ),
        (json!({"kinds": ["email"], "with": "hash"}), vec![("hash_key", "no value", KEY_ALLOWED)]),
        (
            json!({"kinds": ["email"], "hash_key": {"secret": "0123456789abcdef"}}),
            vec![("hash_key", "a key that nothing uses", "`with: hash`")],
        ),
    ];
    for (config, expected) in cases {
        let errors = Harness::<RedactFilter>::new(config.clone()).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, expected, "{config}");
    }
}

#[test]
fn a_key_is_taken_only_from_elsewhere_and_never_told() {
    const KEY: &str = "swordfish-swordfish-swordfish";
    let config = |key: Value| json!({"kinds": ["email"], "with": "hash", "hash_key": key});
    let cases = [
        (json!(KEY), "a key written in the configuration", KEY_ALLOWED),
        (json!({"secret": "swordfish"}), "a key of 9 bytes", "16 bytes or more"),
        (json!({"secret": KEY, "and": KEY}), "something else", KEY_ALLOWED),
        (json!({"secret": [KEY]}), "something else", KEY_ALLOWED),
        (json!({"from_env": KEY}), "something else", KEY_ALLOWED),
        (json!([KEY]), "something else", KEY_ALLOWED),
        (json!(12), "something else", KEY_ALLOWED),
    ];
    for (key, found, allowed) in cases {
        let errors = Harness::<RedactFilter>::new(config(key.clone())).unwrap_err();
        let told: Vec<_> = errors.iter().map(|it| (it.key.as_str(), it.found.as_str(), it.allowed.as_str())).collect();
        assert_eq!(told, [("hash_key", found, allowed)], "{key}");
        assert!(!errors.to_string().contains("swordfish"));
    }
    let harness = harness(config(json!({"secret": KEY})));
    assert!(!format!("{harness:?}").contains("swordfish"));
}

#[test]
fn another_key_gives_another_hash() {
    let hashes = ["0123456789abcdef", "0123456789abcdeg"].map(|key| {
        let config = json!({"kinds": ["email"], "with": "hash", "hash_key": {"secret": key}});
        harness(config).process(["a@example.com"]).unwrap().kept()
    });
    assert_ne!(hashes[0], hashes[1]);
}
