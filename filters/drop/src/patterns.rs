//! The regular expressions, as one automaton over a body. Body by body: `^`, `$` and `\s` must not see a
//! neighbour.

use logagent_sdk::{ConfigError, ConfigErrors};
use regex::bytes::{Regex, RegexSet};

#[derive(Debug)]
pub(crate) struct Patterns(RegexSet);

impl Patterns {
    pub(crate) fn new(patterns: &[String]) -> Result<Self, ConfigErrors> {
        let error = match RegexSet::new(patterns) {
            Ok(set) => return Ok(Self(set)),
            Err(error) => error.to_string(),
        };
        // The set doesn't tell which of its patterns is wrong.
        let wrong = patterns.iter().enumerate().filter_map(|(index, pattern)| {
            let error = Regex::new(pattern).err()?;
            Some(refused(format!("regex[{index}]"), &error.to_string()))
        });
        let wrong: Vec<ConfigError> = wrong.collect();
        if wrong.is_empty() { Err(refused("regex".into(), &error).into()) } else { Err(wrong.into()) }
    }

    pub(crate) fn is_match(&self, body: &[u8]) -> bool {
        self.0.is_match(body)
    }
}

/// Of regex's drawing of the pattern, only the last line says what is wrong.
fn refused(key: String, error: &str) -> ConfigError {
    let last = error.lines().last().unwrap_or(error);
    ConfigError::new(key, last.strip_prefix("error: ").unwrap_or(last), "a regular expression of the regex crate")
}
