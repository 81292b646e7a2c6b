//! What a reload costs, of a component that was compiled before: how long until the first record under the new
//! generation is out, and what it takes of the throughput.

use super::blackhole::rate;
use crate::agent::{Report, Setup, blackhole};
use crate::input;
use crate::place::Place;
use crate::process::Running;
use crate::stats::{Contender, Sample, interleave};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use serde_json::json;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

/// One after the other takes the other's place, so that both are in the cache after two reloads.
const VERSIONS: u64 = 2;

/// Between two reloads: the last one is over long before.
const PAUSE: Duration = Duration::from_millis(500);

/// Between two records that go through the agent whose reloads are timed.
const STEP: Duration = Duration::from_micros(200);

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let delays = delays(place)?;
    let p50 = delays.median() * 1e3;
    let max = delays.max() * 1e3;
    let delay = Row {
        target: Some(Target::at_most(p50, 100.0, "ms")),
        ..Row::reported(
            "reload, file renamed → first record under it (compiled before)",
            format!("{p50:.1} ms, max {max:.1} ms"),
        )
    };
    Ok(vec![delay, throughput(place)?])
}

/// An agent whose component and configuration are replaced.
struct Changing {
    setup: Setup,
    component: Vec<u8>,
    generation: u64,
}

impl Changing {
    /// `mark.wasm` adds the generation to each record.
    fn new(place: &Place, inputs: Vec<PathBuf>, sink: serde_json::Value) -> anyhow::Result<Self> {
        let component = fs::read(place.filter("trim"))?;
        let first = inputs.first().context("an input")?.clone();
        let filters = vec![(place.scratch("mark.wasm"), json!({"add": {"gen": 0}}))];
        let changing =
            Self { setup: Setup { inputs, filters, ..Setup::new(place, first, sink) }, component, generation: 0 };
        fs::write(place.scratch("mark.wasm"), &changing.component)?;
        Ok(changing)
    }

    /// Renames another version of the component and the next generation's configuration into place.
    fn change(&mut self, place: &Place) -> anyhow::Result<u64> {
        self.generation += 1;
        let version = u8::try_from(self.generation % VERSIONS)?;
        // Another hash: a custom section more, which nobody reads.
        let component = [&self.component[..], &[0, 3, 1, b'v', version]].concat();
        self.setup.filters[0].1 = json!({"add": {"gen": self.generation}});
        let (new_component, new_config) = (place.scratch("new.wasm"), place.scratch("new.yaml"));
        fs::write(&new_component, component)?;
        fs::write(&new_config, self.setup.document().to_string())?;
        fs::rename(&new_component, place.scratch("mark.wasm"))?;
        fs::rename(&new_config, place.scratch("reload.yaml"))?;
        Ok(self.generation)
    }
}

/// Seconds from the first rename to the first record that was marked by the new generation, on the agent's output.
fn delays(place: &Place) -> anyhow::Result<Sample> {
    let input = place.scratch("reload-input.jsonl");
    let file = File::create(&input)?;
    let mut changing = Changing::new(place, vec![input], json!({"type": "stdout"}))?;
    let mut command = changing.setup.command(place, "reload")?;
    let mut agent = Running::start(command.stdout(Stdio::piped()).stderr(Stdio::null()))?;
    let pipe = agent.child.stdout.take().expect("it was asked for");
    let (is_over, (seen, sees)) = (AtomicBool::new(false), channel());
    scope(|scope| {
        let feeder = scope.spawn(|| feed(file, &is_over));
        let reader = scope.spawn(|| watch(pipe, &seen));
        let delays = time_reloads(place, &mut changing, &sees);
        is_over.store(true, Ordering::Relaxed);
        let ended = agent.terminate();
        feeder.join().expect("feeding never panics")?;
        reader.join().expect("reading never panics")?;
        ended.and(delays)
    })
}

fn time_reloads(place: &Place, changing: &mut Changing, sees: &Receiver<(u64, Instant)>) -> anyhow::Result<Sample> {
    let mut delays = Vec::new();
    wait_for(0, sees)?;
    for _ in 0..VERSIONS {
        let generation = changing.change(place)?;
        wait_for(generation, sees)?;
    }
    for _ in 0..3 * place.scale.rounds {
        sleep(PAUSE);
        let started = Instant::now();
        let generation = changing.change(place)?;
        delays.push(wait_for(generation, sees)?.duration_since(started).as_secs_f64());
    }
    Ok(Sample::new(delays))
}

/// When the generation was first seen.
fn wait_for(wanted: u64, sees: &Receiver<(u64, Instant)>) -> anyhow::Result<Instant> {
    loop {
        let (generation, at) = sees.recv_timeout(PATIENCE).context("a reload that never came")?;
        if generation == wanted {
            return Ok(at);
        }
    }
}

fn feed(mut file: File, is_over: &AtomicBool) -> anyhow::Result<()> {
    while !is_over.load(Ordering::Relaxed) {
        file.write_all(b"{\"message\":\"a record\"}\n")?;
        sleep(STEP);
    }
    Ok(())
}

/// Tells of each generation's first record, as soon as it can be read.
fn watch(pipe: impl Read, seen: &Sender<(u64, Instant)>) -> anyhow::Result<()> {
    let mut last = None;
    for line in BufReader::new(pipe).lines() {
        let line = line?;
        let generation = line.rsplit_once(':').and_then(|(_, end)| end.trim_end_matches('}').parse().ok());
        if generation != last {
            last = generation;
            seen.send((generation.context("a record without a generation")?, Instant::now()))?;
        }
    }
    Ok(())
}

/// Whole runs, with and without reloads, by turns.
fn throughput(place: &Place) -> anyhow::Result<Row> {
    let inputs = vec![input::ensure(place)?, input::ensure_copy(place)?];
    let bytes = inputs.iter().map(|input| Ok(input.metadata()?.len())).sum::<std::io::Result<u64>>()?;
    let run = |reloads: bool| -> anyhow::Result<f64> {
        let mut changing = Changing::new(place, inputs.clone(), blackhole())?;
        let report = place.scratch("reload.report.json");
        let mut command = changing.setup.command(place, "reload")?;
        let mut agent = Running::start(command.arg("--once").arg("--report").arg(&report).stderr(Stdio::null()))?;
        let mut changed_at = Instant::now();
        while agent.child.try_wait()?.is_none() {
            if reloads && changed_at.elapsed() >= PAUSE {
                changing.change(place)?;
                changed_at = Instant::now();
            }
            sleep(Duration::from_millis(1));
        }
        agent.wait()?;
        let report = Report::read(&report)?;
        eprintln!("  {} reloads in {:.2} s", report.reloads.done, report.seconds);
        // A quick run is over before its first.
        ensure!(place.scale.is_quick || (report.reloads.done > 0) == reloads, "{} reloads", report.reloads.done);
        ensure!(report.in_flight == 0 && report.delivered == report.received, "records are missing");
        Ok(rate(bytes, Duration::from_secs_f64(report.seconds)))
    };
    // Unmeasured: fills the cache of compiled components with both versions.
    run(true)?;
    let contenders: [Contender<'_>; 2] = [Box::new(|| run(false)), Box::new(|| run(true))];
    let [quiet, reloading] = interleave(place.scale.rounds, contenders)?;
    let ratio = reloading.median() / quiet.median();
    Ok(Row {
        what: "throughput with two reloads a second, 1 lane".into(),
        measured: format!("{:.0} MB/s", reloading.median()),
        beside: Some(format!("without {:.0} MB/s", quiet.median())),
        ratio: Some(ratio),
        target: Some(Target::at_least(ratio, 0.9, "×")),
    })
}
