//! Other programs: run and timed, or kept running and ended. Nothing here knows the agent.

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::read_to_string;
use std::process::{Child, Command, ExitStatus, Output};
use std::time::{Duration, Instant};

/// Runs it to its end. The time is that of the whole process, from its start until it was waited for.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<(Duration, Output)> {
    let started = Instant::now();
    let output = command.output().with_context(|| format!("start {command:?}"))?;
    let elapsed = started.elapsed();
    check(command, output.status, &output.stderr)?;
    Ok((elapsed, output))
}

/// The same for a command whose output goes elsewhere.
pub(crate) fn run_unread(command: &mut Command) -> anyhow::Result<Duration> {
    let started = Instant::now();
    let status = command.status().with_context(|| format!("start {command:?}"))?;
    let elapsed = started.elapsed();
    check(command, status, b"")?;
    Ok(elapsed)
}

fn check(command: &Command, status: ExitStatus, stderr: &[u8]) -> anyhow::Result<()> {
    ensure!(status.success(), "{command:?}: {status}: {}", String::from_utf8_lossy(stderr).trim());
    Ok(())
}

/// A program that runs beside the measurement, and not longer than that.
pub(crate) struct Running {
    pub(crate) child: Child,
    name: String,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command.spawn().with_context(|| format!("start {command:?}"))?;
        Ok(Self { child, name })
    }

    /// The processor time that it has used so far.
    pub(crate) fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let stat = read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name, which may hold anything: fields 14 and 15 of proc_pid_stat(5) are utime and stime.
        let (_, rest) = stat.rsplit_once(')').context("a stat line without a name")?;
        let ticks = rest.split_ascii_whitespace().skip(11).take(2).map(str::parse::<f64>);
        let ticks: f64 = ticks.sum::<Result<_, _>>()?;
        #[expect(clippy::cast_precision_loss, reason = "it is 100")]
        Ok(ticks / rustix::param::clock_ticks_per_second() as f64)
    }

    /// Its proportional memory now; `None` while it starts or ends, when it has none.
    pub(crate) fn pss_bytes(&self) -> Option<u64> {
        let rollup = read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).ok()?;
        let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
        let kib: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024)
    }

    pub(crate) fn wait(&mut self) -> anyhow::Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "{}: {status}", self.name);
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn terminate(&mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended by itself: {status}", self.name);
        }
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        self.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
