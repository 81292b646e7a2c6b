//! Attributes as a letter has them, in JSON, made MessagePack again. What the encoding to JSON has made of values that
//! JSON does not know (a map's keys that are no text, numbers that are none) stays as it is there.

use crate::letter::bytes_of;
use rmp::encode::{self, ValueWriteError};
use serde_json::{Map, Number, Value};

type Written = Result<(), ValueWriteError>;

/// A map; nothing where it is empty.
pub(crate) fn map(attributes: &Map<String, Value>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let [(name, value)] = attributes.iter().collect::<Vec<_>>()[..]
        && name == "bytesValue"
        && let Some(malformed) = value.as_str().and_then(|_| bytes_of(&Value::Object(attributes.clone())))
    {
        return malformed; // It was no map before, either.
    }
    if !attributes.is_empty() {
        write_map(&mut bytes, attributes).expect("a Vec takes every byte");
    }
    bytes
}

fn write_map(out: &mut Vec<u8>, map: &Map<String, Value>) -> Written {
    encode::write_map_len(out, length(map.len()))?;
    for (key, value) in map {
        encode::write_str(out, key)?;
        write(out, value)?;
    }
    Ok(())
}

/// Recursion is bounded: serde_json reads no deeper than 128 levels.
fn write(out: &mut Vec<u8>, value: &Value) -> Written {
    match value {
        Value::Null => Ok(encode::write_nil(out).map_err(ValueWriteError::InvalidMarkerWrite)?),
        Value::Bool(value) => Ok(encode::write_bool(out, *value).map_err(ValueWriteError::InvalidMarkerWrite)?),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => encode::write_str(out, text),
        Value::Array(all) => {
            encode::write_array_len(out, length(all.len()))?;
            all.iter().try_for_each(|value| write(out, value))
        }
        Value::Object(map) if map.len() == 1 && map.contains_key("bytesValue") => match bytes_of(value) {
            Some(bytes) => encode::write_bin(out, &bytes),
            None => write_map(out, map),
        },
        Value::Object(map) => write_map(out, map),
    }
}

fn write_number(out: &mut Vec<u8>, number: &Number) -> Written {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(value), ..) => encode::write_uint(out, value).map(drop),
        (_, Some(value), _) => encode::write_sint(out, value).map(drop),
        (.., value) => encode::write_f64(out, value.unwrap_or_default()),
    }
}

fn length(count: usize) -> u32 {
    u32::try_from(count).expect("a line holds fewer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bytes(value: Value) -> Vec<u8> {
        map(value.as_object().unwrap())
    }

    #[test]
    fn each_kind_of_value_comes_back() {
        let value = json!({"a": [null, true, 1, -1, 300, 0.5], "b": {"c": "ä"}, "d": {"bytesValue": "/w=="}});
        let expected = b"\x83\xa1a\x96\xc0\xc3\x01\xff\xcd\x01\x2c\xcb\x3f\xe0\0\0\0\0\0\0\xa1b\x81\xa1c\xa2\xc3\xa4\xa1d\xc4\x01\xff";
        assert_eq!(bytes(value), expected);
        assert_eq!(bytes(json!({})), b"");
    }

    #[test]
    fn what_was_no_map_is_none_again() {
        assert_eq!(bytes(json!({"bytesValue": "/w=="})), b"\xff");
        assert_eq!(bytes(json!({"bytesValue": 1})), b"\x81\xaabytesValue\x01");
    }
}
