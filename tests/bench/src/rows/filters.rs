//! The standard filters, file to nowhere on one lane, each beside what does the same elsewhere: a command, and a loop of
//! native code in this process that reads, works on each line, and throws the result away.

mod cases;
mod chain;
mod commands;
mod native;

use super::blackhole::rate;
use crate::agent::{Setup, blackhole};
use crate::input::{self, Kind};
use crate::place::Place;
use crate::stats::{Contender, Sample, interleave_all};
use crate::table::{Row, Target};
use anyhow::ensure;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One thing that filters do.
struct Case {
    what: &'static str,
    input: Kind,
    /// Each with its configuration.
    filters: Vec<(&'static str, Value)>,
    rivals: Vec<Rival>,
    /// MB/s.
    at_least: Option<f64>,
}

/// What does the same.
struct Rival {
    name: &'static str,
    run: Run,
    /// How many times as fast the agent must be.
    target: Option<f64>,
    /// It is so slow that a sixteenth of the input says enough.
    is_slow: bool,
}

/// Runs over a file, and answers how long it took.
type Run = Box<dyn Fn(&Path) -> anyhow::Result<Duration>>;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for case in cases::all(place) {
        rows.extend(case.measure(place)?);
    }
    rows.push(chain::measure(&cases::chain(), place)?);
    Ok(rows)
}

impl Rival {
    fn contender<'a>(&'a self, whole: &'a Path, part: &'a Path) -> Contender<'a> {
        let input = if self.is_slow { part } else { whole };
        Box::new(move || Ok(rate(input.metadata()?.len(), (self.run)(input)?)))
    }
}

impl Case {
    fn setup(&self, place: &Place, input: PathBuf) -> Setup {
        let filters = self.filters.iter().map(|(name, config)| (place.filter(name), config.clone())).collect();
        Setup { filters, ..Setup::new(place, input, blackhole()) }
    }

    fn measure(&self, place: &Place) -> anyhow::Result<Vec<Row>> {
        let bytes = place.scale.input_bytes;
        let whole = input::ensure_kind(place, self.input, bytes)?;
        let part = input::ensure_kind(place, self.input, bytes / 16)?;
        let setup = self.setup(place, whole.clone());
        // Unmeasured: fills the cache of compiled components.
        let first = setup.run_once(place, "filters")?;
        eprintln!("  {}: {}", self.what, first.report.stages());
        let agent: Contender<'_> = Box::new(|| {
            let run = setup.run_once(place, "filters")?;
            ensure!(run.report.delivered == first.report.delivered, "two runs over one file differ");
            Ok(rate(whole.metadata()?.len(), run.elapsed))
        });
        let contenders =
            std::iter::once(agent).chain(self.rivals.iter().map(|rival| rival.contender(&whole, &part))).collect();
        let samples = interleave_all(place.scale.rounds.min(3), contenders)?;
        Ok(self.rows(&samples))
    }

    fn rows(&self, samples: &[Sample]) -> Vec<Row> {
        let (ours, theirs) = samples.split_first().expect("the agent is one");
        let measured = format!("{:.0} MB/s", ours.median());
        let target = self.at_least.map(|limit| Target::at_least(ours.median(), limit, "MB/s"));
        let is_alone = target.is_some() || self.rivals.is_empty();
        let absolute = is_alone.then(|| Row { target, ..Row::reported(self.what, measured.clone()) });
        let beside = self.rivals.iter().zip(theirs).map(|(rival, sample)| {
            let ratio = ours.median() / sample.median();
            Row {
                what: format!("{}, to {}", self.what, rival.name),
                measured: measured.clone(),
                beside: Some(format!("{:.0} MB/s", sample.median())),
                ratio: Some(ratio),
                target: rival.target.map(|target| Target::at_least(ratio, target, "×")),
            }
        });
        absolute.into_iter().chain(beside).collect()
    }
}
