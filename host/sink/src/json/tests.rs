//! That every line is JSON and says what the record says.

use super::*;
use crate::fixture::{Lane, Line, OBSERVED};
use proptest::prelude::*;
use serde_json::{Value, json};

fn lines(lane: &mut Lane, lines: &[Line]) -> Vec<Value> {
    let delivery = lane.batch(lines);
    let mut out = Vec::new();
    delivery.descriptors().iter().for_each(|record| push(&mut out, &delivery, record));
    out.split_inclusive(|&byte| byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn line(line: Line) -> Value {
    let mut values = lines(&mut Lane::new(), &[line]);
    assert_eq!(values.len(), 1);
    values.remove(0)
}

#[test]
fn a_bare_record_has_its_body_and_when_it_was_read() {
    assert_eq!(
        line(Line::new("hi \"there\"")),
        json!({"ObservedTimestamp": OBSERVED.to_string(), "Body": "hi \"there\""})
    );
}

#[test]
fn a_record_with_everything_has_the_data_models_names() {
    let mut lane = Lane::new();
    lane.stream = rmp_serde::to_vec(&json!({"log.file.path": "/a", "kind": "stream"})).unwrap();
    let attributes = rmp_serde::to_vec(&json!({"kind": "own", "list": [1, -2, 2.5, true, null, {"a": "ü"}]})).unwrap();
    let record = Line { attributes, time: 7, severity: 14, ..Line::new("x") };
    let expected = json!({
        "Timestamp": "7", "ObservedTimestamp": OBSERVED.to_string(), "SeverityNumber": 14, "SeverityText": "WARN2",
        "Body": "x",
        "Attributes": {"log.file.path": "/a", "kind": "own", "list": [1, -2, 2.5, true, null, {"a": "ü"}]},
    });
    assert_eq!(lines(&mut lane, &[record]), [expected]);
}

#[test]
fn a_severity_without_a_name_is_still_a_number() {
    let value = line(Line { severity: 99, ..Line::new("x") });
    assert_eq!((&value["SeverityNumber"], value.get("SeverityText")), (&json!(99), None));
}

#[test]
fn a_body_that_is_not_utf8_is_bytes() {
    assert_eq!(line(Line::new([0xff, 0xfe]))["Body"], json!({"bytesValue": "//4="}));
}

#[test]
fn attributes_that_are_no_map_are_bytes_beside_the_streams() {
    let mut lane = Lane::new();
    lane.stream = rmp_serde::to_vec(&json!({"a": 1})).unwrap();
    let record = Line { attributes: vec![0x81, 0xa1], ..Line::new("x") };
    assert_eq!(lines(&mut lane, &[record])[0]["Attributes"], json!({"a": 1, "bytesValue": "gaE="}));
}

#[test]
fn an_empty_map_is_left_out() {
    assert_eq!(line(Line { attributes: vec![0x80], ..Line::new("x") }).get("Attributes"), None);
}

/// A key's MessagePack and the name it becomes, or a value's and its JSON.
#[test]
fn keys_and_values_of_any_type_have_a_form() {
    let keys: [(&[u8], &str); 9] = [
        (&[7], "7"),
        (&[0xe0], "-32"),
        (&[0xc0], "null"),
        (&[0xc3], "true"),
        (&[0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], "1.5"),
        (&[0xc4, 1, 0xff], "/w=="),
        (&[0x91, 0x05], "kQU="),
        (&[0xa2, b'"', b'\n'], "\"\n"),
        (&[0xa1, 0xff], "\u{fffd}"),
    ];
    for (key, name) in keys {
        let attributes = [&[0x82], key, &[1, 0xa1, b'z', 2]].concat();
        assert_eq!(line(Line { attributes, ..Line::default() })["Attributes"], json!({name: 1, "z": 2}), "{key:x?}");
    }
    let values: [(&[u8], Value); 6] = [
        (&[0xca, 0x7f, 0xc0, 0, 0], Value::Null),
        (&[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0], Value::Null),
        (&[0xd4, 1, 0xff], json!({"bytesValue": "/w=="})),
        (&[0xc4, 1, 0xff], json!({"bytesValue": "/w=="})),
        (&[0xa1, 0xff], json!({"bytesValue": "/w=="})),
        (&[0x81, 0x91, 0x05, 0x90], json!({"kQU=": []})),
    ];
    for (bytes, expected) in values {
        let attributes = [&[0x82, 0xa1, b'a'], bytes, &[0xa1, b'z', 2]].concat();
        let value = line(Line { attributes, ..Line::default() });
        assert_eq!(value["Attributes"], json!({"a": expected, "z": 2}), "{bytes:x?}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // Eighths: serde_json's parser is not exact in the last digit.
        any::<i32>().prop_map(|eighths| Value::from(f64::from(eighths) / 8.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from);
        let map = prop::collection::btree_map(any::<String>(), inner, 0..6);
        prop_oneof![list, map.prop_map(Value::from_iter)]
    })
}

proptest! {
    #[test]
    fn any_text_comes_back(body in any::<String>()) {
        prop_assert_eq!(&line(Line::new(body.clone()))["Body"], &Value::from(body));
    }

    #[test]
    fn any_bytes_are_one_line_of_json(
        body in prop::collection::vec(any::<u8>(), 0..50),
        attributes in prop::collection::vec(any::<u8>(), 0..50),
        is_map in any::<bool>(),
    ) {
        let attributes = if is_map { [vec![0x82], attributes].concat() } else { attributes };
        let value = line(Line { attributes, ..Line::new(body.clone()) });
        match String::from_utf8(body.clone()) {
            Ok(text) => prop_assert_eq!(&value["Body"], &Value::from(text)),
            Err(_) => prop_assert_eq!(&value["Body"]["bytesValue"], &Value::from(STANDARD.encode(body))),
        }
    }

    #[test]
    fn any_attributes_come_back(map in prop::collection::btree_map(any::<String>(), value(), 1..5)) {
        let map = Value::from_iter(map);
        let attributes = rmp_serde::to_vec(&map).unwrap();
        prop_assert_eq!(&line(Line { attributes, ..Line::default() })["Attributes"], &map);
    }
}
