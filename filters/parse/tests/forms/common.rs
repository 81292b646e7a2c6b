//! Lines through the filter, one by one, and what it says of them in JSON.

use logagent_filter_parse::ParseFilter;
use logagent_sdk::testing::{Harness, Input};
use logagent_sdk::{Entries, Value as Packed};
use serde_json::{Map, Value, json};

/// 2026-11-24T10:11:12Z.
pub(crate) const TIME: u64 = 1_795_515_072_000_000_000;

/// What became of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) attributes: Value,
    pub(crate) time: u64,
    pub(crate) severity: u8,
    pub(crate) body: String,
    pub(crate) is_malformed: bool,
}

pub(crate) fn harness(config: Value) -> Harness<ParseFilter> {
    Harness::new(config).unwrap()
}

/// One line through a filter of its own.
pub(crate) fn parse(config: &Value, input: impl Into<Input>) -> Line {
    let outcome = harness(config.clone()).process([input.into()]).unwrap();
    Line {
        attributes: attributes(&outcome.attributes[0]),
        time: outcome.times[0],
        severity: outcome.severities[0],
        body: String::from_utf8_lossy(&outcome.bodies[0]).into_owned(),
        is_malformed: outcome.counters.contains_key("malformed"),
    }
}

/// The attributes alone; `None` where the line is malformed, and then all else is as it was.
pub(crate) fn read(config: &Value, body: &str) -> Option<Value> {
    let line = parse(config, body);
    if line.is_malformed {
        let untouched = Line { attributes: json!({}), time: 0, severity: 0, body: body.into(), is_malformed: true };
        assert_eq!(line, untouched, "{body}");
        return None;
    }
    Some(line.attributes)
}

pub(crate) fn attributes(map: &[u8]) -> Value {
    if map.is_empty() { json!({}) } else { unpacked(Packed::of(map).unwrap()) }
}

fn unpacked(value: Packed<'_>) -> Value {
    match value {
        Packed::Null => Value::Null,
        Packed::Bool(truth) => truth.into(),
        Packed::Int(number) => number.into(),
        Packed::Large(number) => number.into(),
        Packed::Float(number) => number.into(),
        Packed::Text(text) => text.into(),
        Packed::Bytes(bytes) => json!({ "bytes": bytes }),
        Packed::List(whole) => list(whole),
        Packed::Map(whole) => {
            let entries: Vec<_> = Entries::of(whole).collect();
            let map: Map<String, Value> =
                entries.iter().map(|(key, value)| (key.text().unwrap().to_owned(), unpacked(*value))).collect();
            assert_eq!(map.len(), entries.len(), "a key is there twice");
            map.into()
        }
        Packed::Extension(_) => panic!("no such thing is written"),
    }
}

/// The SDK reads maps alone: with `n` nulls as keys, a list is one.
fn list(whole: &[u8]) -> Value {
    let (count, elements) = match *whole {
        [head @ 0x90..=0x9f, ref rest @ ..] => (usize::from(head & 15), rest),
        [0xdc, a, b, ref rest @ ..] => (usize::from(u16::from_be_bytes([a, b])), rest),
        [0xdd, a, b, c, d, ref rest @ ..] => (u32::from_be_bytes([a, b, c, d]) as usize, rest),
        _ => panic!("no list"),
    };
    let mut rest = elements;
    let mut values = Vec::new();
    for _ in 0..count {
        // A map of one entry whose key is null and whose value is the next element.
        let mut map = vec![0x81, 0xc0];
        map.extend_from_slice(rest);
        let (_, value) = Entries::of(&map).next().unwrap();
        rest = &rest[length(rest)..];
        values.push(unpacked(value));
    }
    assert!(rest.is_empty());
    values.into()
}

/// How long the first value is: the shortest start that reads as one.
fn length(bytes: &[u8]) -> usize {
    (1..=bytes.len()).find(|&length| Packed::of(&bytes[..length]).is_some()).unwrap()
}
