//! File to file in memory through the `drop` filter, on one lane, beside `grep -vF` and `dd`.

use super::blackhole::rate;
use crate::agent::{Setup, file_sink};
use crate::input::{self, LITERAL};
use crate::place::Place;
use crate::process;
use crate::stats::{Contender, interleave};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use std::fs::{File, remove_file};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let rivals = Rivals::new(place)?;
    let bytes = rivals.input.metadata()?.len();
    rivals.check(place)?;
    let contenders: [Contender<'_>; 3] = [
        Box::new(|| Ok(rate(bytes, rivals.timed(&rivals.ours, || rivals.agent(place))?))),
        Box::new(|| Ok(rate(bytes, rivals.timed(&rivals.theirs, || rivals.grep())?))),
        Box::new(|| Ok(rate(bytes, rivals.timed(&rivals.theirs, || rivals.dd())?))),
    ];
    let [agent, grep, dd] = interleave(place.scale.rounds, contenders)?;
    for (name, sample) in [("agent", &agent), ("grep -vF", &grep), ("dd", &dd)] {
        eprintln!("  {name}: {:.0} MB/s (from {:.0} to {:.0})", sample.median(), sample.min(), sample.max());
    }
    let row = |name: &str, rival: f64| Row {
        what: format!("file → drop → file in memory, 1 lane, to {name}"),
        measured: format!("{:.0} MB/s", agent.median()),
        beside: Some(format!("{name} {rival:.0} MB/s")),
        ratio: Some(agent.median() / rival),
        target: None,
    };
    let to_grep = agent.median() / grep.median();
    let target = Some(Target::at_least(to_grep, 1.3, "×"));
    let to_dd = Some(Target::at_least(agent.median() / dd.median(), 1.0, "×"));
    Ok(vec![
        Row { target, ..row("grep -vF", grep.median()) },
        Row { target: to_dd, ..row("dd bs=512k (all of it)", dd.median()) },
    ])
}

struct Rivals {
    input: PathBuf,
    ours: PathBuf,
    theirs: PathBuf,
}

impl Rivals {
    fn new(place: &Place) -> anyhow::Result<Self> {
        Ok(Self { input: input::ensure(place)?, ours: place.scratch("ours.out"), theirs: place.scratch("theirs.out") })
    }

    /// Once, unmeasured: both write the same bytes.
    fn check(&self, place: &Place) -> anyhow::Result<()> {
        self.grep()?;
        self.agent(place)?;
        ensure!(is_same(&self.ours, &self.theirs)?, "the agent's output differs from that of grep -vF");
        remove_file(&self.ours)?;
        remove_file(&self.theirs)?;
        Ok(())
    }

    /// Each round writes fresh pages: an output that is there is removed, and not within the time.
    fn timed(&self, output: &Path, run: impl FnOnce() -> anyhow::Result<Duration>) -> anyhow::Result<Duration> {
        let elapsed = run()?;
        remove_file(output).with_context(|| format!("the output of {}", self.input.display()))?;
        Ok(elapsed)
    }

    fn agent(&self, place: &Place) -> anyhow::Result<Duration> {
        let run = Setup::new(place, self.input.clone(), file_sink(&self.ours)).run_once(place, "file")?;
        eprintln!("  the agent, by itself: {}", run.report.stages());
        Ok(run.elapsed)
    }

    fn grep(&self) -> anyhow::Result<Duration> {
        let mut command = Command::new("grep");
        command.env("LC_ALL", "C").args(["-vF", LITERAL]).arg(&self.input).stdout(File::create(&self.theirs)?);
        Ok(process::run(&mut command)?.0)
    }

    fn dd(&self) -> anyhow::Result<Duration> {
        let argument = |key: &str, path: &Path| format!("{key}={}", path.display());
        let mut command = Command::new("dd");
        command.args([argument("if", &self.input), argument("of", &self.theirs), "bs=512k".into()]);
        Ok(process::run(&mut command)?.0)
    }
}

/// Whether two files hold the same bytes.
pub(super) fn is_same(one: &Path, other: &Path) -> anyhow::Result<bool> {
    let open = |path: &Path| File::open(path).map(|file| BufReader::with_capacity(1 << 20, file));
    let (mut one, mut other) = (open(one)?, open(other)?);
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let count = left.len().min(right.len());
        if count == 0 {
            return Ok(left.len() == right.len());
        }
        if left[..count] != right[..count] {
            return Ok(false);
        }
        one.consume(count);
        other.consume(count);
    }
}
