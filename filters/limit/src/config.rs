//! The configuration's keys, and what of them is refused.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use logagent_conditions::{Groups, KeyField};
use logagent_sdk::metrics::Counter;
use logagent_sdk::state::Table;
use logagent_sdk::{ConfigError, ConfigErrors, Share, Size, Spread};
use serde::Deserialize;

use crate::bucket::{Flow, Limits};
use crate::over::Over;
use crate::{Key, LimitFilter};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The field whose values have a bucket each.
    pub key: Option<String>,
    /// How many records pass a second.
    pub records_per_second: Option<f64>,
    /// How many bytes of bodies pass a second.
    pub bytes_per_second: Option<Size>,
    /// How many records pass at once.
    pub burst: Option<u64>,
    /// How many bytes pass at once.
    pub burst_bytes: Option<Size>,
    /// What becomes of what is over the limit.
    pub over: Option<OverName>,
    /// The share of it that passes all the same.
    pub rate: Option<f64>,
}

/// What becomes of records that are over the limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverName {
    /// They are dropped.
    #[default]
    Drop,
    /// They go to the output `over`.
    Route,
    /// A share of them passes, the others are dropped.
    Sample,
}

/// From a record in a quarter of an hour to more than any machine reads. What a bucket counts in has room for more.
const RECORDS_PER_SECOND: RangeInclusive<f64> = 0.001..=1e9;
const BURST: RangeInclusive<u64> = 1..=1_000_000_000_000;
const BYTES: RangeInclusive<u64> = 1..=1 << 40;

/// A bucket is kept longer than it takes to fill by this: the clock of a batch is that of its reading, and so behind the
/// clock by which the state forgets.
const LAG: Duration = Duration::from_secs(10);

/// What a bucket counts in, in a record or byte.
const MILLIONTHS: u64 = 1_000_000;

impl Config {
    pub(crate) fn build(self) -> Result<LimitFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let key = self.key.as_deref().and_then(|name| {
            let field = KeyField::new("key", name).map_err(|error| errors.push(error)).ok()?;
            Some(Key { field, missing: Counter::new("missing") })
        });
        if self.records_per_second.is_none() && self.bytes_per_second.is_none() {
            errors.push(ConfigError::new("", "no limit", "`records_per_second`, `bytes_per_second` or both"));
        }
        let limits = Limits { records: self.records(&mut errors), bytes: self.bytes(&mut errors) };
        let over = self.over(&mut errors);
        let Some(over) = over else { return Err(errors) };
        let buckets = Table::new("bucket").expiring(limits.fill_in() + LAG);
        let (groups, unlimited, is_over) = (Groups::default(), Counter::new("unlimited"), Vec::new());
        errors.or_ok(LimitFilter { key, limits, buckets, over, groups, unlimited, is_over })
    }

    fn records(&self, errors: &mut ConfigErrors) -> Option<Flow> {
        check_beside("burst", self.burst.is_some(), "records_per_second", self.records_per_second.is_some(), errors);
        let burst = checked("burst", self.burst, &BURST, "a number from 1 to 1000000000000", errors);
        let allowed = "a number from 0.001 to 1000000000";
        let rate = checked("records_per_second", self.records_per_second, &RECORDS_PER_SECOND, allowed, errors)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
        let (millionths, a_second) = ((rate * MILLIONTHS as f64).round() as u64, rate.ceil() as u64);
        Some(Flow::new(millionths, burst.unwrap_or(a_second)))
    }

    fn bytes(&self, errors: &mut ConfigErrors) -> Option<Flow> {
        check_beside(
            "burst_bytes",
            self.burst_bytes.is_some(),
            "bytes_per_second",
            self.bytes_per_second.is_some(),
            errors,
        );
        let allowed = "a size from 1B to 1TiB";
        let bytes = |size: Option<Size>| size.map(|Size(bytes)| bytes);
        let burst = checked("burst_bytes", bytes(self.burst_bytes), &BYTES, allowed, errors);
        let rate = checked("bytes_per_second", bytes(self.bytes_per_second), &BYTES, allowed, errors)?;
        Some(Flow::new(rate * MILLIONTHS, burst.unwrap_or(rate)))
    }

    fn over(&self, errors: &mut ConfigErrors) -> Option<Over> {
        let over = self.over.unwrap_or_default();
        if over != OverName::Sample && self.rate.is_some() {
            errors.push(ConfigError::new("rate", "no `over: sample` beside it", "only together with it"));
        }
        Some(match over {
            OverName::Drop => Over::Drop,
            OverName::Route => Over::Route,
            OverName::Sample => {
                let share = Share::configured("rate", self.rate).map_err(|error| errors.push(error)).ok()?;
                Over::Sample(share, Spread::default())
            }
        })
    }
}

/// The value of a key, unless it is out of its range.
fn checked<T: PartialOrd + Display>(
    key: &str,
    value: Option<T>,
    range: &RangeInclusive<T>,
    allowed: &str,
    errors: &mut ConfigErrors,
) -> Option<T> {
    let value = value?;
    if range.contains(&value) {
        return Some(value);
    }
    errors.push(ConfigError::new(key, format!("the number {value}"), allowed));
    None
}

/// Tells of a key that means nothing without another.
fn check_beside(key: &str, is_given: bool, other: &str, is_other_given: bool, errors: &mut ConfigErrors) {
    if is_given && !is_other_given {
        let found = format!("no `{other}` beside it");
        errors.push(ConfigError::new(key, found, format!("only together with `{other}`")));
    }
}
