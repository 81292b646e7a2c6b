//! The standard filter `dedupe`: of records with the same key the first passes, and the rest are dropped until its window
//! closes, in all lanes together. On request one record then says how many were dropped. It changes no record.

mod config;

mod capture;
mod key;

mod open;
mod sample;
mod summaries;

use std::time::Duration;

use logagent_conditions::Groups;
use logagent_sdk::state::{Outcome, Table};
use logagent_sdk::{Batch, ConfigErrors, Decisions, Emits, Failure, Filter, Reason};

use key::Key;
use summaries::{Repeated, Summaries};

pub use config::Config;

/// The filter.
#[derive(Debug)]
pub struct DedupeFilter {
    key: Key,
    window: Duration,
    /// When the window of a key closes, in milliseconds since the Unix epoch. The entry is gone then.
    windows: Table<i64>,
    summaries: Option<Summaries>,
    groups: Groups,
    /// When the filter was last told the time, in nanoseconds since the Unix epoch.
    ticked_unix_nano: u64,
}

const REPEATED: Reason = Reason::named(DedupeFilter::REASONS, "repeated");

impl Filter for DedupeFilter {
    type Config = Config;
    const NAME: &'static str = "dedupe";
    const REASONS: &'static [&'static str] = &["repeated"];

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        let Self { key, windows, summaries, groups, .. } = self;
        groups.begin(batch.observed_unix_nano());
        key.for_each(batch, |record, key| groups.add(key, record.index()));
        groups.end();
        let closes = self.ticked_unix_nano.max(batch.observed_unix_nano()) / 1_000_000 + milliseconds(self.window);
        let outcomes = windows.insert(groups.iter().map(|group| (group.key, closes.cast_signed())));
        let repeated = groups.iter().zip(outcomes).map(|(group, outcome)| Repeated {
            key: group.key,
            records: &group.records[usize::from(outcome != Outcome::NotDone)..],
        });
        let repeated: Vec<_> = repeated.filter(|repeated| !repeated.records.is_empty()).collect();
        for &record in repeated.iter().flat_map(|repeated| repeated.records) {
            decisions.drop(record, REPEATED);
        }
        if let Some(summaries) = summaries.as_mut().filter(|_| !repeated.is_empty()) {
            summaries.note(&repeated, windows.get(repeated.iter().map(|repeated| repeated.key)), batch);
        }
        Ok(())
    }

    fn tick(&mut self, now_unix_nano: u64, emits: &mut Emits) -> Result<(), Failure> {
        self.ticked_unix_nano = now_unix_nano;
        if let Some(summaries) = &mut self.summaries {
            summaries.tick(now_unix_nano / 1_000_000, emits);
        }
        Ok(())
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

logagent_sdk::export!(DedupeFilter);
