//! Single values. Not for mappings and lists.

use serde_json::{Value as Json, json};

use crate::reader::{Ask, NAME, NAME_PATTERN};
use crate::units::{PERCENT_PATTERN, duration_pattern, show_duration, show_size, size_pattern};

/// The schema of a value that all of this is asked of.
pub(super) fn schema(asks: &[Ask]) -> Json {
    let is_power = asks.contains(&Ask::PowerOfTwo);
    let alternatives: Vec<_> = asks.iter().filter_map(|ask| alternative(ask, is_power)).collect();
    match <[Json; 1]>::try_from(alternatives) {
        Ok([only]) => only,
        Err(several) => json!({ "anyOf": several }),
    }
}

pub(super) fn name() -> Json {
    json!({ "type": "string", "pattern": NAME_PATTERN, "description": NAME })
}

fn alternative(ask: &Ask, is_power: bool) -> Option<Json> {
    let power = if is_power { "a power of two, " } else { "" };
    let whole = |least: i128, most: i128| match is_power {
        true => json!({ "enum": powers(least, most) }),
        false => json!({ "type": "integer", "minimum": number(least), "maximum": number(most) }),
    };
    Some(match ask {
        Ask::Text(what) => json!({ "type": "string", "minLength": 1, "description": what }),
        Ask::Name => name(),
        Ask::Choice(words) => json!({ "enum": words }),
        Ask::Switch => json!({ "type": "boolean" }),
        Ask::Size(range) => json!({
            "description":
                format!("a size such as 512KiB, {power}from {} to {}", show_size(*range.start()), show_size(*range.end())),
            "anyOf": [whole(*range.start() as i128, *range.end() as i128), texts(&size_pattern())],
        }),
        Ask::Count(least, most) => whole(*least, *most),
        Ask::Duration(range) => {
            let mut written = vec![texts(&duration_pattern())];
            if range.start().is_zero() {
                written.push(json!({ "const": 0 }));
            }
            let (least, most) = (show_duration(*range.start()), show_duration(*range.end()));
            json!({ "description": format!("a duration such as 10ms, from {least} to {most}"), "anyOf": written })
        }
        Ask::Never => json!({ "const": "never" }),
        Ask::Share { can_be_none } => {
            let least = if *can_be_none { "minimum" } else { "exclusiveMinimum" };
            json!({
                "description": "a share such as 5% or 0.05",
                "anyOf": [{ "type": "number", least: 0, "maximum": 1 }, texts(PERCENT_PATTERN)],
            })
        }
        Ask::Anything => Json::Bool(true),
        _ => return None,
    })
}

fn texts(pattern: &str) -> Json {
    json!({ "type": "string", "pattern": pattern })
}

/// No bound of a configuration is past what JSON's readers take for a whole number.
fn number(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn powers(least: i128, most: i128) -> Vec<i64> {
    (0..i64::BITS - 1).map(|bit| 1 << bit).filter(|power| (least..=most).contains(&i128::from(*power))).collect()
}
