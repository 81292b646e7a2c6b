//! The agent's memory at full speed on one lane, as PSS: RSS would count the ring once more for each window.

use crate::agent::{Setup, blackhole};
use crate::input;
use crate::place::Place;
use crate::process::Running;
use crate::stats::number;
use crate::table::{Row, Target};
use anyhow::ensure;
use serde_json::json;
use std::fs::remove_dir_all;
use std::thread::sleep;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(20);

/// A peak is found or missed by chance: the highest of so many runs.
const RUNS: usize = 3;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let mut one = Setup::new(place, input::ensure(place)?, blackhole());
    one.inputs.push(input::ensure_copy(place)?);
    one.data_dir = place.scratch("memory-data");
    let mut three = one.clone();
    three.filters.extend([
        (place.filter("redact"), json!({"kinds": ["email", "card", "ipv4"]})),
        (place.filter("trim"), json!({"add": {"gen": 1}})),
    ]);
    Ok(vec![row(place, &one, "a filter", 48.0)?, row(place, &three, "three filters", 64.0)?])
}

fn row(place: &Place, setup: &Setup, filters: &str, most_mib: f64) -> anyhow::Result<Row> {
    // The first run compiles, and keeps what it compiled.
    let cold = peak_mib(place, setup)?;
    let mut warm: f64 = 0.0;
    for _ in 0..RUNS {
        warm = warm.max(peak_mib(place, setup)?);
    }
    remove_dir_all(&setup.data_dir)?;
    Ok(Row {
        what: format!("memory (PSS, highest sample), 1 lane, {filters}, full speed"),
        measured: format!("{warm:.1} MiB"),
        beside: Some(format!("where it also compiles: {cold:.1} MiB")),
        ratio: None,
        target: Some(Target::at_most(warm, most_mib, "MiB")),
    })
}

fn peak_mib(place: &Place, setup: &Setup) -> anyhow::Result<f64> {
    let mut agent = Running::start(setup.command(place, "memory")?.arg("--once"))?;
    let mut samples = Vec::new();
    while agent.child.try_wait()?.is_none() {
        samples.extend(agent.pss_bytes());
        sleep(INTERVAL);
    }
    agent.wait()?;
    let peak = number(samples.iter().copied().max().unwrap_or(0)) / f64::from(1 << 20);
    eprintln!("  {peak:.1} MiB at most in {} samples", samples.len());
    ensure!(samples.len() >= 3, "the agent was done after {} samples", samples.len());
    Ok(peak)
}
