//! That no bytes make the filter panic, and none are lost.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{attributes, harness};

fn configs() -> Vec<Value> {
    let pattern = r"(?s-u)(?<time>[^ ]*) (?<level>[^ ]*) (?<message>.*)";
    vec![
        json!({"format": "json", "body": "a"}),
        json!({"format": "logfmt", "body": "a"}),
        json!({"format": "nginx", "body": "message"}),
        json!({"format": "syslog", "body": "message"}),
        json!({"format": "cri", "time_zone": "-12:00"}),
        json!({"format": "regex", "pattern": pattern, "body": "message"}),
    ]
}

/// Lines of each form, to be broken.
const LINES: [&str; 9] = [
    r#"{"time":"2026-11-24T10:11:12Z","level":"info","a":"b\u00e9\n","c":{"d":[1,-2.5e3,null,true]}}"#,
    r#"time=2026-11-24T10:11:12Z level=info a="b \"c\"" d=1 flag"#,
    r#"1.2.3.4 - - [24/Nov/2026:10:11:12 +0000] "GET /a?b HTTP/1.1" 200 5 "-" "x \x22y\x22""#,
    "2026/11/24 10:11:12 [error] 123#456: *789 message",
    r#"<34>1 2026-11-24T10:11:12Z host app 12 ID [a@1 x="1\]"] message"#,
    "<34>Nov 24 10:11:12 host app[123]: message",
    "2026-11-24T10:11:12.5+01:00 host app[123]: message",
    "2026-11-24T10:11:12.123456789Z stdout F message",
    "Tue, 24 Nov 2026 10:11:12 GMT",
];

fn broken_line() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(LINES.to_vec());
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..4);
    (line, changes).prop_map(|(line, changes)| {
        let mut bytes = line.as_bytes().to_vec();
        for (at, byte, kind) in changes {
            let at = at.index(bytes.len().max(1));
            match kind {
                _ if bytes.is_empty() => bytes.push(byte),
                0 => bytes[at] = byte,
                1 => bytes.truncate(at),
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

fn process_all(bodies: &[Vec<u8>]) {
    for config in configs() {
        let mut harness = harness(config.clone());
        let outcome = harness.process(bodies.to_vec()).unwrap();
        for (body, (had, map)) in outcome.bodies.iter().zip(bodies.iter().zip(&outcome.attributes)) {
            // Reads whole, each name once.
            attributes(map);
            assert!(map.is_empty() || config["body"].is_string() || config["format"] == "cri" || body == had);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_bytes_are_survived_in_every_form(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..8)) {
        process_all(&bodies);
    }

    #[test]
    fn broken_lines_are_survived_in_every_form(bodies in prop::collection::vec(broken_line(), 1..6)) {
        process_all(&bodies);
    }
}

#[test]
fn deep_and_open_brackets_are_survived() {
    let deep = "[".repeat(200_000);
    let bodies = [format!("{{\"a\":{deep}"), format!("{{\"b\":{deep}{}}}", "]".repeat(200_000)), "[".repeat(500)];
    process_all(&bodies.map(String::into_bytes));
}
