//! Two files on one lane and on two. Two greps at once show how far the machine itself goes: processors that share
//! their caches and memory with others, or are busy, don't do twice as much.

use crate::agent::{Setup, blackhole};
use crate::input::{self, LITERAL};
use crate::place::Place;
use crate::stats::{Contender, Sample, interleave};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use std::fs::remove_file;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let (first, second) = (input::ensure(place)?, input::ensure_copy(place)?);
    let setup = |lanes: usize| {
        let mut setup = Setup { lanes, ..Setup::new(place, first.clone(), blackhole()) };
        setup.inputs.push(second.clone());
        setup
    };
    let (one, two) = (setup(1), setup(2));
    let delivered = one.run_once(place, "lanes")?.report.delivered;
    let seconds = |setup: &Setup| {
        let run = setup.run_once(place, "lanes")?;
        let (found, in_flight) = (run.report.delivered, run.report.in_flight);
        ensure!(found == delivered && in_flight == 0, "{found} records delivered, {delivered} before");
        Ok(run.elapsed.as_secs_f64())
    };
    let contenders: [Contender<'_>; 4] = [
        Box::new(|| seconds(&one)),
        Box::new(|| seconds(&two)),
        Box::new(|| Ok(grep_seconds(&[&first])? + grep_seconds(&[&second])?)),
        Box::new(|| grep_seconds(&[&first, &second])),
    ];
    let samples = interleave(place.scale.rounds, contenders)?;
    remove_file(&second)?;
    Ok(vec![row(&samples)])
}

fn row([one, two, greps, greps_at_once]: &[Sample; 4]) -> Row {
    for (name, sample) in [("1 lane", one), ("2 lanes", two), ("2 greps", greps), ("at once", greps_at_once)] {
        eprintln!("  {name}: {:.3} s (from {:.3} to {:.3})", sample.median(), sample.min(), sample.max());
    }
    let ratio = one.median() / two.median();
    let machine = greps.median() / greps_at_once.median();
    Row {
        what: "two files → drop → blackhole: 2 lanes to 1".into(),
        measured: format!("{:.3} s", two.median()),
        beside: Some(format!("1 lane {:.3} s (2 greps at once: {machine:.2} ×)", one.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, 1.8, "×")),
    }
}

/// One grep a file, all at once. Their counts stay in the pipes: with /dev/null they would stop at the first match.
fn grep_seconds(inputs: &[&Path]) -> anyhow::Result<f64> {
    let start = |input: &&Path| -> anyhow::Result<Child> {
        let mut command = Command::new("grep");
        command.env("LC_ALL", "C").args(["-cvF", LITERAL]).arg(input).stdout(Stdio::piped());
        command.spawn().context("start grep")
    };
    let started = Instant::now();
    let greps = inputs.iter().map(start).collect::<anyhow::Result<Vec<_>>>()?;
    for mut grep in greps {
        ensure!(grep.wait()?.success(), "grep -cvF failed");
    }
    Ok(started.elapsed().as_secs_f64())
}
