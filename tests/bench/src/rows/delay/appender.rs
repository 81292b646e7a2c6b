//! The service that logs: appends stamped lines at a steady pace, in small writes.

use super::line;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How fast, and for how long.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    pub(super) bytes_per_second: u64,
    pub(super) duration: Duration,
}

/// Often enough that the pace is even on the scale of the delays to be found.
const WRITES_PER_SECOND: u32 = 5_000;

/// One line, by which the follower shows that it is ready.
pub(super) fn append_first(path: &Path) -> anyhow::Result<()> {
    let mut lines = line::blank(1);
    line::stamp(&mut lines, line::now_nanos());
    open(path)?.write_all(&lines)?;
    Ok(())
}

/// Answers how many lines the file has at the end. A write that comes late is followed by the next at once, until
/// the pace is met again; the stamp is the time right before the write.
pub(super) fn append(path: &Path, pace: Pace) -> anyhow::Result<u64> {
    line::sleep_precisely()?;
    let mut file = open(path)?;
    let per_write = usize::try_from(pace.bytes_per_second)? / usize::try_from(WRITES_PER_SECOND)? / line::BYTES;
    let mut lines = line::blank(per_write);
    let interval = Duration::from_secs(1) / WRITES_PER_SECOND;
    let started = Instant::now();
    let mut due = Duration::ZERO;
    while due < pace.duration {
        sleep(due.saturating_sub(started.elapsed()));
        line::stamp(&mut lines, line::now_nanos());
        file.write_all(&lines)?;
        due += interval;
    }
    Ok(file.metadata()?.len() / line::BYTES as u64)
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().append(true).open(path)
}
