//! The logs of containers, from their files to parsed records.

use logagent_tests::{Agent, Place, filter};
use serde_json::Value;

#[test]
fn the_parts_of_a_containers_lines_become_one_record_with_their_stream() {
    let place = Place::new(&format!(
        r"
lanes: 1
sources: {{ pods: {{ type: file, include: ['*.log'], format: cri }} }}
filters: {{ cri: {{ component: {}, config: {{ format: cri }} }} }}
sinks: {{ out: {{ type: file, path: out, encoding: json }} }}
pipelines: {{ main: {{ from: [pods], through: [cri], to: [out] }} }}
",
        filter("parse")
    ));
    let part = "p".repeat(16 << 10);
    place.write(
        "0.log",
        format!(
            "2026-11-28T10:00:00.1Z stdout P {part}\n\
             2026-11-28T10:00:00.2Z stderr F a word between\n\
             2026-11-28T10:00:00.3Z stdout P {part}\n\
             2026-11-28T10:00:00.4Z stderr P oh \n\
             2026-11-28T10:00:00.5Z stdout F end\n\
             2026-11-28T10:00:00.6Z stderr F no\n\
             2026-11-28T10:00:00.7Z stdout F whole\n"
        ),
    );
    let ended = Agent::once(&place);
    assert_eq!(ended.done().count("received"), 4);
    let records: Vec<Value> = place.text("out").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts = |record: &Value| {
        let text = |value: &Value| value.as_str().expect("a string").to_owned();
        assert_eq!(record["Attributes"]["logtag"], "F");
        (text(&record["Attributes"]["log.iostream"]), text(&record["Body"]))
    };
    let expected = [
        ("stderr", "a word between".to_owned()),
        ("stdout", format!("{part}{part}end")),
        ("stderr", "oh no".to_owned()),
        ("stdout", "whole".to_owned()),
    ];
    let expected = expected.map(|(stream, body)| (stream.to_owned(), body));
    assert_eq!(records.iter().map(texts).collect::<Vec<_>>(), expected);
}
