//! How long a line takes from being appended to one file to lying in another, at a steady pace. The lines carry the
//! time at which they were appended; one thread appends, one looks at the output, the agent works in between.

mod appender;
mod line;
mod rsyslog;
mod watcher;

use super::file::is_same;
use crate::agent::{Report, Setup, file_sink};
use crate::place::Place;
use crate::process::Running;
use crate::stats::Sample;
use crate::table::{Row, Target};
use anyhow::ensure;
use appender::Pace;
use serde_json::{Value, json};
use std::fs::{File, remove_file};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use watcher::Watched;

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let rsyslog = rsyslog::p50_p99_max(place);
    let cases = [(100, json!("10ms"), 15.0), (100, json!("1ms"), 2.0), (10, json!(0), 1.0)];
    let mut rows = Vec::new();
    for (megabytes, max_age, limit_ms) in cases {
        let delays = agent(place, megabytes, &max_age)?;
        let age = max_age.as_str().unwrap_or("0");
        let p99 = ms(&delays, 99);
        rows.push(Row {
            what: format!("delay append → written, {megabytes} MB/s, max_age {age}: p99"),
            measured: show(&delays),
            beside: (megabytes == 10).then(|| rsyslog.clone()),
            ratio: None,
            target: Some(Target::at_most(p99, limit_ms, "ms")),
        });
    }
    Ok(rows)
}

fn ms(delays: &Sample, percent: usize) -> f64 {
    delays.quantile(percent, 100) * 1e3
}

fn show(delays: &Sample) -> String {
    let (p50, p99, max) = (ms(delays, 50), ms(delays, 99), delays.max() * 1e3);
    format!("p50 {p50:.2}, p99 {p99:.2}, max {max:.1} ms")
}

/// The files of one case: what is followed, and what is written.
struct Files {
    input: PathBuf,
    output: PathBuf,
}

impl Files {
    /// Fresh ones, with memory for all that will be written. Both exist before anybody follows or writes them.
    fn make(place: &Place, megabytes: u64) -> anyhow::Result<Self> {
        let files = Self { input: place.scratch("followed.log"), output: place.scratch("written.log") };
        touch_memory(&files.input, 2 * megabytes * place.scale.delay.as_secs())?;
        File::create(&files.input)?;
        File::create(&files.output)?;
        Ok(files)
    }
}

/// Fills a file of so many megabytes and removes it, so that its pages are at hand. A virtual machine's may not be:
/// where the hypervisor had to find them first, the followers fell behind by hundreds of milliseconds.
fn touch_memory(path: &Path, megabytes: u64) -> anyhow::Result<()> {
    let block = vec![1; 1_000_000];
    let mut file = File::create(path)?;
    for _ in 0..megabytes {
        file.write_all(&block)?;
    }
    remove_file(path)?;
    Ok(())
}

impl Drop for Files {
    fn drop(&mut self) {
        // Up to a gigabyte of memory each.
        let _ = remove_file(&self.input);
        let _ = remove_file(&self.output);
    }
}

fn agent(place: &Place, megabytes: u64, max_age: &Value) -> anyhow::Result<Sample> {
    let files = Files::make(place, megabytes)?;
    let setup = Setup::new(place, files.input.clone(), file_sink(&files.output));
    // No line holds the filter's literal: it looks at all of them, and keeps them.
    let setup = Setup { max_age: max_age.clone(), ..setup };
    let (mut agent, report) = setup.follow(place, "delay")?;
    let (delays, lines) = pace(place, &files, megabytes, &agent, &format!("agent, max_age {max_age}"))?;
    agent.terminate()?;
    let report = Report::read(&report)?;
    let (received, delivered) = (report.received, report.delivered);
    ensure!(
        delivered == lines && report.in_flight == 0,
        "{lines} lines appended, {received} read, {delivered} written"
    );
    Ok(delays)
}

/// Appends and watches; the delays, and how many lines were appended.
fn pace(place: &Place, files: &Files, megabytes: u64, follower: &Running, name: &str) -> anyhow::Result<(Sample, u64)> {
    appender::append_first(&files.input)?;
    watcher::wait_for_first(&files.output)?;
    let cpu_before = follower.cpu_seconds()?;
    let pace = Pace { bytes_per_second: megabytes * 1_000_000, duration: place.scale.delay };
    let lines = AtomicU64::new(watcher::UNKNOWN);
    let (appended, watched) = thread::scope(|scope| {
        let appender = scope
            .spawn(|| appender::append(&files.input, pace).inspect(|count| lines.store(*count, Ordering::Relaxed)));
        let watcher = scope.spawn(|| watcher::watch(&files.output, &lines, place.scale.delay_discarded));
        (appender.join().expect("appending never panics"), watcher.join().expect("watching never panics"))
    });
    let (appended, Watched { delays, gaps, blind }) = (appended?, watched?);
    let load = (follower.cpu_seconds()? - cpu_before) / place.scale.delay.as_secs_f64();
    eprintln!("  {megabytes} MB/s, {name}: {} ({:.0} % of a core)", show(&delays), load * 100.0);
    eprintln!(
        "    own resolution, the time between two looks: {}; blind for {:.1} % of it",
        show(&gaps),
        blind * 100.0
    );
    ensure!(is_same(&files.input, &files.output)?, "what was written differs from what was appended");
    Ok((delays, appended))
}
