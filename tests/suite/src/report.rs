//! The report that a run leaves.

use crate::{Place, ctl};
use serde_json::Value;

/// Counts by their place in the document.
#[derive(Clone, Debug)]
pub struct Report(Value);

impl Report {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().map(Self)
    }

    /// The same of the agent that runs in the place, once it answers.
    #[must_use]
    pub fn of_running(place: &Place) -> Option<Self> {
        let (code, text, _) = ctl(place, &["status", "--json"]);
        let mut status: Value = serde_json::from_str(&text).ok().filter(|_| code == 0)?;
        status.get_mut("report").map(Value::take).map(Self)
    }

    /// The count at a JSON pointer without its first slash: `filters/quiet/kept`.
    ///
    /// # Panics
    /// Where no count is there.
    #[must_use]
    pub fn count(&self, pointer: &str) -> u64 {
        self.find(pointer).unwrap_or_else(|| panic!("no count at {pointer} in {:#}", self.0))
    }

    /// The number at a JSON pointer, which may have a fraction.
    ///
    /// # Panics
    /// Where none is there.
    #[must_use]
    pub fn number(&self, pointer: &str) -> f64 {
        let found = self.0.pointer(&format!("/{pointer}")).and_then(Value::as_f64);
        found.unwrap_or_else(|| panic!("no number at {pointer} in {:#}", self.0))
    }

    /// The same, where it may be missing.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<u64> {
        self.0.pointer(&format!("/{pointer}"))?.as_u64()
    }

    /// Whether a sink can be written now; `None` where there is no such sink.
    #[must_use]
    pub fn is_healthy(&self, sink: &str) -> Option<bool> {
        self.0.pointer(&format!("/sinks/{sink}/healthy"))?.as_bool()
    }

    /// The sum of the counts in an object, by name.
    ///
    /// # Panics
    /// Where no object is there.
    #[must_use]
    pub fn sum(&self, pointer: &str) -> u64 {
        let found = self.0.pointer(&format!("/{pointer}")).and_then(Value::as_object);
        let found = found.unwrap_or_else(|| panic!("no counts at {pointer} in {:#}", self.0));
        found.values().filter_map(Value::as_u64).sum()
    }

    /// # Panics
    /// Where the law does not hold, for the whole or for a pipeline.
    pub fn assert_law(&self) {
        assert_balance(&self.0);
        let pipelines = self.0["pipelines"].as_object().expect("pipelines");
        assert!(!pipelines.is_empty());
        pipelines.values().for_each(assert_balance);
    }
}

fn assert_balance(counts: &Value) {
    let sum = |names: &[&str]| names.iter().map(|name| counts[name].as_u64().expect("a count")).sum::<u64>();
    let ends = ["delivered", "dropped", "dead_lettered", "in_flight"];
    assert_eq!(sum(&["received", "emitted"]), sum(&ends), "the law, in {counts:#}");
}
