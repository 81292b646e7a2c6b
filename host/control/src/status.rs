//! What an agent says of itself, as plain data. Not for how it is shown.

use logagent_telemetry::Report;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A running agent at one moment.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Status {
    /// The agent's version.
    pub version: String,
    /// Its process.
    pub pid: u32,
    /// Since its start.
    pub uptime_seconds: f64,
    /// The path of its configuration, as it was given.
    pub config: String,
    /// All counts.
    pub report: Report,
    /// What passed through each pipeline lately; empty in the agent's first second.
    pub rates: BTreeMap<String, Rate>,
    /// By filter: what its counts don't say.
    pub filters: BTreeMap<String, FilterStatus>,
    /// By lane.
    pub lanes: Vec<LaneStatus>,
}

/// What passed through a pipeline, a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Rate {
    /// Over how many seconds it was measured.
    pub seconds: f64,
    /// Records received.
    pub records_in: f64,
    /// Records delivered.
    pub records_out: f64,
    /// Bytes received.
    pub bytes_in: f64,
    /// Bytes delivered.
    pub bytes_out: f64,
}

/// A filter's component and what becomes of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FilterStatus {
    /// The component's path.
    pub component: String,
    /// The SHA-256 of the component, in hexadecimal.
    pub hash: String,
    /// How often the component was replaced, counted from 1.
    pub generation: u64,
    /// What becomes of a record that the filter fails on: `dead_letter`, `pass`, `drop` or `stop`.
    pub on_error: String,
    /// When this generation was loaded, in seconds since the Unix epoch.
    pub loaded_at: u64,
    /// The last attempt to replace it.
    pub last_reload: Option<LastReload>,
    /// The component that is to replace it.
    pub canary: Option<CanaryStatus>,
    /// The component that is compared with it.
    pub shadow: Option<ShadowStatus>,
}

/// An attempt to replace a filter's component.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct LastReload {
    /// When, in seconds since the Unix epoch.
    pub at: u64,
    /// Why it changed nothing; `None` where it succeeded.
    pub error: Option<String>,
}

/// A canary.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CanaryStatus {
    /// The component's path.
    pub component: String,
    /// The SHA-256 of the component, in hexadecimal.
    pub hash: String,
    /// The share of the records that it gets, from 0 to 1.
    pub share: f64,
    /// When this step began, in seconds since the Unix epoch.
    pub since: u64,
    /// Records that it decided over in this step.
    pub records: u64,
    /// Those that it failed on.
    pub errors: u64,
    /// Those that it dropped.
    pub dropped: u64,
    /// Records that the filter itself decided over in this step.
    pub filter_records: u64,
    /// Those that the filter itself dropped.
    pub filter_dropped: u64,
    /// What it does, or why it was given up, in words.
    pub state: String,
}

/// A shadow.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ShadowStatus {
    /// The component's path.
    pub component: String,
    /// The SHA-256 of the component, in hexadecimal.
    pub hash: String,
    /// The share of the records that it gets, from 0 to 1.
    pub share: f64,
    /// Records that it was asked for.
    pub records: u64,
    /// Those on which it decided otherwise than the filter.
    pub differing: u64,
}

/// A lane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct LaneStatus {
    /// By pipeline, by filter: the generation that serves this lane. Lanes replace their instances each at a batch's
    /// end, so that for a moment they differ.
    pub generations: BTreeMap<String, BTreeMap<String, u64>>,
}
