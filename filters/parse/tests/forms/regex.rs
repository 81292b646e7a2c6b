//! Lines of a form of one's own.

use serde_json::json;

use crate::common::{TIME, parse, read};

#[test]
fn named_groups_become_attributes() {
    let config = json!({"format": "regex", "pattern": r"^(?<user>\w+)(?: from (?<host>\S+))? (\d+)$"});
    for (body, expected) in [
        ("anna from a.example 5", Some(json!({"user": "anna", "host": "a.example"}))),
        ("anna 5", Some(json!({"user": "anna"}))),
        ("anna", None),
        ("", None),
    ] {
        assert_eq!(read(&config, body), expected, "{body}");
    }
}

#[test]
fn groups_tell_time_severity_and_body() {
    let pattern = r"^(?<time>\S+ \S+) \[(?<level>\w+)\] (?<message>.*)$";
    let config = json!({"format": "regex", "pattern": pattern, "body": "message"});
    let line = parse(&config, "2026-11-24 10:11:12 [WARN] disk full");
    assert_eq!((line.time, line.severity, line.body.as_str()), (TIME, 13, "disk full"));
    assert_eq!(line.attributes, json!({"time": "2026-11-24 10:11:12", "level": "WARN"}));

    let config = json!({"format": "regex", "pattern": r"(?<at>.{19}) (?<weight>\w+)", "time": {"field": "at"},
        "time_zone": "+01:00", "severity": {"field": "weight"}});
    let line = parse(&config, "2026-11-24 11:11:12 fatal");
    assert_eq!((line.time, line.severity), (TIME, 21));
}

#[test]
fn a_group_may_cut_a_character_in_two() {
    let config = json!({"format": "regex", "pattern": r"(?<a>(?-u:.))"});
    assert_eq!(parse(&config, "é").attributes, json!({"a": {"bytes": [0xc3]}}));
}
