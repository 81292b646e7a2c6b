//! The configuration's keys, and what of them is refused.

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;

use crate::field::{FieldRule, Test};
use crate::literals::Literals;
use crate::patterns::Patterns;
use crate::{DropFilter, Scalar, severity};

/// What stands under `config` of the filter. At least one of `contains`, `regex` and `field` must.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Literals, case-sensitive; a body that contains one of them matches.
    pub contains: Option<Vec<String>>,
    /// Regular expressions in the syntax of the `regex` crate; a body that one of them is found in matches.
    pub regex: Option<Vec<String>>,
    /// A field that is compared.
    pub field: Option<FieldConfig>,
    /// Keep only what matches.
    #[serde(default)]
    pub invert: bool,
}

/// A field, and exactly one thing to compare it with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldConfig {
    /// An attribute's name, or else a key of a JSON body: one at its top with exactly this name, or else the
    /// path that the name is when cut at its dots.
    pub name: String,
    /// The value that matches.
    pub equals: Option<Scalar>,
    /// The values that match.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Scalar>>,
    /// The severity below which it matches, by name or as OpenTelemetry's number.
    pub below: Option<Scalar>,
}

impl Config {
    pub(crate) fn build(self) -> Result<DropFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        if self.contains.is_none() && self.regex.is_none() && self.field.is_none() {
            errors.push(ConfigError::new("", "no condition", "at least one of `contains`, `regex`, `field`"));
        }
        check_list("contains", "a literal of one byte or more", self.contains.as_deref(), &mut errors);
        check_list("regex", "a pattern of one character or more", self.regex.as_deref(), &mut errors);
        let field = self.field.and_then(|field| field.build(&mut errors));
        let contains = self.contains.map(|list| Literals::new(&list)).transpose();
        let regex = self.regex.map(|list| Patterns::new(&list)).transpose();
        match (contains, regex) {
            (Ok(contains), Ok(regex)) => errors.or_ok(DropFilter { contains, regex, field, invert: self.invert }),
            (contains, regex) => {
                contains.err().into_iter().chain(regex.err()).flatten().for_each(|error| errors.push(error));
                Err(errors)
            }
        }
    }
}

fn check_list(key: &str, allowed: &str, list: Option<&[String]>, errors: &mut ConfigErrors) {
    let list = match list {
        Some([]) => return errors.push(ConfigError::new(key, "an empty list", allowed)),
        list => list.unwrap_or_default(),
    };
    for (index, _) in list.iter().enumerate().filter(|(_, text)| text.is_empty()) {
        errors.push(ConfigError::new(format!("{key}[{index}]"), "an empty string", allowed));
    }
}

impl FieldConfig {
    fn build(self, errors: &mut ConfigErrors) -> Option<FieldRule> {
        if self.name.is_empty() {
            errors.push(ConfigError::new("field.name", "an empty string", "a field's name"));
        }
        if self.one_of.as_ref().is_some_and(Vec::is_empty) {
            errors.push(ConfigError::new("field.in", "an empty list", "one value or more"));
        }
        let test = match (self.equals, self.one_of, self.below) {
            (Some(value), None, None) => Test::OneOf(vec![value]),
            (None, Some(values), None) => Test::OneOf(values),
            (None, None, Some(name)) => Test::Below(limit(&name).map_err(|error| errors.push(error)).ok()?),
            (equals, one_of, below) => {
                let given = [("equals", equals.is_some()), ("in", one_of.is_some()), ("below", below.is_some())];
                errors.push(ConfigError::new("field", listed(&given), "exactly one of `equals`, `in`, `below`"));
                return None;
            }
        };
        Some(FieldRule::new(self.name, test))
    }
}

fn limit(scalar: &Scalar) -> Result<u8, ConfigError> {
    severity::of_config(scalar).ok_or_else(|| ConfigError::new("field.below", scalar.to_string(), severity::ALLOWED))
}

fn listed(given: &[(&str, bool)]) -> String {
    let names: Vec<String> =
        given.iter().filter(|(_, is_given)| *is_given).map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() { "none of them".into() } else { names.join(" and ") }
}
