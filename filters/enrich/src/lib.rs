//! The standard filter `enrich`: joins a table, from a CSV or JSONL file, to the records by a key, and adds columns of it
//! as attributes. The table is read when the filter is configured; the host starts the filter anew when the file changes.

mod config;
mod read;

mod arena;
mod table;

mod join;

use logagent_conditions::KeyField;
use logagent_sdk::metrics::Counter;
use logagent_sdk::{Batch, ConfigErrors, Decisions, Failure, Filter};

use join::Join;
use table::Table;

pub use config::{Config, Missing};

/// The filter.
#[derive(Debug)]
pub struct EnrichFilter {
    key: KeyField,
    table: Table,
    join: Join,
    missing: Missing,
    metrics: Metrics,
}

#[derive(Debug)]
struct Metrics {
    /// Records whose key the table does not have.
    missing: Counter,
    /// Records without a key.
    keyless: Counter,
    /// Records whose attributes are no map, to which none can be added.
    malformed: Counter,
}

impl Filter for EnrichFilter {
    type Config = Config;
    const NAME: &'static str = "enrich";

    fn configure(config: Config) -> Result<Self, ConfigErrors> {
        config.build()
    }

    fn process(&mut self, batch: &Batch<'_>, decisions: &mut Decisions) -> Result<(), Failure> {
        let Self { key, table, join, missing, metrics } = self;
        let (mut misses, mut keyless, mut malformed) = (0, 0, 0);
        key.for_each(batch, |record, key| {
            keyless += u64::from(key.is_none());
            let joined = match key.and_then(|key| table.find(key)) {
                Some(row) => join.add(record, row, decisions),
                None => {
                    misses += 1;
                    *missing == Missing::Pass || join.mark(record, decisions)
                }
            };
            malformed += u64::from(!joined);
        });
        metrics.missing.add(misses - keyless);
        metrics.keyless.add(keyless);
        metrics.malformed.add(malformed);
        Ok(())
    }
}

logagent_sdk::export!(EnrichFilter);
