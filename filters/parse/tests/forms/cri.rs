//! Lines of container runtimes.

use serde_json::{Value, json};

use crate::common::{TIME, parse, read};

fn config() -> Value {
    json!({"format": "cri"})
}

#[test]
fn the_message_becomes_the_body() {
    for (body, stream, tag, nanos, message) in [
        ("2026-11-24T10:11:12.123456789Z stdout F message", "stdout", "F", 123_456_789, "message"),
        ("2026-11-24T10:11:12.1Z stderr F a b", "stderr", "F", 100_000_000, "a b"),
        ("2026-11-24T11:11:12.5+01:00 stdout P half a", "stdout", "P", 500_000_000, "half a"),
        ("2026-11-24T10:11:12Z stdout F  indented ", "stdout", "F", 0, " indented "),
        ("2026-11-24T10:11:12Z stdout F ", "stdout", "F", 0, ""),
        ("2026-11-24T10:11:12Z stdout F", "stdout", "F", 0, ""),
        ("2026-11-24T10:11:12Z stdout P:x:y m", "stdout", "P:x:y", 0, "m"),
        ("2026-11-24T10:11:12Z stdout F:x", "stdout", "F:x", 0, ""),
        ("2026-11-24T10:11:12Z stdout F {\"a\":1}", "stdout", "F", 0, "{\"a\":1}"),
    ] {
        let line = parse(&config(), body);
        assert_eq!(line.attributes, json!({"log.iostream": stream, "logtag": tag}), "{body}");
        assert_eq!((line.time, line.body.as_str()), (TIME + nanos, message), "{body}");
    }
}

#[test]
fn other_lines_are_malformed() {
    for body in [
        "",
        "message",
        "2026-11-24T10:11:12Z",
        "2026-11-24T10:11:12Z stdout",
        "2026-11-24T10:11:12Z stdout ",
        "2026-11-24T10:11:12Z stdin F m",
        "2026-11-24T10:11:12Z stdoutF m",
        "2026-11-24T10:11:12Z stdout X m",
        "2026-11-24T10:11:12Z stdout FF m",
        "2026-11-24T10:11:99Z stdout F m",
        "2026-11-31T10:11:12Z stdout F m",
        " 2026-11-24T10:11:12Z stdout F m",
    ] {
        assert_eq!(read(&config(), body), None, "{body}");
    }
}

#[test]
fn the_line_may_stay_the_body() {
    let body = "2026-11-24T10:11:12Z stdout F m";
    let line = parse(&json!({"format": "cri", "body": "keep", "prefix": "k8s."}), body);
    assert_eq!((line.body.as_str(), line.attributes), (body, json!({"k8s.log.iostream": "stdout", "k8s.logtag": "F"})));
}
