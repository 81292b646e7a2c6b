//! The standard filter `sample`: keeps a share of the records and drops the rest. With a key, all records of one key
//! share its lot, everywhere and for good; without, each lane spreads what it keeps evenly over what it sees. It
//! changes no record.

mod config;
mod key;

use logagent_conditions::KeyField;
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason, Share, Spread, metrics::Counter};

pub use config::{Config, Missing};

/// The filter.
#[derive(Debug)]
pub struct SampleFilter {
    rate: Share,
    spread: Spread,
    key: Option<Key>,
}

/// Where the key is, and what becomes of records that have none.
#[derive(Debug)]
struct Key {
    field: KeyField,
    missing: Missing,
    /// How many records had none.
    count: Counter,
}

const SAMPLED: Reason = Reason::named(SampleFilter::REASONS, "sampled");
const MISSING: Reason = Reason::named(SampleFilter::REASONS, "missing");

impl Filter for SampleFilter {
    type Config = Config;
    const NAME: &'static str = "sample";
    const REASONS: &'static [&'static str] = &["sampled", "missing"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        let Self { rate, spread, key } = self;
        match key {
            Some(key) => key.decide(rate, spread, batch, decisions),
            None => (0..batch.len()).filter(|_| !spread.has_next(rate)).for_each(|it| decisions.drop(it, SAMPLED)),
        }
        Ok(())
    }
}

impl Key {
    fn decide(&mut self, rate: &Share, spread: &mut Spread, batch: &Batch<'_>, decisions: &mut Decisions) {
        let Self { field, missing, count } = self;
        let mut without = 0;
        field.for_each(batch, |record, key| {
            let verdict = match key {
                Some(key) => (!rate.has(key::hash(key))).then_some(SAMPLED),
                None => {
                    without += 1;
                    missing.verdict(|| spread.has_next(rate))
                }
            };
            if let Some(reason) = verdict {
                decisions.drop(record.index(), reason);
            }
        });
        count.add(without);
    }
}

impl Missing {
    /// Why a record without the key is dropped, if it is.
    fn verdict(self, keeps_next: impl FnOnce() -> bool) -> Option<Reason> {
        match self {
            Self::Keep => None,
            Self::Drop => Some(MISSING),
            Self::Rate => (!keeps_next()).then_some(SAMPLED),
        }
    }
}

logagent_sdk::export!(SampleFilter);
