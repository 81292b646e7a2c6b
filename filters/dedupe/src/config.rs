//! The configuration's keys, and what of them is refused.

use std::time::Duration;

use logagent_conditions::{Groups, KeyField};
use logagent_sdk::metrics::Counter;
use logagent_sdk::state::Table;
use logagent_sdk::{ConfigError, ConfigErrors, Period};
use serde::Deserialize;

use crate::DedupeFilter;
use crate::capture::Capture;
use crate::key::Key;
use crate::summaries::Summaries;

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The field whose value is the key.
    pub field: Option<String>,
    /// The pattern whose first capture is the key.
    pub regex: Option<String>,
    /// How long records are repetitions of the first.
    pub window: Option<Period>,
    /// Whether a record says how many were dropped.
    #[serde(default)]
    pub summary: bool,
}

/// Summaries come with the clock's tick, which is a second; and who wants no window at all wants no budget for it either.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(8760 * 60 * 60);

impl Config {
    pub(crate) fn build(self) -> Result<DedupeFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let key = key(self.field.as_deref(), self.regex.as_deref()).map_err(|error| errors.push(error));
        let window = window(self.window).map_err(|error| errors.push(error));
        let (Ok(key), Ok(window)) = (key, window) else { return Err(errors) };
        Ok(DedupeFilter {
            key,
            window,
            windows: Table::new("seen").expiring(window),
            summaries: self.summary.then(|| Summaries::new(window)),
            groups: Groups::default(),
            ticked_unix_nano: 0,
        })
    }
}

fn key(field: Option<&str>, regex: Option<&str>) -> Result<Key, ConfigError> {
    let missing = || Counter::new("missing");
    match (field, regex) {
        (None, None) => Ok(Key::Body),
        (Some(field), None) => Ok(Key::Field(KeyField::new("field", field)?, missing())),
        (None, Some(regex)) => Ok(Key::Capture(Box::new(Capture::new(regex)?), missing())),
        (Some(_), Some(_)) => {
            Err(ConfigError::new("regex", "`field` beside it", "one of `field`, `regex`, or neither"))
        }
    }
}

fn window(period: Option<Period>) -> Result<Duration, ConfigError> {
    let found = match period {
        Some(Period(window)) if (SHORTEST..=LONGEST).contains(&window) => return Ok(window),
        Some(Period(window)) => format!("the duration {window:?}"),
        None => "no value".into(),
    };
    Err(ConfigError::new("window", found, "a duration from 1s to 8760h"))
}
