//! The buffer in front of a sink, as configured. Not for using one.

use std::path::PathBuf;
use std::time::Duration;

use super::{Fsync, FsyncKind, Sink, memory};
use crate::reader::{Field, Section};
use crate::units::show_size;

const DEFAULT_BYTES: usize = 1 << 30;
const MIN_BYTES: usize = 1 << 20;
const MAX_BYTES: usize = 16 << 40;

/// Older segments go as a whole, and each spans a quarter of the age at most.
const MIN_AGE: Duration = Duration::from_secs(1);
const MAX_AGE: Duration = Duration::from_secs(365 * 24 * 3600);

const DEFAULT_SEGMENT_BYTES: usize = 64 << 20;
const MIN_SEGMENT_BYTES: usize = 256 << 10;
const MAX_SEGMENT_BYTES: usize = 1 << 30;

/// Space comes back by segments, and so do dropped records go.
const FEWEST_SEGMENTS: usize = 4;

const TYPES: [(&str, Type); 2] = [("memory", Type::Memory), ("disk", Type::Disk)];
const OVERFLOWS: [(&str, Overflow); 3] =
    [("wait", Overflow::Wait), ("drop_oldest", Overflow::DropOldest), ("drop_newest", Overflow::DropNewest)];

/// A buffer on the disk (`type: disk`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiskBuffer {
    /// The most that it may take of the disk, 1 MiB to 16 TiB; 1 GiB unless given.
    pub max_bytes: usize,
    /// How long records may wait, 1 s to 8760 h; for ever unless given.
    pub max_age: Option<Duration>,
    /// What happens to records that come when there is no room.
    pub when_full: Overflow,
    /// What a record must have reached before it is confirmed; the disk once a second unless given.
    pub fsync: Fsync,
    /// How long one of its files may get, 256 KiB to 1 GiB, and no more than a quarter of `max_bytes`; unless given, 64 MiB
    /// or a quarter of `max_bytes` where that is less.
    pub segment_bytes: usize,
    /// The file with the key that records are encrypted with; not at all unless given.
    pub key_file: Option<PathBuf>,
}

/// What happens to records that come when a buffer has no room (`wait`, `drop_oldest`, `drop_newest`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// They wait, and their sources with them.
    #[default]
    Wait,
    /// The oldest make room.
    DropOldest,
    /// They are dropped.
    DropNewest,
}

#[derive(Clone, Copy)]
enum Type {
    Memory,
    Disk,
}

/// The sink with the buffer in front of it that the field asks for.
pub(super) fn before(sink: Sink, field: Field<'_>) -> Sink {
    let mut section = Section::of(field);
    let kind = section.choice("type", &TYPES, Type::Memory);
    let sink = match kind {
        Type::Memory => match memory::read(&mut section) {
            Some(shed) => Sink::Shedding(Box::new(sink), shed),
            None => sink,
        },
        Type::Disk => Sink::Buffered(Box::new(sink), DiskBuffer::read_disk(&mut section)),
    };
    section.finish();
    sink
}

impl DiskBuffer {
    fn read_disk(section: &mut Section<'_>) -> Self {
        let max_bytes = section.size("max_bytes", MIN_BYTES..=MAX_BYTES, DEFAULT_BYTES);
        let most = max_bytes / FEWEST_SEGMENTS;
        let segment_bytes = section.optional("segment_bytes");
        let segment_bytes = segment_bytes.and_then(|field| {
            let bytes = field.size(MIN_SEGMENT_BYTES..=MAX_SEGMENT_BYTES)?;
            let allowed = || format!("at most {}, a quarter of max_bytes", show_size(most));
            if bytes <= most { Some(bytes) } else { field.wrong(&allowed()) }
        });
        Self {
            max_bytes,
            max_age: section.optional("max_age").and_then(|field| field.duration(MIN_AGE..=MAX_AGE)),
            when_full: section.choice("when_full", &OVERFLOWS, Overflow::default()),
            fsync: Fsync::read(section, FsyncKind::Interval),
            segment_bytes: segment_bytes.unwrap_or(DEFAULT_SEGMENT_BYTES.min(most)),
            key_file: section.optional("encryption").and_then(key_file),
        }
    }
}

fn key_file(field: Field<'_>) -> Option<PathBuf> {
    let mut section = Section::of(field);
    let path = section.required("key_file", "a path").and_then(|field| field.path_text());
    section.finish();
    path
}
