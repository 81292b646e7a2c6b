//! The configuration's keys, and what of them is refused.

use logagent_conditions::KeyField;
use logagent_sdk::{ConfigError, ConfigErrors, Share, Spread, metrics::Counter};
use serde::Deserialize;

use crate::{Key, SampleFilter};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The share that is kept, 0 to 1.
    pub rate: Option<f64>,
    /// The field whose value decides.
    pub key: Option<String>,
    /// What becomes of records without the key.
    pub missing: Option<Missing>,
}

/// What becomes of records without the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// They are kept. A misspelt key, or a stream without it, must not lose records that nobody decided about.
    #[default]
    Keep,
    /// They are dropped, for a reason of their own.
    Drop,
    /// They are sampled as without a key.
    Rate,
}

impl Config {
    pub(crate) fn build(self) -> Result<SampleFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        if self.missing.is_some() && self.key.is_none() {
            errors.push(ConfigError::new("missing", "no `key` beside it", "only together with `key`"));
        }
        let missing = self.missing.unwrap_or_default();
        let key = self.key.and_then(|name| key(&name, missing).map_err(|error| errors.push(error)).ok());
        match Share::configured("rate", self.rate) {
            Ok(rate) => errors.or_ok(SampleFilter { rate, spread: Spread::default(), key }),
            Err(error) => {
                errors.push(error);
                Err(errors)
            }
        }
    }
}

fn key(name: &str, missing: Missing) -> Result<Key, ConfigError> {
    Ok(Key { field: KeyField::new("key", name)?, missing, count: Counter::new("missing") })
}
