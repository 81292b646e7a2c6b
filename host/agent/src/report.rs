//! The report at the end of a run: taken from the meters, written as JSON.

use anyhow::Context;
use logagent_telemetry::{Meters, Report};
use rustix::time::{ClockId, clock_gettime};
use std::path::Path;
use std::time::{Duration, Instant};

/// All counts as of now.
pub(crate) fn now(meters: &Meters, started: Instant) -> Report {
    Report::of(meters, started.elapsed().as_secs_f64(), cpu_time().as_secs_f64())
}

/// How often a source could not open, read or list something.
pub(crate) fn unreadable(meters: &Meters) -> u64 {
    meters.sources.all().iter().map(|(_, meter)| meter.unreadable.get()).sum()
}

/// The processor time that this process has used, over all threads.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default()
}

/// Writes the report.
pub(crate) fn write(report: &Report, path: &Path) -> anyhow::Result<()> {
    let document = serde_json::to_string_pretty(report)?;
    std::fs::write(path, document + "\n").with_context(|| format!("report {}", path.display()))
}
