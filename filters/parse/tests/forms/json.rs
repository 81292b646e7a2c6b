//! Bodies that are JSON.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{TIME, attributes, harness, parse, read};

fn config() -> Value {
    json!({"format": "json"})
}

#[test]
fn each_member_becomes_an_attribute_of_its_type() {
    for (body, expected) in [
        ("{}", json!({})),
        (r#"{"a":"b"}"#, json!({"a": "b"})),
        (r#" { "a" : 1 , "b" : -2.5 } "#, json!({"a": 1, "b": -2.5})),
        (r#"{"a":true,"b":false,"c":null}"#, json!({"a": true, "b": false, "c": null})),
        (r#"{"a":"\"\\\/\b\f\n\r\t"}"#, json!({"a": "\"\\/\u{8}\u{c}\n\r\t"})),
        (r#"{"a":"\u00e9\ud83d\ude00"}"#, json!({"a": "é😀"})),
        (r#"{"a":"é😀"}"#, json!({"a": "é😀"})),
        (r#"{"a":"\ud83d","b":"x\ude00y"}"#, json!({"a": "\u{fffd}", "b": "x\u{fffd}y"})),
        (r#"{"a":{}, "b":[]}"#, json!({"a": {}, "b": []})),
        (
            r#"{"a":{"b":[1,{"c":"d\n"},[null]],"e":{"f":true}}}"#,
            json!({"a": {"b": [1, {"c": "d\n"}, [null]], "e": {"f": true}}}),
        ),
        ("{\"a\" : [ 1 ,\t2 , { \"b\" : 3 } ] }", json!({"a": [1, 2, {"b": 3}]})),
        (r#"{"a":9223372036854775807,"b":-9223372036854775808}"#, json!({"a": i64::MAX, "b": i64::MIN})),
        (r#"{"a":18446744073709551615}"#, json!({"a": u64::MAX})),
        (r#"{"a":100000000000000000000}"#, json!({"a": 1e20})),
        (r#"{"a":123456789012345678901}"#, json!({"a": "123456789012345678901"})),
        (r#"{"a":1e400,"b":[-1e400]}"#, json!({"a": "1e400", "b": ["-1e400"]})),
        (r#"{"a":1E3,"b":0.1}"#, json!({"a": 1000.0, "b": 0.1})),
        (r#"{"":""}"#, json!({"": ""})),
        (r#"{"a.b":1,"c\u0064":2}"#, json!({"a.b": 1, "cd": 2})),
        (r#"{"a":"}","b":"]\\","c":{"d":"{\"}"}}"#, json!({"a": "}", "b": "]\\", "c": {"d": "{\"}"}})),
    ] {
        assert_eq!(read(&config(), body), Some(expected), "{body}");
    }
}

#[test]
fn of_two_members_of_one_name_the_first_counts() {
    for (body, expected) in [
        (r#"{"a":1,"a":2}"#, json!({"a": 1})),
        (r#"{"a":1,"\u0061":2,"b":3}"#, json!({"a": 1, "b": 3})),
        (r#"{"a":{"b":1,"b":[2,{"b":3}],"c":{"b":4}},"b":5}"#, json!({"a": {"b": 1, "c": {"b": 4}}, "b": 5})),
    ] {
        assert_eq!(read(&config(), body), Some(expected), "{body}");
    }
    let line = parse(&config(), r#"{"level":"warn","level":"error","ts":1795515072,"ts":5}"#);
    assert_eq!((line.severity, line.time), (13, TIME));
}

#[test]
fn what_is_no_object_is_malformed() {
    for body in [
        "",
        " ",
        "a",
        "1",
        "null",
        "\"a\"",
        "[1]",
        "[{\"a\":1}]",
        "{",
        "{\"a\"",
        "{\"a\":1",
        "{\"a\":1,}",
        "{\"a\":1} x",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":'b'}",
        "{\"a\":\"\\x\"}",
    ] {
        assert_eq!(read(&config(), body), None, "{body}");
    }
    assert!(parse(&config(), &b"{\"a\":\"\xff\"}"[..]).is_malformed);
}

#[test]
fn many_and_deep_members_are_read() {
    let members: Vec<String> =
        (0..300).map(|number| format!("\"k{number}\":[{}]", vec!["1"; number].join(","))).collect();
    let body = format!("{{{},\"in\":{{{}}}}}", members.join(","), members.join(","));
    assert_eq!(read(&config(), &body), Some(serde_json::from_str(&body).unwrap()));
    let body = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let mut value = read(&config(), &body).unwrap()["a"].clone();
    for _ in 0..30 {
        value = value[0].clone();
    }
    assert_eq!(value, json!(format!("{}{}", "[".repeat(70), "]".repeat(70))));
}

#[test]
fn usual_names_tell_time_and_severity() {
    for (body, time, severity) in [
        (r#"{"time":"2026-11-24T10:11:12Z","level":"info"}"#, TIME, 9),
        (r#"{"level":30,"time":1795515072000,"pid":1}"#, TIME, 9),
        (r#"{"ts":1795515072.5,"level":"error"}"#, TIME + 500_000_000, 17),
        (r#"{"@timestamp":"2026-11-24T11:11:12+01:00","log.level":"WARN"}"#, TIME, 13),
        (r#"{"timestamp":"2026-11-24 10:11:12","severity":"NOTICE"}"#, TIME, 10),
        (r#"{"date":"24\/Nov\/2026:10:11:12 +0000","PRIORITY":"3"}"#, TIME, 17),
        (r#"{"eventTime":"Tue, 24 Nov 2026 10:11:12 GMT","levelname":"CRITICAL"}"#, TIME, 18),
        (r#"{"date":"2020-01-01","time":"2026-11-24T10:11:12Z"}"#, TIME, 0),
        (r#"{"time":"2026-11-24T10:11:12Z","date":"2020-01-01"}"#, TIME, 0),
        (r#"{"time":"15ms","ts":1795515072}"#, TIME, 0),
        (r#"{"time":0.015,"level":3}"#, 0, 0),
        (r#"{"time":null,"level":{"a":1}}"#, 0, 0),
        (r#"{"nested":{"time":1795515072}}"#, 0, 0),
    ] {
        let line = parse(&config(), body);
        assert_eq!((line.time, line.severity), (time, severity), "{body}");
        assert_eq!(line.attributes, serde_json::from_str::<Value>(body).unwrap(), "{body}");
    }
}

#[test]
fn configured_fields_replace_the_usual_ones() {
    let config =
        json!({"format": "json", "time": {"field": "at", "format": "unix_ms"}, "severity": {"field": "weight"}});
    let line = parse(&config, r#"{"time":1,"level":"info","at":1795515072000,"weight":"fatal"}"#);
    assert_eq!((line.time, line.severity), (TIME, 21));
    assert_eq!(parse(&config, r#"{"time":1795515072,"level":"info"}"#).time, 0);
}

#[test]
fn a_member_becomes_the_body_and_is_no_attribute() {
    let config = json!({"format": "json", "body": "message"});
    for (body, expected, attributes) in [
        (r#"{"message":"disk full","a":1}"#, "disk full", json!({"a": 1})),
        (r#"{"message":"a\nb"}"#, "a\nb", json!({})),
        (r#"{"message":""}"#, "", json!({})),
        (r#"{"message":{"a": 1}}"#, r#"{"a": 1}"#, json!({})),
        (r#"{"message":1.50,"message":2}"#, "1.50", json!({})),
        (r#"{"a":1}"#, r#"{"a":1}"#, json!({"a": 1})),
    ] {
        let line = parse(&config, body);
        assert_eq!((line.body.as_str(), &line.attributes), (expected, &attributes), "{body}");
    }
}

#[test]
fn names_get_the_prefix() {
    let config = json!({"format": "json", "prefix": "app."});
    assert_eq!(read(&config, r#"{"a":{"b":1},"level":"info"}"#), Some(json!({"app.a": {"b": 1}, "app.level": "info"})));
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |float| float.is_finite()).prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::from),
            prop::collection::btree_map(".*", inner, 0..20).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn attributes_equal_what_serde_json_wrote(
        objects in prop::collection::vec(prop::collection::btree_map(".*", values(), 0..20), 1..4),
        is_pretty in any::<bool>(),
    ) {
        let objects: Vec<Value> = objects.into_iter().map(|map| map.into_iter().collect()).collect();
        let write = if is_pretty { serde_json::to_string_pretty } else { serde_json::to_string };
        let bodies: Vec<String> = objects.iter().map(|object| write(object).unwrap()).collect();
        let outcome = harness(config()).process(bodies.clone()).unwrap();
        prop_assert_eq!(outcome.kept(), bodies);
        for (object, attributes) in objects.iter().zip(&outcome.attributes) {
            prop_assert_eq!(&crate::common::attributes(attributes), object);
        }
    }
}

/// Values, of which some name each member is likely to have in many records, and in another order in some.
fn object() -> impl Strategy<Value = Value> {
    let names = ["a", "bc", "time", "thirteen.char", "level", "more-than-sixteen-bytes", "q\"", "", "é"];
    let member = (prop::sample::select(names.to_vec()), value());
    prop::collection::vec(member, 0..24).prop_map(|members| members.into_iter().collect::<Value>())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-z0-9 ]{0,70}".prop_map(Value::from),
        "\\PC{0,9}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0..200_000_i64).prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(json!(null)),
        Just(json!({"x": [1, -2.5, {"y": "z"}]})),
    ]
}

proptest! {
    #[test]
    fn records_are_read_alike_whatever_was_read_before(objects in prop::collection::vec((object(), any::<bool>()), 1..20)) {
        let write = |(object, is_compact): &(Value, bool)| {
            if *is_compact { object.to_string() } else { format!("{object:#}").replace('\n', " ") }
        };
        let mut harness = harness(config());
        for _ in 0..2 {
            let outcome = harness.process(objects.iter().map(write)).unwrap();
            for ((object, _), map) in objects.iter().zip(&outcome.attributes) {
                prop_assert_eq!(&attributes(map), object);
            }
        }
    }
}
