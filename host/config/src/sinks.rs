//! Sinks, as configured. Not for opening them.

mod buffer;
mod memory;

pub use buffer::{DiskBuffer, Overflow};
pub(crate) use memory::check;
pub use memory::{Brimful, Keep, Shed, Unknown};

use std::path::PathBuf;
use std::time::Duration;

use crate::Batch;
use crate::reader::{Field, Section, Table};
use crate::settings::{MAX_BATCH_AGE, MAX_BATCH_RECORDS};

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

const KINDS: [(&str, Kind); 3] = [("file", Kind::File), ("stdout", Kind::Stdout), ("blackhole", Kind::Blackhole)];
const ENCODINGS: [(&str, Encoding); 3] =
    [("raw", Encoding::Raw), ("json", Encoding::Json), ("msgpack", Encoding::Msgpack)];

const FSYNCS: [(&str, FsyncKind); 3] =
    [("never", FsyncKind::Never), ("interval", FsyncKind::Interval), ("batch", FsyncKind::Batch)];
const MODES: [(&str, Mode); 2] = [("writev", Mode::Writev), ("mmap", Mode::Mmap)];

/// Where records go (`type`).
#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// A file, appended to.
    File(FileSink),
    /// The standard output.
    Stdout(StdoutSink),
    /// Nowhere: every record counts as delivered.
    Blackhole,
    /// One of these three, with a buffer on the disk in front of it.
    Buffered(Box<Sink>, DiskBuffer),
    /// One of the first three, with a buffer in memory in front of it that sheds.
    Shedding(Box<Sink>, Shed),
}

/// A sink of type `file`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSink {
    /// The file, relative to the working directory.
    pub path: PathBuf,
    /// How a record is written.
    pub encoding: Encoding,
    /// When records are handed to the system; not with [`Fsync::Interval`], which hands them over as they come.
    pub flush: Flush,
    /// When another file is begun; `None` is never.
    pub rotate: Option<Rotate>,
    /// What a record must have reached before it is confirmed.
    pub fsync: Fsync,
    /// How bytes get into the file.
    pub mode: Mode,
    /// When to try again what the disk did not take.
    pub retry: Retry,
    /// No record twice, not after a kill either. Not with `rotate`, [`Mode::Mmap`] or a buffer, nor behind a source whose
    /// records can't be had again.
    pub exactly_once: bool,
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

/// How bytes get into a file (`writev`, `mmap`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// By system calls.
    #[default]
    Writev,
    /// By stores into a mapping. Only for encodings with lines.
    Mmap,
}

/// A sink of type `stdout`.
#[derive(Debug, Clone, PartialEq)]
pub struct StdoutSink {
    /// How a record is written.
    pub encoding: Encoding,
    /// When records are handed to the system.
    pub flush: Flush,
}

/// How a record is written (`raw`, `json`, `msgpack`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// The body and a newline.
    #[default]
    Raw,
    /// A JSON object and a newline.
    Json,
    /// A MessagePack map.
    Msgpack,
}

/// When a sink hands records to the system: at whichever of these comes first.
#[derive(Debug, Clone, PartialEq)]
pub struct Flush {
    /// A count of records, 1 to 1048576.
    pub max_records: usize,
    /// The time since the first of them, up to 60 s; unless given, 10 ms or `batch.max_age` where that is less.
    pub max_age: Duration,
}

#[derive(Clone, Copy)]
enum Kind {
    File,
    Stdout,
    Blackhole,
}

#[derive(Clone, Copy)]
enum FsyncKind {
    Never,
    Interval,
    Batch,
}

pub(crate) fn read(root: &mut Section<'_>, batch: &Batch) -> Table<Sink> {
    Table::read(root, "sinks", "sink", |section| {
        let sink = match section.required("type", "file, stdout, blackhole")?.choice(&KINDS)? {
            Kind::Blackhole => Sink::Blackhole,
            Kind::Stdout => {
                Sink::Stdout(StdoutSink { encoding: encoding(section), flush: Flush::read(section, batch) })
            }
            Kind::File => Sink::File(FileSink::read(section, batch)),
        };
        Some(match section.optional("buffer") {
            Some(field) => buffer::before(sink, field),
            None => sink,
        })
    })
}

impl Sink {
    /// What is behind the buffer, if there is one; else the sink itself.
    #[must_use]
    pub fn destination(&self) -> &Self {
        if let Self::Buffered(sink, _) | Self::Shedding(sink, _) = self { sink } else { self }
    }
}

fn encoding(section: &mut Section<'_>) -> Encoding {
    section.choice("encoding", &ENCODINGS, Encoding::default())
}

impl FileSink {
    fn read(section: &mut Section<'_>, batch: &Batch) -> Self {
        let path = section.required("path", "a path").and_then(|field| field.path_text());
        let sink = Self {
            path: path.unwrap_or_default(),
            encoding: encoding(section),
            flush: Flush::read(section, batch),
            rotate: section.optional("rotate").and_then(Rotate::read),
            fsync: Fsync::read(section, FsyncKind::Never),
            mode: section.choice("mode", &MODES, Mode::default()),
            retry: Retry::read(section),
            exactly_once: section.switch("exactly_once", false),
        };
        sink.check(section);
        sink
    }

    /// What is right by itself, but not beside the rest.
    fn check(&self, section: &mut Section<'_>) {
        if let (Mode::Mmap, Encoding::Msgpack) = (self.mode, self.encoding) {
            refuse(section.optional("encoding"), "raw or json beside mode: mmap");
        }
        if let Fsync::Interval(_) = self.fsync {
            refuse(section.optional("flush"), "nothing beside fsync: interval, which writes records as they come");
        }
        if self.exactly_once {
            self.check_exact(section);
        }
    }

    /// What leaves the file's length to one moment's look.
    fn check_exact(&self, section: &mut Section<'_>) {
        if self.mode == Mode::Mmap {
            refuse(section.optional("mode"), "writev beside exactly_once: a mapped file's end is not its records' end");
        }
        refuse(section.optional("rotate"), "nothing beside exactly_once, which can take back the last file alone");
    }
}

fn refuse(field: Option<Field<'_>>, allowed: &str) {
    field.map(|field| field.wrong::<()>(allowed));
}

impl Rotate {
    fn read(field: Field<'_>) -> Option<Self> {
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
    fn read(section: &mut Section<'_>) -> Self {
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
    fn read(section: &mut Section<'_>, default: FsyncKind) -> Self {
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
    fn read(section: &mut Section<'_>, batch: &Batch) -> Self {
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
