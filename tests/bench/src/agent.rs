//! The agent as it is measured: its configuration, a run to the end, a run that follows.

use crate::input::LITERAL;
use crate::place::Place;
use crate::process::{self, Running};
use anyhow::Context;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// What differs between the measurements: the rest is as `INTERFACE.md` has it by default.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) sink: Value,
    pub(crate) lanes: usize,
    /// Each with its component's file and its configuration, in their order.
    pub(crate) filters: Vec<(PathBuf, Value)>,
    /// A filter's outputs, and the sinks that they lead to.
    pub(crate) routes: Value,
    /// As the configuration writes it.
    pub(crate) max_age: Value,
    /// Where compiled components are kept.
    pub(crate) data_dir: PathBuf,
}

impl Setup {
    /// One lane that drops what contains the literal, with a cache that this run's other measurements share.
    pub(crate) fn new(place: &Place, input: PathBuf, sink: Value) -> Self {
        let data_dir = place.scratch("data");
        let filters = vec![(place.filter("drop"), json!({"contains": [LITERAL]}))];
        Self { inputs: vec![input], sink, lanes: 1, filters, routes: json!({}), max_age: "10ms".into(), data_dir }
    }

    /// JSON is YAML.
    pub(crate) fn document(&self) -> Value {
        let names: Vec<String> = (1..=self.filters.len()).map(|number| format!("filter{number}")).collect();
        // The slowest machine's pace is no reason to stop a measurement.
        let filter = |(component, config): &(PathBuf, Value)| json!({"component": component, "config": config, "limits": {"time": "10s"}});
        let filters: Map<String, Value> = names.iter().cloned().zip(self.filters.iter().map(filter)).collect();
        json!({
            "data_dir": self.data_dir,
            "lanes": self.lanes,
            "batch": {"max_age": self.max_age},
            "sources": {"app": {"type": "file", "include": self.inputs}},
            "filters": filters,
            "sinks": {"out": self.sink},
            "pipelines": {"main": {"from": ["app"], "through": names, "to": ["out"], "routes": self.routes}},
        })
    }

    /// The agent with this configuration, which lies in the scratch directory under the given name.
    pub(crate) fn command(&self, place: &Place, name: &str) -> anyhow::Result<Command> {
        let config = place.scratch(&format!("{name}.yaml"));
        std::fs::write(&config, self.document().to_string())?;
        let mut command = Command::new(&place.agent);
        command.arg("run").arg("--config").arg(config).stdin(Stdio::null());
        Ok(command)
    }

    /// Runs it over what the inputs hold.
    pub(crate) fn run_once(&self, place: &Place, name: &str) -> anyhow::Result<Run> {
        let report = place.scratch(&format!("{name}.report.json"));
        let mut command = self.command(place, name)?;
        let (elapsed, _) = process::run(command.arg("--once").arg("--report").arg(&report))?;
        Ok(Run { elapsed, report: Report::read(&report)? })
    }

    /// Starts it to follow its inputs, with a report at the end.
    pub(crate) fn follow(&self, place: &Place, name: &str) -> anyhow::Result<(Running, PathBuf)> {
        let report = place.scratch(&format!("{name}.report.json"));
        let mut command = self.command(place, name)?;
        Ok((Running::start(command.arg("--report").arg(&report))?, report))
    }
}

/// A sink that writes to this file.
pub(crate) fn file_sink(path: &Path) -> Value {
    json!({"type": "file", "path": path})
}

/// A sink that writes nowhere.
pub(crate) fn blackhole() -> Value {
    json!({"type": "blackhole"})
}

/// A run to the end.
pub(crate) struct Run {
    /// Of the whole process.
    pub(crate) elapsed: Duration,
    pub(crate) report: Report,
}

/// What the measurements read of `--report`.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    pub(crate) seconds: f64,
    pub(crate) cpu_seconds: f64,
    pub(crate) received: u64,
    pub(crate) delivered: u64,
    pub(crate) in_flight: u64,
    pub(crate) stages: Stages,
    pub(crate) reloads: Reloads,
}

/// How often something was replaced.
#[derive(Debug, Deserialize)]
pub(crate) struct Reloads {
    pub(crate) done: u64,
}

/// Seconds by stage, over all lanes.
#[derive(Debug, Deserialize)]
pub(crate) struct Stages {
    read: f64,
    frame: f64,
    filter: f64,
    write: f64,
}

impl Report {
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("report {}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Seconds within the filters, over all lanes.
    pub(crate) fn filter_seconds(&self) -> f64 {
        self.stages.filter
    }

    /// Where the time went, in one line.
    pub(crate) fn stages(&self) -> String {
        let Stages { read, frame, filter, write } = self.stages;
        format!(
            "{:.3} s ({:.3} s of processor): read {read:.3}, frame {frame:.3}, filter {filter:.3}, write {write:.3}",
            self.seconds, self.cpu_seconds
        )
    }
}
