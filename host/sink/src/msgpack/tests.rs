//! That every record is one MessagePack map which says what the record says.

use super::*;
use crate::fixture::{Lane, Line, OBSERVED};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

fn bytes(lane: &mut Lane, lines: &[Line]) -> Vec<u8> {
    let delivery = lane.batch(lines);
    let mut out = Vec::new();
    delivery.descriptors().iter().for_each(|record| push(&mut out, &delivery, record));
    out
}

fn decoded(bytes: &[u8]) -> Vec<Value> {
    let mut rest = bytes;
    let mut values = Vec::new();
    while !rest.is_empty() {
        values.push(Value::deserialize(&mut rmp_serde::Deserializer::new(&mut rest)).unwrap());
    }
    values
}

#[test]
fn records_follow_each_other_without_anything_between() {
    let expected = ["one", "two"].map(|body| json!({"ObservedTimestamp": OBSERVED, "Body": body}));
    assert_eq!(decoded(&bytes(&mut Lane::new(), &["one", "two"].map(Line::new))), expected);
}

#[test]
fn a_record_with_everything_has_the_data_models_names() {
    let mut lane = Lane::new();
    lane.stream = rmp_serde::to_vec(&json!({"log.file.path": "/a", "kind": "stream"})).unwrap();
    let attributes = rmp_serde::to_vec(&json!({"kind": "own", "list": [1, {"a": null}]})).unwrap();
    let record = Line { attributes, time: u64::MAX, severity: 14, ..Line::new("x") };
    let expected = json!({
        "Timestamp": u64::MAX, "ObservedTimestamp": OBSERVED, "SeverityNumber": 14, "SeverityText": "WARN2",
        "Body": "x", "Attributes": {"log.file.path": "/a", "kind": "own", "list": [1, {"a": null}]},
    });
    assert_eq!(decoded(&bytes(&mut lane, &[record])), [expected]);
}

/// As the record's own decoder would have it, with bytes where text may be none.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
struct Decoded<A> {
    observed_timestamp: u64,
    body: Text,
    attributes: Option<A>,
}

#[derive(Debug, PartialEq)]
enum Text {
    String(String),
    Bytes(Vec<u8>),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Text;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text or bytes")
            }
            fn visit_str<E>(self, text: &str) -> Result<Text, E> {
                Ok(Text::String(text.into()))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text::Bytes(bytes.into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

type Texts = std::collections::BTreeMap<String, Text>;

#[test]
fn what_is_not_utf8_is_binary() {
    let attributes = vec![0x81, 0xa1, b'a', 0xa1, 0xff];
    let record = Line { attributes, ..Line::new([0xfe]) };
    let decoded: Decoded<Texts> = rmp_serde::from_slice(&bytes(&mut Lane::new(), &[record])).unwrap();
    assert_eq!(decoded.body, Text::Bytes(vec![0xfe]));
    assert_eq!(decoded.attributes, Some(Texts::from([("a".into(), Text::Bytes(vec![0xff]))])));
}

#[test]
fn attributes_that_are_no_map_are_binary() {
    let record = Line { attributes: vec![0x81], ..Line::new("x") };
    let decoded: Decoded<Texts> = rmp_serde::from_slice(&bytes(&mut Lane::new(), &[record])).unwrap();
    assert_eq!(decoded.attributes, Some(Texts::from([(BYTES_NAME.into(), Text::Bytes(vec![0x81]))])));
}

proptest! {
    #[test]
    fn any_bytes_make_one_map(
        body in prop::collection::vec(any::<u8>(), 0..300),
        attributes in prop::collection::vec(any::<u8>(), 0..50),
        is_map in any::<bool>(),
    ) {
        let attributes = if is_map { [vec![0x82], attributes].concat() } else { attributes };
        let out = bytes(&mut Lane::new(), &[Line { attributes, ..Line::new(body.clone()) }]);
        let mut rest = &out[..];
        let mut deserializer = rmp_serde::Deserializer::new(&mut rest);
        let decoded = Decoded::<serde::de::IgnoredAny>::deserialize(&mut deserializer).unwrap();
        prop_assert!(rest.is_empty());
        let expected = String::from_utf8(body).map_or_else(|error| Text::Bytes(error.into_bytes()), Text::String);
        prop_assert_eq!(decoded.body, expected);
    }
}
