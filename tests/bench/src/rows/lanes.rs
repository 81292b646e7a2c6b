//! Two files on one lane and on two.

use crate::agent::{Setup, blackhole};
use crate::input;
use crate::place::Place;
use crate::stats::{Contender, interleave};
use crate::table::{Row, Target};
use anyhow::ensure;
use std::fs::remove_file;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let (first, second) = (input::ensure(place)?, input::ensure_copy(place)?);
    let setup = |lanes: usize| {
        let mut setup = Setup { lanes, ..Setup::new(place, first.clone(), blackhole()) };
        setup.inputs.push(second.clone());
        setup
    };
    let (one, two) = (setup(1), setup(2));
    let expected = one.run_once(place, "lanes")?.report;
    let seconds = |setup: &Setup| {
        let run = setup.run_once(place, "lanes")?;
        let (found, wanted) = (run.report.delivered, expected.delivered);
        ensure!(found == wanted && run.report.in_flight == 0, "{found} records delivered, {wanted} before");
        Ok(run.elapsed.as_secs_f64())
    };
    let contenders: [Contender<'_>; 2] = [Box::new(|| seconds(&one)), Box::new(|| seconds(&two))];
    let [one, two] = interleave(place.scale.rounds, contenders)?;
    for (name, sample) in [("1 lane", &one), ("2 lanes", &two)] {
        eprintln!("  {name}: {:.3} s (from {:.3} to {:.3})", sample.median(), sample.min(), sample.max());
    }
    remove_file(second)?;
    let ratio = one.median() / two.median();
    Ok(vec![Row {
        what: "two files → drop → blackhole: 2 lanes to 1".into(),
        measured: format!("{:.3} s", two.median()),
        beside: Some(format!("1 lane {:.3} s", one.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, 1.8, "×")),
    }])
}
