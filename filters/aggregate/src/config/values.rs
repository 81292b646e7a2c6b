//! The key `values`.

use std::collections::BTreeMap;

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;

use crate::plan::How;
use crate::write::TAKEN;

/// A value that is emitted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueConfig {
    /// The field; without one, the records themselves are counted.
    pub of: Option<String>,
    /// What its values come to: `count`, `sum`, `min`, `max`, `mean`, `p50`, `p99`, `p999` and the like.
    #[serde(rename = "as")]
    pub how: Option<String>,
}

/// So many values are room enough, and a record of them fits what a filter may emit.
const MOST_VALUES: usize = 64;

const HOW: &str = "count, sum, min, max, mean, or a quantile: p01 to p99, p999";

/// Each value's name, its field, and what of that.
pub(super) fn read(
    values: Option<BTreeMap<String, ValueConfig>>,
    by: &[String],
    errors: &mut ConfigErrors,
) -> Vec<(String, Option<String>, How)> {
    let count = values.as_ref().map(BTreeMap::len);
    match count {
        None => errors.push(ConfigError::new("values", "no value", "one value or more, by name")),
        Some(0) => errors.push(ConfigError::new("values", "an empty map", "one value or more, by name")),
        Some(count) if count > MOST_VALUES => {
            errors.push(ConfigError::new("values", format!("{count} values"), format!("at most {MOST_VALUES}")));
        }
        Some(_) => {}
    }
    let mut read = Vec::new();
    for (name, value) in values.into_iter().flatten() {
        let key = format!("values.{name}");
        if name.is_empty() || TAKEN.contains(&name.as_str()) || by.contains(&name) {
            let taken = TAKEN.into_iter().chain(by.iter().map(String::as_str)).collect::<Vec<_>>().join(", ");
            let (found, allowed) = (format!("the name \"{name}\""), format!("a name other than {taken}"));
            errors.push(ConfigError::new(&key, found, allowed));
        }
        if let Some(how) = how(&key, &value, errors) {
            read.push((name, value.of, how));
        }
    }
    read
}

fn how(key: &str, value: &ValueConfig, errors: &mut ConfigErrors) -> Option<How> {
    let found = value.how.as_ref().map_or_else(|| "no value".into(), |how| format!("the string \"{how}\""));
    let how = value.how.as_deref().and_then(How::named);
    if how.is_none() {
        errors.push(ConfigError::new(format!("{key}.as"), found, HOW));
    }
    match &value.of {
        Some(of) if of.is_empty() => {
            errors.push(ConfigError::new(format!("{key}.of"), "an empty string", "a field's name"));
        }
        None if how.is_some_and(|how| how != How::Count) => {
            errors.push(ConfigError::new(format!("{key}.of"), "no value", "a field's name"));
        }
        _ => {}
    }
    how
}
