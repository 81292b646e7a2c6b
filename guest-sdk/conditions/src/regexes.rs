//! The conditions' regular expressions: a set for each condition, since of matches within one another, or of the
//! patterns that match a record, the host may name one alone.

use logagent_sdk::scan::{Escapes, Pattern, PatternError, Report, Set};
use logagent_sdk::{Batch, ConfigError, ConfigErrors};

use crate::conditions::{Answer, Part};
use crate::config::{Checked, Key};
use crate::literals::APART;

/// The contract's 64 sets an instance, but for those of literals.
const MOST: usize = 64 - APART;

/// Sets, with the conditions that they are of.
#[derive(Debug, Default)]
pub(crate) struct Regexes(Vec<(usize, Set)>);

impl Regexes {
    pub(crate) fn new(conditions: &[Checked]) -> Result<Self, ConfigErrors> {
        let (mut sets, mut errors) = (Vec::new(), ConfigErrors::default());
        let with_some = conditions.iter().enumerate().filter(|(_, condition)| !condition.regex.is_empty());
        for (count, (index, condition)) in with_some.enumerate() {
            if count == MOST {
                let allowed = format!("`regex` in {MOST} conditions");
                errors.push(ConfigError::new(condition.key.below("regex"), "one condition more", allowed));
                break;
            }
            match set(&condition.key, &condition.regex) {
                Ok(set) => sets.push((index, set)),
                Err(problems) => problems.into_iter().for_each(|problem| errors.push(problem)),
            }
        }
        errors.or_ok(Self(sets))
    }

    /// Marks the records that match. What matches in all records already is not searched.
    pub(crate) fn mark(&self, batch: &Batch<'_>, answers: &mut [Answer]) {
        for (condition, set) in &self.0 {
            let answer = &mut answers[*condition];
            if !answer.is_full() {
                answer.mark_all(Part::Regex, set.matches(batch).iter().map(|found| found.record));
            }
        }
    }
}

fn set(key: &Key, patterns: &[String]) -> Result<Set, Vec<ConfigError>> {
    let patterns: Vec<_> = patterns.iter().map(|pattern| Pattern::Regex(pattern)).collect();
    let refused = |error: PatternError| refused(key.below(&format!("regex[{}]", error.index)), &error);
    Set::new(&patterns, Report::First, Escapes::Raw).map_err(|errors| errors.into_iter().map(refused).collect())
}

/// What the host says of a regular expression that it refuses, at the expression's key in the configuration.
#[must_use]
pub fn refused(key: String, error: &PatternError) -> ConfigError {
    let reason = error.reason.strip_prefix("not a regular expression: ").unwrap_or(&error.reason);
    ConfigError::new(key, reason, "a regular expression of the regex crate")
}
