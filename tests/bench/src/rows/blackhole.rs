//! File to nowhere through the `drop` filter, on one lane: whole processes beside `grep -cvF`, and beside the design's
//! prototype where one is given.

use crate::agent::{Setup, blackhole};
use crate::input::{self, LITERAL};
use crate::place::Place;
use crate::process;
use crate::stats::{Contender, Sample, interleave, number};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let input = input::ensure(place)?;
    let bytes = input.metadata()?.len();
    let setup = Setup::new(place, input.clone(), blackhole());
    // Unmeasured: fills the cache of compiled components, and the page cache where the input is on a disk.
    let (_, kept) = grep(&input)?;
    let first = setup.run_once(place, "blackhole")?;
    eprintln!("  the agent, by itself: {}", first.report.stages());
    let agent = || {
        let run = setup.run_once(place, "blackhole")?;
        let (received, delivered) = (run.report.received, run.report.delivered);
        ensure!(delivered == kept, "{delivered} of {received} records were delivered, grep counts {kept}");
        Ok(rate(bytes, run.elapsed))
    };
    let contenders: [Contender<'_>; 2] = [Box::new(agent), Box::new(|| Ok(rate(bytes, grep(&input)?.0)))];
    let [ours, theirs] = interleave(place.scale.rounds, contenders)?;
    let mut rows = vec![row("grep -cvF", &ours, &theirs, 0.85)];
    if let Some(prototype) = prototype(&input) {
        let prototype: Contender<'_> = Box::new(prototype);
        let [theirs] = interleave(place.scale.rounds, [prototype])?;
        rows.push(row("the prototype", &ours, &theirs, 0.95));
    }
    Ok(rows)
}

fn row(name: &str, ours: &Sample, theirs: &Sample, limit: f64) -> Row {
    for (name, sample) in [("agent", ours), (name, theirs)] {
        eprintln!("  {name}: {:.0} MB/s (from {:.0} to {:.0})", sample.median(), sample.min(), sample.max());
    }
    let ratio = ours.median() / theirs.median();
    Row {
        what: format!("file → drop → blackhole, 1 lane, to {name}"),
        measured: format!("{:.0} MB/s", ours.median()),
        beside: Some(format!("{name} {:.0} MB/s", theirs.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, limit, "×")),
    }
}

/// Megabytes a second.
pub(super) fn rate(bytes: u64, elapsed: Duration) -> f64 {
    number(bytes) / 1e6 / elapsed.as_secs_f64()
}

/// `-c`, since grep stops at the first match when its output is /dev/null. How long it took, and the lines it kept.
fn grep(input: &Path) -> anyhow::Result<(Duration, u64)> {
    let mut command = Command::new("grep");
    let (elapsed, output) = process::run(command.env("LC_ALL", "C").args(["-cvF", LITERAL]).arg(input))?;
    let count = String::from_utf8(output.stdout)?.trim().parse().context("grep's count")?;
    Ok((elapsed, count))
}

/// The prototype's own figure, which leaves its start and compilation out: stricter than whole processes.
fn prototype(input: &Path) -> Option<impl FnMut() -> anyhow::Result<f64>> {
    let program: OsString = env::var_os("LOGAGENT_BENCH_PROTOTYPE")?;
    let guest: OsString = env::var_os("LOGAGENT_BENCH_PROTOTYPE_GUEST")?;
    let mut command = Command::new(program);
    command.arg(guest).arg(input).args(["/dev/null", "epoch"]);
    Some(move || {
        let (_, output) = process::run(&mut command)?;
        let line = String::from_utf8(output.stdout)?;
        let figure = line.split_once(" MB/s").and_then(|(before, _)| before.rsplit(' ').next());
        figure.with_context(|| format!("no figure in {line:?}"))?.parse().context("the prototype's MB/s")
    })
}
