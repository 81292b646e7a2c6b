//! Looks at the output as it grows: for a sample of its lines, the time between their stamp and the look that first
//! finds them. Asks for the file's size and reads stamps alone, so that it takes little of the machine.

use super::line;
use crate::stats::{Sample, number};
use anyhow::{Context, ensure};
use std::fs::{File, metadata};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two looks: an answer is late by this at most, and a fiftieth of a core is spent on looking.
const PAUSE: Duration = Duration::from_micros(40);

/// A gap so long is no look's own time: somebody else had the processor.
const BLIND: Duration = Duration::from_micros(500);

/// One line in so many is looked at: a hundred thousand and more in a run.
const EVERY: u64 = 16;

/// Nothing new for so long means that the rest is lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// No count yet.
pub(super) const UNKNOWN: u64 = u64::MAX;

/// In seconds.
pub(super) struct Watched {
    pub(super) delays: Sample,
    /// Times between two looks: how finely the delays were seen, and how busy the machine was.
    pub(super) gaps: Sample,
    /// The share of the time that lay in gaps longer than [`BLIND`]: of so many lines, the delay is this thread's own.
    pub(super) blind: f64,
}

/// Waits until one line is there.
pub(super) fn wait_for_first(path: &Path) -> anyhow::Result<()> {
    let started = Instant::now();
    while metadata(path)?.len() < line::BYTES as u64 {
        ensure!(started.elapsed() < PATIENCE, "the first line was not written within {PATIENCE:?}");
        sleep(Duration::from_millis(1));
    }
    // What follows the start (looks at directories, say) is over then.
    sleep(Duration::from_millis(100));
    Ok(())
}

/// Looks until as many lines as `lines` says are there. Stamps of the first `discarded` do not count.
pub(super) fn watch(path: &Path, lines: &AtomicU64, discarded: Duration) -> anyhow::Result<Watched> {
    line::sleep_precisely()?;
    let mut look = Look::new(File::open(path)?, discarded);
    let mut grown_at = Instant::now();
    loop {
        let before = look.size;
        look.again()?;
        // Relaxed: the count stands for itself.
        let expected = lines.load(Ordering::Relaxed).checked_mul(line::BYTES as u64);
        if Some(look.size) == expected {
            return look.finish();
        }
        if look.size != before {
            grown_at = Instant::now();
        }
        ensure!(grown_at.elapsed() < PATIENCE, "{} bytes were written, {expected:?} expected", look.size);
        sleep(PAUSE);
    }
}

struct Look {
    file: File,
    size: u64,
    looked_at: u64,
    counts_from: u64,
    /// The next line to look at.
    next: u64,
    delays: Vec<f64>,
    gaps: Vec<f64>,
}

impl Look {
    fn new(file: File, discarded: Duration) -> Self {
        let now = line::now_nanos();
        let discarded = u64::try_from(discarded.as_nanos()).expect("some seconds");
        let (delays, gaps) = (Vec::with_capacity(1 << 20), Vec::with_capacity(1 << 20));
        Self { file, size: 0, looked_at: now, counts_from: now + discarded, next: EVERY, delays, gaps }
    }

    fn again(&mut self) -> anyhow::Result<()> {
        self.size = self.file.metadata()?.len();
        let now = line::now_nanos();
        if now >= self.counts_from {
            self.gaps.push(number(now - self.looked_at) / 1e9);
        }
        self.looked_at = now;
        while (self.next + 1) * line::BYTES as u64 <= self.size {
            let mut digits = [0; line::STAMP.end - line::STAMP.start];
            self.file.read_exact_at(&mut digits, self.next * line::BYTES as u64 + line::STAMP.start as u64)?;
            let stamp = line::read_stamp(&digits).with_context(|| format!("line {} has no stamp", self.next))?;
            if stamp >= self.counts_from {
                self.delays.push(number(now.saturating_sub(stamp)) / 1e9);
            }
            self.next += EVERY;
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<Watched> {
        ensure!(!self.delays.is_empty(), "all lines came within the time that doesn't count");
        let is_blind = |gap: &&f64| **gap > BLIND.as_secs_f64();
        let blind = self.gaps.iter().filter(is_blind).sum::<f64>() / self.gaps.iter().sum::<f64>();
        Ok(Watched { delays: Sample::new(self.delays), gaps: Sample::new(self.gaps), blind })
    }
}
