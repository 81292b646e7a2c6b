//! Sinks, as configured. Not for opening them.

mod buffer;
mod memory;
mod policy;

pub use buffer::{DiskBuffer, Overflow};
pub(crate) use memory::check;
pub use memory::{Brimful, Keep, Shed, Unknown};
pub use policy::{Flush, Fsync, Retry, Rotate};

use crate::Batch;
use crate::reader::{Field, Section, Table};
use policy::FsyncKind;
use std::path::PathBuf;

const KINDS: [(&str, Kind); 3] = [("file", Kind::File), ("stdout", Kind::Stdout), ("blackhole", Kind::Blackhole)];
const ENCODINGS: [(&str, Encoding); 3] =
    [("raw", Encoding::Raw), ("json", Encoding::Json), ("msgpack", Encoding::Msgpack)];

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

#[derive(Clone, Copy)]
enum Kind {
    File,
    Stdout,
    Blackhole,
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
