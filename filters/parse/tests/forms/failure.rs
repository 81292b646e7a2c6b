//! What becomes of records that are not of the form, and of attributes that were there.

use logagent_sdk::testing::{Input, Verdict};
use serde_json::json;

use crate::common::{attributes, harness, parse};

#[test]
fn malformed_records_pass_unchanged_and_are_counted() {
    let lines = ["{\"a\":1}", "x", "{\"b\":2}", "[]"];
    let inputs = lines.map(|line| Input::from(line).time_unix_nano(7).severity(3).attributes(b"\x81\xa1z\x05"));
    let outcome = harness(json!({"format": "json"})).process(inputs).unwrap();
    assert_eq!(outcome.kept(), lines);
    assert_eq!(outcome.counters["malformed"], 2);
    for index in [1, 3] {
        assert_eq!(outcome.attributes[index], b"\x81\xa1z\x05");
        assert_eq!((outcome.times[index], outcome.severities[index]), (7, 3));
    }
}

#[test]
fn malformed_records_may_be_dropped() {
    let outcome =
        harness(json!({"format": "cri", "on_failure": "drop"})).process(["x", "2026-11-24T10:11:12Z stdout F m"]);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.verdicts, [Verdict::Dropped("malformed"), Verdict::Kept]);
    assert_eq!(outcome.counters["malformed"], 1);
}

#[test]
fn what_a_record_had_stays_before_what_is_parsed() {
    // {"z": 5, "a": "old", 7: nil, "f": 0.5f32, "l": [1], "m": {"b": bin}}
    let had = b"\x86\xa1z\x05\xa1a\xa3old\x07\xc0\xa1f\xca\x3f\x00\x00\x00\xa1l\x91\x01\xa1m\x81\xa1b\xc4\x01\xff";
    let outcome = harness(json!({"format": "json"})).process([Input::from(r#"{"a":"new","b":1}"#).attributes(had)]);
    let map = &outcome.unwrap().attributes[0];
    let expected = b"\x87\xa1z\x05\x07\xc0\xa1f\xcb\x3f\xe0\0\0\0\0\0\0\xa1l\x91\x01\xa1m\x81\xa1b\xc4\x01\xff\xa1a\xa3new\xa1b\x01";
    assert_eq!(map.as_slice(), expected);
}

#[test]
fn many_attributes_are_merged_by_name() {
    let mut had = vec![0xde, 0, 40];
    for number in 0..40 {
        had.extend_from_slice(&[0xa2, b'k', b'A' + number, 0xc0]);
    }
    let line = parse(&json!({"format": "logfmt"}), Input::from("kA=1 kB=2 x=3").attributes(&had));
    let map = line.attributes.as_object().unwrap();
    assert_eq!((map.len(), &map["kA"], &map["kC"], &map["x"]), (41, &json!(1), &json!(null), &json!(3)));
}

#[test]
fn attributes_that_are_broken_are_read_as_far_as_they_go() {
    let outcome = harness(json!({"format": "logfmt"})).process([Input::from("a=1").attributes(b"\x82\xa1z\x05\xa5x")]);
    assert_eq!(attributes(&outcome.unwrap().attributes[0]), json!({"z": 5, "a": 1}));
}

#[test]
fn times_and_severities_that_cannot_be_read_are_counted() {
    let lines = ["time=soon level=loud", "time=soon ts=1795515072 level=info", "time=2026-11-24 level=3"];
    let outcome = harness(json!({"format": "logfmt"})).process(lines).unwrap();
    assert_eq!((outcome.counters["unread_times"], outcome.counters["unread_severities"]), (1, 2));
}

#[test]
fn a_cr_at_the_end_of_a_line_is_no_part_of_what_it_says() {
    for (config, line) in [
        (json!({"format": "logfmt"}), "a=1 b=x"),
        (json!({"format": "nginx"}), r#"192.0.2.1 - - [24/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" 200 5 "r" "u""#),
        (json!({"format": "nginx"}), r#"192.0.2.1 - - [24/Nov/2026:10:11:12 +0000] "GET /a HTTP/1.1" 200 -"#),
        (json!({"format": "syslog"}), "<34>1 2026-11-24T10:11:12Z h a 1 - - m"),
        (json!({"format": "cri"}), "2026-11-24T10:11:12Z stdout F m"),
        (json!({"format": "regex", "pattern": "^(?<a>.*)$"}), "x"),
    ] {
        let (plain, with_cr) = (parse(&config, line), parse(&config, format!("{line}\r")));
        assert!(!plain.is_malformed && !with_cr.is_malformed, "{line}");
        assert_eq!(
            (plain.attributes, plain.time, plain.severity),
            (with_cr.attributes, with_cr.time, with_cr.severity)
        );
    }
}
