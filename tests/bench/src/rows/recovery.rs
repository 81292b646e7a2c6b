//! How soon an agent that starts again has delivered something, by what the run before has left: a backlog in a buffer, or
//! checkpoints of files.

use super::buffer::{backlog_times, fill, first_record, on_disk};
use crate::agent::{Setup, file_sink};
use crate::input;
use crate::place::Place;
use crate::process::Running;
use crate::stats::number;
use crate::table::Row;
use anyhow::ensure;
use serde_json::json;
use std::fs::{OpenOptions, create_dir_all, metadata, remove_dir_all, remove_file, write};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

const GB: u64 = 1_000_000_000;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let backlogs: &[u64] = if place.scale.is_quick { &[0, GB] } else { &[0, GB, 10 * GB] };
    let buffers = backlogs.iter().map(|&bytes| buffer(place, bytes));
    let files = [1, 1000, 10_000].into_iter().map(|count| files(place, count));
    buffers.chain(files).collect()
}

/// From a start with a backlog of at least so many bytes, of one record where that is none.
fn buffer(place: &Place, bytes: u64) -> anyhow::Result<Row> {
    let data_dir = on_disk()?;
    let one = place.scratch("one.log");
    write(&one, "a record\n")?;
    let (input, times) = if bytes == 0 { (one, 1) } else { (input::ensure(place)?, backlog_times(place, bytes)?) };
    let first = fill(place, &data_dir, &input, times).and_then(|bytes| Ok((bytes, first_record(place, &data_dir)?)));
    remove_dir_all(&data_dir)?;
    let (bytes, elapsed) = first?;
    let what = if bytes < GB { "of one record".into() } else { format!("of {:.1} GB", number(bytes) / 1e9) };
    Ok(row(format!("recovery: start to first record, a buffer's backlog {what}, on the disk"), elapsed))
}

/// From a start with checkpoints of so many files, one of which has got a line since.
fn files(place: &Place, count: usize) -> anyhow::Result<Row> {
    let (logs, out, data_dir) = (place.scratch("recovered"), place.scratch("recovered.out"), on_disk()?);
    create_dir_all(&logs)?;
    let line = "a line that was delivered\n";
    (0..count).try_for_each(|number| write(logs.join(format!("{number}.log")), format!("{number} {line}")))?;
    let mut setup = Setup::new(place, logs.join("*.log"), file_sink(&out));
    setup.filters.clear();
    setup.data_dir.clone_from(&data_dir);
    let (mut agent, _) = setup.follow(place, "recovery")?;
    wait_for_lines(&out, count)?;
    agent.terminate()?;
    OpenOptions::new().append(true).open(logs.join(format!("{}.log", count - 1)))?.write_all(b"new\n")?;
    setup.sink = json!({"type": "stdout"});
    let elapsed = first_line(place, &setup)?;
    remove_dir_all(&logs)?;
    remove_dir_all(&data_dir)?;
    remove_file(&out)?;
    Ok(row(format!("recovery: start to first new record, checkpoints of {count} files"), elapsed))
}

fn wait_for_lines(out: &Path, count: usize) -> anyhow::Result<()> {
    let started = Instant::now();
    let is_there =
        || std::fs::read(out).is_ok_and(|bytes| bytes.iter().filter(|&&byte| byte == b'\n').count() == count);
    while metadata(out).is_err() || !is_there() {
        ensure!(started.elapsed() < Duration::from_secs(120), "not all was delivered in two minutes");
        sleep(Duration::from_millis(20));
    }
    Ok(())
}

fn first_line(place: &Place, setup: &Setup) -> anyhow::Result<Duration> {
    let mut command = setup.command(place, "recovery")?;
    let started = Instant::now();
    let mut agent = Running::start(command.stdout(Stdio::piped()))?;
    let mut pipe = agent.child.stdout.take().expect("it was asked for");
    let mut found = [0; 4];
    pipe.read_exact(&mut found)?;
    let elapsed = started.elapsed();
    ensure!(found == *b"new\n", "what was delivered comes again: {:?}", String::from_utf8_lossy(&found));
    Ok(elapsed)
}

fn row(what: String, elapsed: Duration) -> Row {
    Row::reported(what, format!("{:.3} s", elapsed.as_secs_f64()))
}
