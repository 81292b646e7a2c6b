//! A JSON object in each line. Empty lines are passed over, null is no value.

use logagent_conditions::{Found, Number};
use serde_json::{Map, Value};

use super::Rows;

pub(super) fn read(bytes: &[u8], rows: &mut Rows) {
    let mut is_there = vec![false; rows.columns.add.len()];
    for (line, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        if text.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice::<Map<String, Value>>(text) {
            Ok(object) => row(line, &object, &mut is_there, rows),
            Err(error) => rows.problem(line, &error.to_string(), "a JSON object"),
        }
        if rows.is_enough() {
            return;
        }
    }
    // Where lines could not be read, they may have had it.
    if rows.problems.is_empty() {
        for (index, _) in is_there.iter().enumerate().filter(|(_, is_there)| !**is_there) {
            rows.lacks(Some(index), "a member of a line's object");
        }
    }
}

fn row(line: u64, object: &Map<String, Value>, is_there: &mut [bool], rows: &mut Rows) {
    let packed = |name: &String| object.get(name).filter(|value| !value.is_null()).map_or_else(Vec::new, pack);
    let values: Vec<Vec<u8>> = rows.columns.add.iter().map(packed).collect();
    for (is_there, value) in is_there.iter_mut().zip(&values) {
        *is_there |= !value.is_empty();
    }
    let mut room = Vec::new();
    match object.get(&rows.columns.key).and_then(|key| found(key).as_text(&mut room)) {
        None | Some(b"") => {
            let allowed = format!("a text, a number or a boolean as `{}` in each line", rows.columns.key);
            rows.problem(line, "no key", &allowed);
        }
        Some(key) => rows.add(line, key, values.iter().map(Vec::as_slice)),
    }
}

fn pack(value: &Value) -> Vec<u8> {
    rmp_serde::to_vec(value).expect("memory takes all that is written")
}

/// As records' values are: so that a key is the same text there and here.
fn found(value: &Value) -> Found<'_> {
    match value {
        Value::String(text) => Found::Text(text.as_bytes()),
        Value::Bool(truth) => Found::Bool(*truth),
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            let float = || number.as_f64().map_or(Found::Other, |float| Found::Number(Number::Float(float)));
            whole.map_or_else(float, |whole| Found::Number(Number::Whole(whole)))
        }
        Value::Null | Value::Array(_) | Value::Object(_) => Found::Other,
    }
}
