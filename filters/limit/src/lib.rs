//! The standard filter `limit`: lets so many records, or bytes, a second pass, for each key or in all, and drops, routes
//! or samples what is more. The limit is that of all lanes together. It changes no record.

mod config;

mod bucket;
mod over;

use logagent_conditions::{Group, Groups, KeyField};
use logagent_sdk::metrics::Counter;
use logagent_sdk::state::{Outcome, Table};
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter, Output, Reason};

use bucket::{Bucket, Limits};
use over::Over;

pub use config::{Config, OverName};

/// The filter.
#[derive(Debug)]
pub struct LimitFilter {
    key: Option<Key>,
    limits: Limits,
    buckets: Table<Bucket>,
    over: Over,
    groups: Groups,
    /// How many records passed because the state had no room for their key's bucket.
    unlimited: Counter,
    /// Whether each record of the batch is over the limit.
    is_over: Vec<bool>,
}

/// Where the key is; and how many records had none.
#[derive(Debug)]
struct Key {
    field: KeyField,
    missing: Counter,
}

const OVER_LIMIT: Reason = Reason::named(LimitFilter::REASONS, "over_limit");
const OVER: Output = Output::named(LimitFilter::OUTPUTS, "over");

/// The key of all records where there is no `key`, and of those without it: they have one bucket together, since who
/// limits all keys does not mean to let pass what has none.
const NONE: &[u8] = b"";

impl Filter for LimitFilter {
    type Config = Config;
    const NAME: &'static str = "limit";
    const REASONS: &'static [&'static str] = &["over_limit"];
    const OUTPUTS: &'static [&'static str] = &["over"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn outputs(&self) -> Vec<String> {
        let outputs = if matches!(self.over, Over::Route) { Self::OUTPUTS } else { &[] };
        outputs.iter().map(ToString::to_string).collect()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        let Self { key, limits, buckets, over, groups, unlimited, is_over } = self;
        groups.begin(batch.observed_unix_nano());
        match key {
            Some(key) => key.for_each(batch, |key, record| groups.add(key, record)),
            None => (0..batch.len()).for_each(|record| groups.add(NONE, record)),
        }
        groups.end();
        is_over.clear();
        is_over.resize(batch.len(), false);
        let keys: Vec<&[u8]> = groups.iter().map(|group| group.key).collect();
        let outcomes = buckets.update(&keys, |index, bucket| {
            let mut bucket = limits.filled(bucket, batch.observed_unix_nano());
            let has_taken = take(groups.get(index).records, batch, limits, &mut bucket, is_over);
            // A bucket that is only fuller is as well what it was, and the time.
            has_taken.then_some(bucket)
        })?;
        for group in refused(groups, &outcomes) {
            group.records.iter().for_each(|&record| is_over[record] = false);
            unlimited.add(group.records.len() as u64);
        }
        let is_over = is_over.iter().enumerate().filter(|(_, is_over)| **is_over);
        is_over.for_each(|(record, _)| over.decide(record, decisions));
        Ok(())
    }
}

/// The keys whose tokens could not be written down. Each of their batches would find a full bucket again, and what is over
/// that be lost for no limit that anyone set: all of it passes instead.
fn refused<'a>(groups: &'a Groups, outcomes: &'a [Outcome]) -> impl Iterator<Item = Group<'a>> {
    groups.iter().zip(outcomes).filter(|(_, outcome)| **outcome == Outcome::Refused).map(|(group, _)| group)
}

/// Lets these records take what they need; answers whether one did.
fn take(records: &[usize], batch: &Batch<'_>, limits: &Limits, bucket: &mut Bucket, is_over: &mut [bool]) -> bool {
    let mut has_taken = false;
    for &record in records {
        let bytes = batch.record(record).map_or(0, |record| record.body().len());
        is_over[record] = !limits.take(bucket, bytes);
        has_taken |= !is_over[record];
    }
    has_taken
}

impl Key {
    fn for_each(&mut self, batch: &Batch<'_>, mut each: impl FnMut(&[u8], usize)) {
        let mut without = 0;
        self.field.for_each(batch, |record, key| {
            without += u64::from(key.is_none());
            each(key.unwrap_or(NONE), record.index());
        });
        self.missing.add(without);
    }
}

logagent_sdk::export!(LimitFilter);
