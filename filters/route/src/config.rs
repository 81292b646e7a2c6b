//! The configuration's keys, and what of them is refused.

use logagent_conditions::{ConditionConfig, Conditions};
use logagent_sdk::{ConfigError, ConfigErrors, Output};
use serde::Deserialize;

use crate::RouteFilter;
use crate::plan::{Plan, Rule};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The rules, in the order in which they are tried.
    pub rules: Option<Vec<RuleConfig>>,
    /// How many of the rules that match a record count.
    #[serde(default, rename = "match")]
    pub mode: Match,
    /// The output for records that match no rule; without it they go on.
    #[serde(rename = "else")]
    pub otherwise: Option<String>,
}

/// A condition, and what becomes of the records that match it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleConfig {
    /// The condition, as in the filter `drop`.
    pub when: Option<ConditionConfig>,
    /// The output.
    pub to: Option<String>,
    /// Whether the output gets a copy, and the record itself goes on.
    #[serde(default)]
    pub keep: bool,
}

/// How many of the rules that match a record count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// The first.
    #[default]
    First,
    /// All of them.
    All,
}

impl Config {
    pub(crate) fn build(self) -> Result<RouteFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        if self.rules.as_ref().is_none_or(Vec::is_empty) {
            let found = if self.rules.is_none() { "no value" } else { "an empty list" };
            errors.push(ConfigError::new("rules", found, "one rule or more"));
        }
        let (mut outputs, mut rules, mut conditions) = (Outputs::default(), Vec::new(), Vec::new());
        for (index, RuleConfig { when, to, keep }) in self.rules.into_iter().flatten().enumerate() {
            let (when_key, to_key) = (format!("rules[{index}].when"), format!("rules[{index}].to"));
            match when {
                Some(when) => conditions.push((when_key, when)),
                None => errors.push(ConfigError::new(when_key, "no value", "a condition")),
            }
            let output = match to {
                Some(to) => outputs.number(to_key, to, &mut errors),
                None => {
                    errors.push(ConfigError::new(to_key, "no value", OUTPUT));
                    None
                }
            };
            rules.extend(output.map(|(at, output)| Rule { at, output, keep }));
        }
        let otherwise = self.otherwise.and_then(|name| outputs.number("else".into(), name, &mut errors));
        let plan = Plan::new(rules, self.mode, otherwise.map(|(_, output)| output));
        match Conditions::new(conditions) {
            Ok(conditions) => errors.or_ok(RouteFilter { conditions, plan, outputs: outputs.0 }),
            Err(refused) => {
                refused.into_iter().for_each(|error| errors.push(error));
                Err(errors)
            }
        }
    }
}

/// What may stand where an output is named.
const OUTPUT: &str = "an output's name";

/// The outputs by name, in the order in which they are named first.
#[derive(Default)]
struct Outputs(Vec<String>);

impl Outputs {
    fn number(&mut self, key: String, name: String, errors: &mut ConfigErrors) -> Option<(usize, Output)> {
        if name.is_empty() {
            errors.push(ConfigError::new(key, "an empty string", OUTPUT));
            return None;
        }
        let known = self.0.iter().position(|known| *known == name);
        let at = known.unwrap_or(self.0.len());
        let Some(output) = Output::numbered(at) else {
            errors.push(ConfigError::new(key, format!("one output more, `{name}`"), "at most 128 outputs"));
            return None;
        };
        if known.is_none() {
            self.0.push(name);
        }
        Some((at, output))
    }
}
