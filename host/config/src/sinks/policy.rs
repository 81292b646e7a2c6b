//! When a file sink hands records over, syncs, begins another file and tries again, as configured.

use super::refuse;
use crate::Batch;
use crate::reader::{Field, Section};
use crate::settings::{MAX_BATCH_AGE, MAX_BATCH_RECORDS};
use std::time::Duration;

const DEFAULT_FLUSH_RECORDS: usize = 512;
const DEFAULT_FLUSH_AGE: Duration = Duration::from_millis(10);

/// Smaller, and a file would be begun for nearly each write.
const MIN_FILE_BYTES: usize = 1 << 20;
const MAX_FILE_BYTES: usize = 1 << 40;

const MIN_FILE_AGE: Duration = Duration::from_secs(1);
const MAX_FILE_AGE: Duration = Duration::from_secs(365 * 24 * 3600);

const MAX_FILES: usize = 10_000;

const DEFAULT_FSYNC_INTERVAL: Duration = Duration::from_secs(1);
const MIN_FSYNC_INTERVAL: Duration = Duration::from_millis(1);
const MAX_FSYNC_INTERVAL: Duration = Duration::from_secs(60);

const MIN_RETRY: Duration = Duration::from_millis(1);
/// Shorter, and records would be given up that the next attempt brings.
const MIN_GIVE_UP: Duration = Duration::from_millis(100);
const DEFAULT_RETRY_INITIAL: Duration = Duration::from_millis(100);
/// A disk that has room again is found within seconds.
const DEFAULT_RETRY_MAX: Duration = Duration::from_secs(5);

const FSYNCS: [(&str, FsyncKind); 3] =
    [("never", FsyncKind::Never), ("interval", FsyncKind::Interval), ("batch", FsyncKind::Batch)];

/// When a sink hands records to the system: at whichever of these comes first.
#[derive(Debug, Clone, PartialEq)]
pub struct Flush {
    /// A count of records, 1 to 1048576.
    pub max_records: usize,
    /// The time since the first of them, up to 60 s; unless given, 10 ms or `batch.max_age` where that is less.
    pub max_age: Duration,
}

/// When a file is renamed and another begun: at whichever of these comes first. At least one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotate {
    /// The file's size in bytes, 1 MiB to 1 TiB.
    pub size: Option<usize>,
    /// A multiple of this time since the Unix epoch, 1 s to 8760 h.
    pub every: Option<Duration>,
    /// How many renamed files stay, 1 to 10000; all where it is not given.
    pub keep: Option<usize>,
}

/// What a record must have reached before it is confirmed (`never`, `interval`, `batch`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fsync {
    /// The system.
    #[default]
    Never,
    /// The disk, which is asked so often (`fsync_interval`): 1 ms to 60 s, 1 s unless given.
    Interval(Duration),
    /// The disk, which is asked after each write.
    Batch,
}

#[derive(Clone, Copy)]
pub(super) enum FsyncKind {
    Never,
    Interval,
    Batch,
}

/// The pauses between attempts, each twice as long as the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The first, 1 ms to 1 m.
    pub initial: Duration,
    /// The longest, 1 ms to 1 h.
    pub max: Duration,
    /// What could not be delivered within this time becomes a dead letter, 100 ms to 8760 h; nothing where it is `None`.
    pub give_up: Option<Duration>,
}

impl Rotate {
    pub(super) fn read(field: Field<'_>) -> Option<Self> {
        let mut section = Section::of(field);
        let rotate = Self {
            size: section.optional("size").and_then(|field| field.size(MIN_FILE_BYTES..=MAX_FILE_BYTES)),
            every: section.optional("every").and_then(|field| field.duration(MIN_FILE_AGE..=MAX_FILE_AGE)),
            keep: section.optional("keep").and_then(|field| field.count(1..=MAX_FILES)),
        };
        // A key that is wrong was meant to be there.
        if section.optional("size").or_else(|| section.optional("every")).is_none() {
            refuse(section.optional("keep"), "size or every beside it: nothing is rotated otherwise");
        }
        section.finish();
        let is_due_ever = rotate.size.is_some() || rotate.every.is_some();
        is_due_ever.then_some(rotate)
    }
}

impl Retry {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let mut section = section.section("retry");
        let initial = section.duration("initial", MIN_RETRY..=Duration::from_secs(60), DEFAULT_RETRY_INITIAL);
        let max = section.duration("max", MIN_RETRY..=Duration::from_secs(3600), DEFAULT_RETRY_MAX.max(initial));
        if max < initial {
            refuse(section.optional("max"), "initial or more");
        }
        let give_up = section.optional("give_up").and_then(|field| field.duration_or_never(MIN_GIVE_UP..=MAX_FILE_AGE));
        section.finish();
        Self { initial, max, give_up }
    }
}

impl Fsync {
    pub(super) fn read(section: &mut Section<'_>, default: FsyncKind) -> Self {
        let kind = section.choice("fsync", &FSYNCS, default);
        let range = MIN_FSYNC_INTERVAL..=MAX_FSYNC_INTERVAL;
        let interval = section.duration("fsync_interval", range, DEFAULT_FSYNC_INTERVAL);
        let fsync = match kind {
            FsyncKind::Never => Self::Never,
            FsyncKind::Interval => return Self::Interval(interval),
            FsyncKind::Batch => Self::Batch,
        };
        refuse(section.optional("fsync_interval"), "fsync: interval beside it");
        fsync
    }
}

impl Flush {
    pub(super) fn read(section: &mut Section<'_>, batch: &Batch) -> Self {
        let mut section = section.section("flush");
        let default_age = DEFAULT_FLUSH_AGE.min(batch.max_age);
        let flush = Self {
            max_records: section.count("max_records", 1..=MAX_BATCH_RECORDS, DEFAULT_FLUSH_RECORDS),
            max_age: section.duration("max_age", Duration::ZERO..=MAX_BATCH_AGE, default_age),
        };
        section.finish();
        flush
    }
}
