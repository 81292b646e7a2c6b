//! What records cost on which a filter traps: throughput with some of them, beside that of the same log without.

use super::blackhole::rate;
use crate::agent::{Setup, blackhole};
use crate::input;
use crate::place::Place;
use crate::stats::{Contender, interleave};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use serde_json::json;
use std::fs::{File, remove_file};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// One record of so many is poisoned.
const EVERY: u64 = 100_000;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let clean = input::ensure(place)?;
    let poisoned = place.scratch("poisoned.jsonl");
    let count = poison(&clean, &poisoned).with_context(|| format!("write {}", poisoned.display()))?;
    let contenders: [Contender<'_>; 2] =
        [Box::new(|| pace(place, &poisoned, count)), Box::new(|| pace(place, &clean, 0))];
    let [with, without] = interleave(place.scale.rounds, contenders)?;
    let ratio = with.median() / without.median();
    Ok(vec![Row {
        what: format!("a filter that traps on one record in {EVERY} (all put aside)"),
        measured: format!("{:.0} MB/s", with.median()),
        beside: Some(format!("none poisoned {:.0} MB/s", without.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, 0.8, "×")),
    }])
}

/// Copies the log with poison in it; answers how many records of it.
fn poison(clean: &Path, poisoned: &Path) -> std::io::Result<u64> {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(poisoned)?);
    let mut count = 0;
    for (line, number) in BufReader::with_capacity(1 << 20, File::open(clean)?).split(b'\n').zip(1..) {
        if number % EVERY == EVERY / 2 {
            out.write_all(b"POISON ")?;
            count += 1;
        }
        out.write_all(&line?)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(count)
}

/// MB/s over a log that has so many poisoned records.
fn pace(place: &Place, input: &Path, poisoned: u64) -> anyhow::Result<f64> {
    let data_dir = place.scratch("poison-data");
    let setup = Setup {
        filters: vec![(place.test_guests.clone(), json!({"mode": "poison-trap"}))],
        routes: json!({"alerts": ["out"]}),
        data_dir: data_dir.clone(),
        ..Setup::new(place, PathBuf::from(input), blackhole())
    };
    let run = setup.run_once(place, "poison")?;
    let aside = run.report.received - run.report.delivered;
    ensure!(aside == poisoned, "{aside} records were put aside, {poisoned} are poisoned");
    let letters = data_dir.join("dead_letters.jsonl");
    if letters.exists() {
        remove_file(letters)?;
    }
    Ok(rate(input.metadata()?.len(), run.elapsed))
}
