//! Sinks, as configured. Not for opening them.

use std::path::PathBuf;
use std::time::Duration;

use crate::Batch;
use crate::reader::{Section, Table};
use crate::settings::{MAX_BATCH_AGE, MAX_BATCH_RECORDS};

const DEFAULT_FLUSH_RECORDS: usize = 512;
const DEFAULT_FLUSH_AGE: Duration = Duration::from_millis(10);

const KINDS: [(&str, Kind); 3] = [("file", Kind::File), ("stdout", Kind::Stdout), ("blackhole", Kind::Blackhole)];
const ENCODINGS: [(&str, Encoding); 3] =
    [("raw", Encoding::Raw), ("json", Encoding::Json), ("msgpack", Encoding::Msgpack)];

/// Where records go (`type`).
#[derive(Debug, Clone, PartialEq)]
pub enum Sink {
    /// A file, appended to.
    File(FileSink),
    /// The standard output.
    Stdout(StdoutSink),
    /// Nowhere: every record counts as delivered.
    Blackhole,
}

/// A sink of type `file`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSink {
    /// The file, relative to the working directory.
    pub path: PathBuf,
    /// How a record is written.
    pub encoding: Encoding,
    /// When records are handed to the system.
    pub flush: Flush,
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

pub(crate) fn read(root: &mut Section<'_>, batch: &Batch) -> Table<Sink> {
    Table::read(root, "sinks", "sink", |section| {
        Some(match section.required("type", "file, stdout, blackhole")?.choice(&KINDS)? {
            Kind::Blackhole => Sink::Blackhole,
            Kind::Stdout => {
                Sink::Stdout(StdoutSink { encoding: encoding(section), flush: Flush::read(section, batch) })
            }
            Kind::File => {
                let path = section.required("path", "a path").and_then(|field| field.path_text());
                let (encoding, flush) = (encoding(section), Flush::read(section, batch));
                Sink::File(FileSink { path: path.unwrap_or_default(), encoding, flush })
            }
        })
    })
}

fn encoding(section: &mut Section<'_>) -> Encoding {
    section.choice("encoding", &ENCODINGS, Encoding::default())
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
