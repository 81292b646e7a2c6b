//! What it costs to keep how far files were delivered: many files with checkpoints that are written ten times as often as by
//! default, on the disk, beside the same without.

use super::blackhole::rate;
use super::buffer::on_disk;
use crate::agent::{Report, Setup, blackhole};
use crate::input;
use crate::place::Place;
use crate::process;
use crate::stats::{Contender, Sample, rounds};
use crate::table::{Row, Target};
use anyhow::ensure;
use serde_json::json;
use std::fs::{File, create_dir_all, remove_dir_all};
use std::io::{BufRead, BufReader, Write, copy};
use std::path::{Path, PathBuf};
use std::time::Duration;

const FILES: u64 = 1000;

/// Ten times as often as by default, and never within a run.
const ON: &str = "100ms";
const OFF: &str = "1h";

/// A run is short, and what it is compared with differs by percents.
const ROUNDS_OF_OTHERS: usize = 3;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let (logs, data_dir) = (place.scratch("checkpointed"), on_disk()?);
    let bytes = split(&input::ensure(place)?, &logs)?;
    let of = |interval: &'static str| -> Contender<'_, Pace> {
        let (logs, data_dir) = (logs.clone(), data_dir.clone());
        Box::new(move || pace(place, &logs, &data_dir, interval, bytes))
    };
    let values = rounds(place.scale.rounds * ROUNDS_OF_OTHERS, vec![of(ON), of(OFF)]);
    if data_dir.exists() {
        remove_dir_all(&data_dir)?;
    }
    remove_dir_all(&logs)?;
    let values = values?;
    let what = format!("{FILES} files → nowhere, 1 lane, checkpoints each {ON} on the disk (by default each 1s)");
    let by_time = row(what, &values, |pace| pace.by_time, true);
    // What others take of the machine is not in it.
    let by_processor = row("the same, by processor time".into(), &values, |pace| pace.by_processor, false);
    Ok(vec![by_time, by_processor])
}

/// MB in a second: one that passes, and one of the processor's.
#[derive(Clone, Copy)]
struct Pace {
    by_time: f64,
    by_processor: f64,
}

/// The median of the rounds' ratios, so that what slows the machine down for a while counts in neither.
fn row(what: String, values: &[Vec<Pace>], of: impl Fn(&Pace) -> f64, has_target: bool) -> Row {
    let [on, off] = [0, 1].map(|index: usize| Sample::new(values[index].iter().map(&of).collect()));
    let ratios = Sample::new(values[0].iter().zip(&values[1]).map(|(on, off)| of(on) / of(off)).collect());
    eprintln!("  {what}: ratios from {:.3} to {:.3}", ratios.min(), ratios.max());
    Row {
        what,
        measured: format!("{:.0} MB/s", on.median()),
        beside: Some(format!("none within the run {:.0} MB/s", off.median())),
        ratio: Some(ratios.median()),
        target: has_target.then(|| Target::at_least(ratios.median(), 0.97, "×")),
    }
}

/// Cuts the log into files of about one length, each of whole lines; answers the bytes of all.
fn split(log: &Path, logs: &Path) -> anyhow::Result<u64> {
    create_dir_all(logs)?;
    let bytes = log.metadata()?.len();
    let mut from = BufReader::with_capacity(1 << 20, File::open(log)?);
    for number in 0..FILES {
        let mut file = File::create(logs.join(format!("{number}.log")))?;
        copy(&mut std::io::Read::take(&mut from, bytes / FILES), &mut file)?;
        let mut rest = Vec::new();
        from.read_until(b'\n', &mut rest)?;
        file.write_all(&rest)?;
    }
    Ok(bytes)
}

/// Over all files.
fn pace(place: &Place, logs: &Path, data_dir: &Path, interval: &str, bytes: u64) -> anyhow::Result<Pace> {
    let mut setup = Setup::new(place, logs.join("*.log"), blackhole());
    (setup.filters, setup.data_dir) = (Vec::new(), PathBuf::from(data_dir));
    let mut document = setup.document();
    document["checkpoints"] = json!({ "interval": interval });
    let config = place.scratch("checkpoints.yaml");
    std::fs::write(&config, document.to_string())?;
    let mut command = std::process::Command::new(&place.agent);
    let report = place.scratch("checkpoints.report.json");
    command.arg("run").arg("--config").arg(&config).arg("--once").arg("--report").arg(&report);
    let (elapsed, _) = process::run(&mut command)?;
    ensure!(!data_dir.join("checkpoints").exists(), "a run that has come to its end leaves none");
    let processor = Duration::from_secs_f64(Report::read(&report)?.cpu_seconds);
    Ok(Pace { by_time: rate(bytes, elapsed), by_processor: rate(bytes, processor) })
}
