//! What a component may use, as configured. Not for holding it to that.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::reader::Section;

const DEFAULT_TIME: Duration = Duration::from_millis(100);
const MIN_TIME: Duration = Duration::from_millis(1);
const MAX_TIME: Duration = Duration::from_secs(60);

const DEFAULT_MEMORY: usize = 64 << 20;
const MIN_MEMORY: usize = 1 << 20;
/// What a 32-bit component can address, less room for the ring's window.
const MAX_MEMORY: usize = 3 << 30;

/// Many times a batch of the default size, so that only an answer that grows without end meets it.
const DEFAULT_OUTPUT: usize = 16 << 20;
const OUTPUT: RangeInclusive<usize> = 1 << 10..=256 << 20;

const DEFAULT_EMITS: usize = 1 << 16;
const MAX_EMITS: usize = 1 << 20;

/// Enough to follow what a filter says, too little to fill a disk with it.
const DEFAULT_LOG_LINES: u32 = 100;
const MAX_LOG_LINES: u32 = 10_000;

/// What a component may use.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The time for one batch, 1 ms to 60 s.
    pub time: Duration,
    /// The memory of one instance in bytes, 1 MiB to 3 GiB.
    pub memory: usize,
    /// What one call may answer with in bytes, its edits' patch and its new records together, 1 KiB to 256 MiB.
    pub output: usize,
    /// The new records of one call, 0 to 1048576.
    pub emits: usize,
    /// The log lines a second, 0 to 10000.
    pub log_lines: u32,
    /// The share of one core's time, over ten seconds and for each lane, above 0 and up to 1; `None` is no limit.
    pub cpu: Option<f64>,
}

impl Limits {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let limits = Self {
            time: section.duration("time", MIN_TIME..=MAX_TIME, DEFAULT_TIME),
            memory: section.size("memory", MIN_MEMORY..=MAX_MEMORY, DEFAULT_MEMORY),
            output: section.size("output", OUTPUT, DEFAULT_OUTPUT),
            emits: section.count("emits", 0..=MAX_EMITS, DEFAULT_EMITS),
            log_lines: section.count("log_lines", 0..=MAX_LOG_LINES, DEFAULT_LOG_LINES),
            cpu: section.optional("cpu").and_then(|field| field.share()),
        };
        section.finish();
        limits
    }
}
