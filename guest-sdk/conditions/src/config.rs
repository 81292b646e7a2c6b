//! A condition's configuration, and what of it is refused before anything is compiled.

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;

use crate::field::{Choice, Test};
use crate::scalar::Scalar;
use crate::severity;

/// A condition. A record matches it where one of its parts does; at least one of `contains`, `regex` and `field` is
/// needed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionConfig {
    /// Literals, case-sensitive; a body that contains one of them matches.
    pub contains: Option<Vec<String>>,
    /// Regular expressions in the syntax of the `regex` crate; a body that one of them is found in matches.
    pub regex: Option<Vec<String>>,
    /// A field that is compared.
    pub field: Option<FieldConfig>,
    /// Match what would not.
    #[serde(default)]
    pub invert: bool,
}

/// A field, and exactly one thing to compare it with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldConfig {
    /// An attribute's name, or else a key of a JSON body: one at its top with exactly this name, or else the
    /// path that the name is when cut at its dots.
    pub name: Option<String>,
    /// The value that matches.
    pub equals: Option<Scalar>,
    /// The values that match.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    /// The severity below which it matches, by name or as OpenTelemetry's number.
    pub below: Option<Scalar>,
}

/// Where a condition stands in the configuration; empty for the root.
#[derive(Debug)]
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn below(&self, key: &str) -> String {
        if self.0.is_empty() { key.into() } else { format!("{}.{key}", self.0) }
    }
}

/// A condition that can be compiled.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) key: Key,
    pub(crate) contains: Vec<String>,
    pub(crate) regex: Vec<String>,
    pub(crate) field: Option<(String, Test)>,
    pub(crate) is_inverted: bool,
}

impl Checked {
    pub(crate) fn new(key: String, config: ConditionConfig, errors: &mut ConfigErrors) -> Self {
        let ConditionConfig { contains, regex, field, invert } = config;
        if contains.is_none() && regex.is_none() && field.is_none() {
            errors.push(ConfigError::new(&key, "no condition", "at least one of `contains`, `regex`, `field`"));
        }
        let key = Key(key);
        let contains = checked(key.below("contains"), "a literal of one byte or more", contains, errors);
        let regex = checked(key.below("regex"), "a pattern of one character or more", regex, errors);
        let field = field.and_then(|field| field.check(&key, errors));
        Self { key, contains, regex, field, is_inverted: invert }
    }
}

/// The list, whatever was found to be wrong with it.
fn checked(key: String, allowed: &str, list: Option<Vec<String>>, errors: &mut ConfigErrors) -> Vec<String> {
    let Some(list) = list else { return Vec::new() };
    if list.is_empty() {
        errors.push(ConfigError::new(&key, "an empty list", allowed));
    }
    for (index, _) in list.iter().enumerate().filter(|(_, text)| text.is_empty()) {
        errors.push(ConfigError::new(format!("{key}[{index}]"), "an empty string", allowed));
    }
    list
}

impl FieldConfig {
    fn check(self, key: &Key, errors: &mut ConfigErrors) -> Option<(String, Test)> {
        let found = match self.name.as_deref() {
            None => Some("no value"),
            Some("") => Some("an empty string"),
            Some(_) => None,
        };
        if let Some(found) = found {
            errors.push(ConfigError::new(key.below("field.name"), found, "a field's name"));
        }
        if self.one_of.as_ref().is_some_and(Vec::is_empty) {
            errors.push(ConfigError::new(key.below("field.in"), "an empty list", "one value or more"));
        }
        let test = match (self.equals, self.one_of, self.below) {
            (Some(value), None, None) => Test::OneOf(Choice::new(vec![value])),
            (None, Some(values), None) => Test::OneOf(Choice::new(values)),
            (None, None, Some(name)) => Test::Below(limit(&name, key).map_err(|error| errors.push(error)).ok()?),
            (equals, one_of, below) => {
                let given = [("equals", equals.is_some()), ("in", one_of.is_some()), ("below", below.is_some())];
                let allowed = "exactly one of `equals`, `in`, `below`";
                errors.push(ConfigError::new(key.below("field"), listed(&given), allowed));
                return None;
            }
        };
        Some((self.name?, test))
    }
}

fn limit(scalar: &Scalar, key: &Key) -> Result<u8, ConfigError> {
    let refused = || ConfigError::new(key.below("field.below"), scalar.to_string(), severity::ALLOWED);
    severity::of_config(scalar).ok_or_else(refused)
}

fn listed(given: &[(&str, bool)]) -> String {
    let names: Vec<String> =
        given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() { "none of them".into() } else { names.join(" and ") }
}
