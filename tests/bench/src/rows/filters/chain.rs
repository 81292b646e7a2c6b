//! Filters one behind the other, beside each of them alone over the same input: whether a chain costs more than its
//! parts. The parts are given every line, though in the chain a filter sees only what those before it kept: what the
//! chain saves that way is its own merit.

use super::super::blackhole::rate;
use super::Case;
use crate::agent::Setup;
use crate::input;
use crate::place::Place;
use crate::stats::{Contender, Sample, interleave_all};
use crate::table::{Row, Target};
use anyhow::ensure;
use std::time::Duration;

/// How many times as long as its parts a chain may take.
const LIMIT: f64 = 1.2;

/// One setup's runs, in seconds.
struct Times {
    whole: Sample,
    /// Of it, within the filters.
    filtering: Sample,
}

pub(super) fn measure(case: &Case, place: &Place) -> anyhow::Result<Row> {
    let input = input::ensure_kind(place, case.input, place.scale.input_bytes)?;
    let chain = case.setup(place, input.clone());
    let alone = chain.filters.iter().map(|filter| Setup { filters: vec![filter.clone()], ..chain.clone() });
    let setups: Vec<Setup> = std::iter::once(chain.clone()).chain(alone).collect();
    let times = run_all(&setups, place)?;
    let (chain, parts) = times.split_first().expect("the chain is one");
    for (name, times) in std::iter::once(case.what).chain(case.filters.iter().map(|(name, _)| *name)).zip(&times) {
        let (whole, filtering) = (times.whole.median(), times.filtering.median());
        eprintln!("  {name}: {whole:.3} s, of which filters {filtering:.3} s");
    }
    Ok(row(case.what, chain, parts, input.metadata()?.len()))
}

fn run_all(setups: &[Setup], place: &Place) -> anyhow::Result<Vec<Times>> {
    let mut delivered = Vec::new();
    for setup in setups {
        // Unmeasured: fills the cache of compiled components.
        delivered.push(setup.run_once(place, "chain")?.report.delivered);
    }
    let mut filtering = vec![Vec::new(); setups.len()];
    let each = setups.iter().zip(&delivered).zip(&mut filtering);
    let contenders = each.map(|((setup, &delivered), filtering)| -> Contender<'_> {
        Box::new(move || {
            let run = setup.run_once(place, "chain")?;
            ensure!(run.report.delivered == delivered, "two runs over one file differ");
            filtering.push(run.report.filter_seconds());
            Ok(run.elapsed.as_secs_f64())
        })
    });
    let wholes = interleave_all(place.scale.rounds.min(3), contenders.collect())?;
    let times = |(whole, filtering)| Times { whole, filtering: Sample::new(filtering) };
    Ok(wholes.into_iter().zip(filtering).map(times).collect())
}

/// The parts add up to a run of the slowest, which reads and frames for all, and to the others' own work.
fn row(what: &str, chain: &Times, parts: &[Times], bytes: u64) -> Row {
    let slowest = parts.iter().max_by(|one, other| one.whole.median().total_cmp(&other.whole.median()));
    let slowest = slowest.expect("a chain has filters");
    let others = parts.iter().map(|part| part.filtering.median()).sum::<f64>() - slowest.filtering.median();
    let (seconds, sum) = (chain.whole.median(), slowest.whole.median() + others);
    let speed = rate(bytes, Duration::from_secs_f64(seconds));
    Row {
        what: format!("{what}, to the slowest alone + the others' work"),
        measured: format!("{seconds:.2} s ({speed:.0} MB/s)"),
        beside: Some(format!("{:.2} s + {others:.2} s", slowest.whole.median())),
        ratio: Some(seconds / sum),
        target: Some(Target::at_most(seconds / sum, LIMIT, "×")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(whole: f64, filtering: f64) -> Times {
        Times { whole: Sample::new(vec![whole]), filtering: Sample::new(vec![filtering]) }
    }

    #[test]
    fn a_chain_is_held_against_its_slowest_part_and_the_work_of_the_others() {
        let parts = [times(1.0, 0.5), times(2.0, 1.5), times(0.75, 0.25)];
        let row = row("chain", &times(3.3, 2.8), &parts, 3_300_000);
        assert_eq!(row.beside.as_deref(), Some("2.00 s + 0.75 s"));
        assert_eq!((row.measured.as_str(), row.ratio), ("3.30 s (1 MB/s)", Some(1.2)));
    }
}
