//! The filter, natively: what is joined, which tables and configurations are refused, and a model.

mod joins;
mod refusals;

use logagent_filter_enrich::EnrichFilter;
use logagent_sdk::ConfigErrors;
use logagent_sdk::testing::Harness;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A table's file, gone with the test.
struct Table {
    directory: TempDir,
    name: &'static str,
}

impl Table {
    fn new(name: &'static str, text: impl AsRef<[u8]>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join(name), text).unwrap();
        Self { directory, name }
    }

    /// A filter with this table, and these keys of its configuration.
    fn filter(&self, config: &Value) -> Result<Harness<EnrichFilter>, ConfigErrors> {
        let mut config = config.clone();
        config["table"] = json!(self.directory.path().join(self.name));
        Harness::new(config)
    }
}
