//! The configuration's keys, and what of them is refused.

use std::ops::RangeInclusive;
use std::time::Duration;

use logagent_conditions::KeyField;
use logagent_sdk::{ConfigError, ConfigErrors, Period, Share, Spread, metrics::Counter};
use serde::Deserialize;

use crate::adaptive::Adaptive;
use crate::key::Key;
use crate::{Mode, SampleFilter};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The share that is kept, 0 to 1.
    pub rate: Option<f64>,
    /// The rate that is kept to, instead of a share.
    pub adaptive: Option<AdaptiveConfig>,
    /// The field whose value decides.
    pub key: Option<String>,
    /// What becomes of records without the key.
    pub missing: Option<Missing>,
}

/// What stands under `adaptive`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdaptiveConfig {
    /// How many records are to be kept a second.
    pub target_per_second: Option<f64>,
    /// How long keys are counted before their shares are.
    pub window: Option<Period>,
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

/// Long enough that a key that comes every second is counted as what it is, short enough to follow a day's course.
const WINDOW: Period = Period(Duration::from_secs(10));
/// Shorter, a batch or two would be all of it; longer, the counts say nothing of now.
const WINDOWS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(24 * 60 * 60);
/// From a record an hour to more than any machine reads.
const TARGETS: RangeInclusive<f64> = 0.000_25..=1e9;

impl Config {
    pub(crate) fn build(self) -> Result<SampleFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let missing = self.missing(&mut errors);
        let key = self.key.as_deref().and_then(|name| key(name, missing).map_err(|error| errors.push(error)).ok());
        let mode = match self.adaptive {
            Some(adaptive) => self.adaptive(adaptive, key, &mut errors),
            None => {
                let rate = Share::configured("rate", self.rate).map_err(|error| errors.push(error)).ok();
                rate.map(|rate| match key {
                    Some(key) => Mode::Keys(key, rate, Spread::default()),
                    None => Mode::Records(rate, Spread::default()),
                })
            }
        };
        match mode {
            Some(mode) => errors.or_ok(SampleFilter(mode)),
            None => Err(errors),
        }
    }

    fn missing(&self, errors: &mut ConfigErrors) -> Missing {
        if self.missing.is_some() && self.key.is_none() {
            errors.push(ConfigError::new("missing", "no `key` beside it", "only together with `key`"));
        }
        if self.missing == Some(Missing::Rate) && self.adaptive.is_some() {
            errors.push(ConfigError::new("missing", "`rate`, with `adaptive`", "`keep` or `drop`"));
        }
        self.missing.unwrap_or_default()
    }

    /// `None` where something was found to be wrong.
    fn adaptive(&self, config: AdaptiveConfig, key: Option<Key>, errors: &mut ConfigErrors) -> Option<Mode> {
        if self.rate.is_some() {
            errors.push(ConfigError::new("rate", "`adaptive` beside it", "one of both"));
        }
        if self.key.is_none() {
            errors.push(ConfigError::new("key", "no value", "a field's name: `adaptive` counts its values"));
        }
        let adaptive = config.build(errors);
        Some(Mode::Adaptive(key?, Box::new(adaptive?)))
    }
}

impl AdaptiveConfig {
    fn build(self, errors: &mut ConfigErrors) -> Option<Adaptive> {
        let target = self.target_per_second.filter(|target| TARGETS.contains(target));
        if target.is_none() {
            let found = self.target_per_second.map_or("no value".into(), |target| format!("the number {target}"));
            errors.push(ConfigError::new("adaptive.target_per_second", found, "a number from 0.00025 to 1000000000"));
        }
        let Period(window) = self.window.unwrap_or(WINDOW);
        if !WINDOWS.contains(&window) {
            let found = format!("the duration {window:?}");
            errors.push(ConfigError::new("adaptive.window", found, "a duration from 1s to 24h"));
        }
        let records = target? * window.as_secs_f64();
        if records < 1.0 {
            let found = format!("the duration {window:?}, in which {records} records are to be kept");
            errors.push(ConfigError::new("adaptive.window", found, "one of one record or more"));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the ranges are checked")]
        let records = records.round() as u64;
        Some(Adaptive::new(records, window))
    }
}

fn key(name: &str, missing: Missing) -> Result<Key, ConfigError> {
    Ok(Key { field: KeyField::new("key", name)?, missing, count: Counter::new("missing") })
}
