//! A sink's buffer on the disk: written through beside the plain file sink, emptied, and found again at the start.

use super::blackhole::rate;
use crate::agent::{Setup, blackhole, file_sink};
use crate::input;
use crate::place::Place;
use crate::process::{self, Running};
use crate::stats::{Contender, Sample, interleave, number};
use crate::table::{Row, Target};
use anyhow::{Context, ensure};
use serde_json::{Value, json};
use std::fs::{File, remove_dir_all, remove_file};
use std::io::{Read, copy};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let mut rows = write_through(place)?;
    rows.push(drain(place)?);
    rows.push(ready(place)?);
    Ok(rows)
}

/// What a buffer's file begins with, in bytes, before its first entry.
const SEGMENT_HEADER: u64 = 128;

/// A sink behind a buffer that holds all that these measurements put there.
fn buffered(mut sink: Value) -> Value {
    sink["buffer"] = json!({"type": "disk", "max_bytes": "64GiB"});
    sink
}

fn write_through(place: &Place) -> anyhow::Result<Vec<Row>> {
    let input = input::ensure(place)?;
    let (bytes, output) = (input.metadata()?.len(), place.scratch("buffer.out"));
    let setup = |sink| Setup { filters: Vec::new(), ..Setup::new(place, input.clone(), sink) };
    let run = |sink: Value| -> anyhow::Result<f64> {
        let run = setup(sink).run_once(place, "buffer")?;
        ensure!(run.report.in_flight == 0 && run.report.delivered == run.report.received, "{:?}", run.report);
        if output.exists() {
            remove_file(&output)?;
        }
        Ok(rate(bytes, run.elapsed))
    };
    let contenders: [Contender<'_>; 3] = [
        Box::new(|| run(file_sink(&output))),
        Box::new(|| run(buffered(blackhole()))),
        Box::new(|| run(buffered(file_sink(&output)))),
    ];
    let [plain, through, whole] = interleave(place.scale.rounds, contenders)?;
    for (name, sample) in [("plain file", &plain), ("buffer → blackhole", &through), ("buffer → file", &whole)] {
        eprintln!("  {name}: {:.0} MB/s (from {:.0} to {:.0})", sample.median(), sample.min(), sample.max());
    }
    let row = |what: &str, sample: &Sample, target| Row {
        what: format!("{what}, tmpfs, 1 lane, whole process"),
        measured: format!("{:.0} MB/s", sample.median()),
        beside: Some(format!("plain file {:.0} MB/s", plain.median())),
        ratio: Some(sample.median() / plain.median()),
        target,
    };
    let to_plain = through.median() / plain.median();
    Ok(vec![
        row("written through a disk buffer", &through, Some(Target::at_least(through.median(), 500.0, "MB/s"))),
        row("the same, to the plain file sink", &through, Some(Target::at_least(to_plain, 0.7, "×"))),
        row("disk buffer and the file behind it", &whole, None),
    ])
}

/// An agent with these parts, and nothing between them.
fn command(place: &Place, data_dir: &Path, source: &Value, sink: Value) -> anyhow::Result<Command> {
    let config = place.scratch("buffer-backlog.yaml");
    let document = json!({
        "data_dir": data_dir,
        "lanes": 1,
        "sources": {"app": source},
        "sinks": {"out": buffered(sink)},
        "pipelines": {"main": {"from": ["app"], "to": ["out"]}},
    });
    std::fs::write(&config, document.to_string())?;
    let mut command = Command::new(&place.agent);
    command.arg("run").arg("--config").arg(config).stdin(Stdio::null());
    Ok(command)
}

/// Leaves this input so many times in a buffer; answers its bytes. The sink behind is a FIFO that nobody reads.
pub(super) fn fill(place: &Place, data_dir: &Path, input: &Path, times: u64) -> anyhow::Result<u64> {
    let fifo = place.scratch("buffer.fifo");
    if !fifo.exists() {
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, mode).context("a FIFO")?;
    }
    let mut command = command(place, data_dir, &json!({"type": "stdin"}), file_sink(&fifo))?;
    let mut agent = Running::start(command.stdin(Stdio::piped()))?;
    let mut pipe = agent.child.stdin.take().expect("it was asked for");
    let mut bytes = 0;
    for _ in 0..times {
        bytes += copy(&mut File::open(input)?, &mut pipe)?;
    }
    drop(pipe);
    // A short input may not have been read yet.
    let (segment, started) = (data_dir.join("buffers/out/00000001.seg"), Instant::now());
    while segment.metadata().map_or(0, |found| found.len()) <= SEGMENT_HEADER {
        ensure!(started.elapsed() < Duration::from_secs(60), "the buffer has nothing after a minute");
        std::thread::sleep(Duration::from_millis(1));
    }
    agent.terminate()?;
    Ok(bytes)
}

fn no_source(place: &Place) -> anyhow::Result<Value> {
    let empty = place.scratch("empty.log");
    File::create(&empty)?;
    Ok(json!({"type": "file", "include": [empty]}))
}

fn drain(place: &Place) -> anyhow::Result<Row> {
    let data_dir = place.scratch("buffer-drain");
    let mut rates = Vec::new();
    for _ in 0..place.scale.rounds.min(3) {
        let bytes = fill(place, &data_dir, &input::ensure(place)?, 1)?;
        let (elapsed, _) = process::run(command(place, &data_dir, &no_source(place)?, blackhole())?.arg("--once"))?;
        rates.push(rate(bytes, elapsed));
        remove_dir_all(&data_dir)?;
    }
    let sample = Sample::new(rates);
    eprintln!("  drain: {:.0} MB/s (from {:.0} to {:.0})", sample.median(), sample.min(), sample.max());
    let what = "a backlog is drained, tmpfs, whole process";
    let target = Some(Target::at_least(sample.median(), 500.0, "MB/s"));
    Ok(Row { target, ..Row::reported(what, format!("{:.0} MB/s", sample.median())) })
}

fn ready(place: &Place) -> anyhow::Result<Row> {
    let data_dir = on_disk()?;
    let backlog = if place.scale.is_quick { 1 << 30 } else { 10_000_000_000 };
    let times = backlog_times(place, backlog)?;
    let filled = fill(place, &data_dir, &input::ensure(place)?, times);
    let first = filled.and_then(|bytes| Ok((bytes, first_record(place, &data_dir)?)));
    remove_dir_all(&data_dir)?;
    let (bytes, elapsed) = first?;
    let gigabytes = number(bytes) / 1e9;
    Ok(Row {
        target: Some(Target::at_most(elapsed.as_secs_f64(), 2.0, "s")),
        ..Row::reported(
            format!("start to first record out with a backlog of {gigabytes:.1} GB, on the disk"),
            format!("{:.3} s", elapsed.as_secs_f64()),
        )
    })
}

pub(super) fn backlog_times(place: &Place, backlog: u64) -> anyhow::Result<u64> {
    Ok(backlog.div_ceil(input::ensure(place)?.metadata()?.len()))
}

/// A directory beside what was built: a backlog of this size does not belong into memory.
pub(super) fn on_disk() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("this program's path")?;
    let directory = own.with_file_name("bench-backlog");
    if directory.exists() {
        remove_dir_all(&directory)?;
    }
    Ok(directory)
}

/// From the start to the first byte on a pipe.
pub(super) fn first_record(place: &Place, data_dir: &Path) -> anyhow::Result<Duration> {
    let mut command = command(place, data_dir, &no_source(place)?, json!({"type": "stdout"}))?;
    let started = Instant::now();
    let mut agent = Running::start(command.stdout(Stdio::piped()))?;
    let mut pipe = agent.child.stdout.take().expect("it was asked for");
    pipe.read_exact(&mut [0])?;
    Ok(started.elapsed())
}
