//! What a component is configured with: YAML to JSON. Not for what it means, which only the component knows.

use serde_json::{Number, Value as Json};

use crate::document::{Node, Scalar, Value};
use crate::positions::join;
use crate::problem::shorten;
use crate::reader::{Ask, Field};

/// Converts a value. What JSON can't say is a problem, and null.
pub(crate) fn read(field: &Field<'_>) -> Json {
    field.note(Ask::Anything);
    match &field.node.value {
        Value::Mapping(entries) => {
            let pair = |(key, node)| (String::clone(key), read(&child(field, &shorten(key), node)));
            Json::Object(entries.iter().map(|entry| (&entry.key, &entry.value)).map(pair).collect())
        }
        Value::Sequence(items) => {
            let item = |(index, node)| read(&child(field, &format!("[{index}]"), node));
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        Value::Scalar(scalar) => read_scalar(scalar).or_else(|| field.wrong("a finite number")).unwrap_or_default(),
    }
}

fn child<'a>(field: &Field<'a>, key: &str, node: &'a Node) -> Field<'a> {
    Field { context: field.context, path: join(&field.path, key), node }
}

fn read_scalar(scalar: &Scalar) -> Option<Json> {
    Some(match scalar {
        Scalar::Null => Json::Null,
        Scalar::Boolean(value) => Json::Bool(*value),
        Scalar::Text(text) => Json::String(text.clone()),
        Scalar::Float(value) => Json::Number(Number::from_f64(*value)?),
        // Past 64 bits an integer becomes a float, as where JSON is read.
        Scalar::Integer(value) => match Number::from_i128(*value) {
            Some(number) => Json::Number(number),
            None => Json::Number(Number::from_f64(*value as f64)?),
        },
    })
}
