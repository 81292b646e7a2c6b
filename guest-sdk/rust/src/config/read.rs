//! Reads a configuration and collects every problem, although serde stops at the first: what is wrong is
//! taken out, and the rest is read again.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::message::{Parts, take_apart};
use super::{ConfigError, ConfigErrors};

/// Reads the host's JSON, and makes of it what it configures. Unknown keys alone keep nothing from being looked at.
pub(crate) fn build<C: DeserializeOwned, T>(
    json: &str,
    configure: impl FnOnce(C) -> Result<T, ConfigErrors>,
) -> Result<T, ConfigErrors> {
    let value = serde_json::from_str(json).map_err(|error| ConfigError::new("", error.to_string(), "JSON"))?;
    let mut errors = ConfigErrors::default();
    let mut unknown = Vec::new();
    let Some(config) = typed(value, &mut errors, &mut unknown) else { return Err(errors) };
    if errors.iter().len() > unknown.len() {
        return Err(errors);
    }
    match configure(config) {
        Ok(built) => errors.or_ok(built),
        Err(problems) => {
            // What a map lacks may be what stands there under a wrong key.
            let is_new = |problem: &ConfigError| !unknown.iter().any(|key| map_of(key) == problem.key);
            problems.into_iter().filter(is_new).for_each(|problem| errors.push(problem));
            Err(errors)
        }
    }
}

/// The key of the map that a key stands in.
fn map_of(key: &str) -> &str {
    key.rsplit_once('.').map_or("", |(map, _)| map)
}

/// The typed configuration in `value`, without what is wrong with it, where that can be left out. `unknown` are keys that
/// no configuration has.
fn typed<C: DeserializeOwned>(mut value: Value, errors: &mut ConfigErrors, unknown: &mut Vec<String>) -> Option<C> {
    if value.is_null() {
        if let Ok(config) = C::deserialize(&value) {
            return Some(config);
        }
        // No configuration at all is read as an empty one, so that the missing keys are named.
        value = Value::Object(Map::new());
    }
    let mut removed: Vec<String> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, C>(&value) {
            Ok(config) => return Some(config),
            Err(error) => error,
        };
        let parts = take_apart(&error.inner().to_string());
        let place = Place::new(error.path(), &parts);
        // What is missing only because it was taken out was told already.
        if !removed.contains(&place.key) {
            // With one in a list, more is taken out.
            let is_alone = parts.is_unknown && place.removable.join(".") == place.key;
            unknown.extend(is_alone.then(|| place.key.clone()));
            errors.push(ConfigError::new(place.key, parts.found, parts.allowed));
        }
        match remove(&mut value, &place.removable) {
            Some(key) => removed.push(key),
            None => return None,
        }
    }
}

/// Where a problem is.
struct Place {
    key: String,
    /// The keys to what can be taken out: a list as a whole, since the indices behind an element would move,
    /// and for a missing key the map that lacks it.
    removable: Vec<String>,
}

impl Place {
    fn new(path: &Path, parts: &Parts) -> Self {
        let mut place = Self { key: String::new(), removable: Vec::new() };
        let mut is_in_list = false;
        for segment in path {
            match segment {
                Segment::Seq { index } => {
                    place.key += &format!("[{index}]");
                    is_in_list = true;
                }
                Segment::Map { key } | Segment::Enum { variant: key } => place.step(key, is_in_list),
                Segment::Unknown => {}
            }
        }
        // serde_path_to_error names an unknown key itself in some cases, and not in others.
        let field = parts.field.as_deref().filter(|field| parts.is_missing || !place.ends_with(field));
        if let Some(field) = field {
            place.step(field, is_in_list || parts.is_missing);
        }
        place
    }

    fn step(&mut self, key: &str, is_in_list: bool) {
        if !self.key.is_empty() {
            self.key.push('.');
        }
        self.key += key;
        if !is_in_list {
            self.removable.push(key.into());
        }
    }

    fn ends_with(&self, field: &str) -> bool {
        self.key.rsplit('.').next() == Some(field)
    }
}

/// Takes out what lies at `path`; answers its key, or nothing where nothing lies there.
fn remove(value: &mut Value, path: &[String]) -> Option<String> {
    let (last, parents) = path.split_last()?;
    let mut map = value.as_object_mut()?;
    for parent in parents {
        map = map.get_mut(parent)?.as_object_mut()?;
    }
    map.remove(last).map(|_| path.join("."))
}
