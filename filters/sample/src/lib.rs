//! The standard filter `sample`: keeps a share of the records and drops the rest. With a key, all records of one key
//! share its lot, everywhere and for good; without, each lane spreads what it keeps evenly over what it sees. In the
//! adaptive mode the share of a key follows from how often it came last, and lanes keep to a rate together. It changes no
//! record.

mod config;

mod adaptive;
mod key;
mod level;
mod shape;

use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Reason, Share, Spread};

use adaptive::Adaptive;
use key::Key;

pub use config::{AdaptiveConfig, Config, Missing};

/// The filter.
#[derive(Debug)]
pub struct SampleFilter(Mode);

#[derive(Debug)]
enum Mode {
    /// A share of all records.
    Records(Share, Spread),
    /// A share of all keys; of records without the key, where they are to be sampled, too.
    Keys(Key, Share, Spread),
    /// As many records of each key as a rate leaves for it.
    Adaptive(Key, Box<Adaptive>),
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
        match &mut self.0 {
            Mode::Records(rate, spread) => {
                (0..batch.len()).filter(|_| !spread.has_next(rate)).for_each(|it| decisions.drop(it, SAMPLED));
            }
            Mode::Keys(key, rate, spread) => key.for_each(batch, |record, key| {
                let reason = match key {
                    Ok(key) => (!rate.has(key::hash(key))).then_some(SAMPLED),
                    Err(missing) => missing.verdict(|| spread.has_next(rate)),
                };
                reason.into_iter().for_each(|reason| decisions.drop(record, reason));
            }),
            Mode::Adaptive(key, adaptive) => {
                adaptive.begin(batch);
                key.for_each(batch, |record, key| match key {
                    Ok(key) => adaptive.add(key, record),
                    Err(missing) => {
                        missing.verdict(|| true).into_iter().for_each(|reason| decisions.drop(record, reason));
                    }
                });
                adaptive.decide(|record| decisions.drop(record, SAMPLED));
            }
        }
        Ok(())
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
