//! From the files into the ring: the next entry, checked, as a delivery. What is damaged is kept aside and skipped.

use super::unpack::unpack;
use crate::books::{Flight, Segment};
use crate::format::{ENTRY_HEADER, EntryHeader, read_streams};
use crate::key::Key;
use crate::store::Store;
use crate::walk::Entries;
use crc32c::crc32c;
use logagent_component::{Delivery, Streams, chain};
use logagent_record::Descriptor;
use logagent_ring::Writer;
use std::fs::File;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Instant;

pub(super) struct Reader {
    key: Option<Key>,
    /// The segment at hand.
    file: Option<(u64, File)>,
    /// The streams of the entry before: most entries name the same.
    streams: (Vec<u8>, Arc<Streams>),
}

/// What was found.
pub(super) enum Read {
    Entry(Delivery, Flight),
    /// A damaged range, or a segment that is gone.
    Skipped,
    /// There is an entry, in a segment that can't be opened now.
    Unopened(Error),
    /// There is an entry, but no room in the ring.
    Full,
    /// There is an entry, and it wants a ring of so many bytes at least.
    TooLong(usize),
    /// All was handed on.
    Nothing,
}

/// What became of an entry in the ring.
enum Loaded {
    Whole { table: std::ops::Range<usize>, bytes: u64, streams: Arc<Streams> },
    Damaged,
    Full,
    TooLong(usize),
}

impl Reader {
    pub(super) fn new(key: Option<Key>) -> Self {
        Self { key, file: None, streams: (Vec::new(), Arc::new([])) }
    }

    /// The next entry.
    pub(super) fn next(&mut self, store: &Store, ring: &mut Writer) -> Result<Read> {
        let next = store.books().next();
        let Some((segment, at)) = next else {
            self.forget(store);
            return Ok(Read::Nothing);
        };
        match self.open(store, segment.id) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Self::miss(store, segment.id);
                return Ok(Read::Skipped);
            }
            Err(error) => return Ok(Read::Unopened(error)),
        }
        let Some(header) = self.entries(&segment).header(at)? else { return self.skip(store, &segment, at, None) };
        let start = ring.head();
        let loaded = self.load(ring, at, &header);
        let (table, bytes, streams) = match loaded {
            Ok(Loaded::Whole { table, bytes, streams }) => (table, bytes, streams),
            Ok(Loaded::Full) => return Ok(Read::Full),
            Ok(Loaded::TooLong(bytes)) => return Ok(Read::TooLong(bytes)),
            Ok(Loaded::Damaged) => {
                ring.retract(start);
                return self.skip(store, &segment, at, Some(&header));
            }
            Err(error) => {
                ring.retract(start);
                return Err(error);
            }
        };
        let handed = store.books().hand(segment.id, at + header.total_bytes(), u64::from(header.records));
        let Some(flight) = handed else {
            ring.retract(start);
            return Ok(Read::Skipped);
        };
        let span = ring.publish(ring.head()).expect("a ring that is not crowded takes a span");
        let observed_unix_nano = header.observed;
        let delivery = Delivery { span, table, bytes, read_at: Instant::now(), observed_unix_nano, streams };
        Ok(Read::Entry(delivery, flight))
    }

    /// Has the segment open.
    fn open(&mut self, store: &Store, segment: u64) -> Result<()> {
        if self.file.as_ref().is_none_or(|(open, _)| *open != segment) {
            self.file = Some((segment, store.open_segment(segment)?));
        }
        Ok(())
    }

    /// Goes on behind a segment that is gone: dropped meanwhile, or taken away by someone.
    fn miss(store: &Store, id: u64) {
        store.leave(id);
        let mut books = store.books();
        let Some((segment, at)) = books.next().filter(|(segment, _)| segment.id == id) else { return };
        books.skip(segment.seal.end);
        tracing::error!(
            sink = store.name,
            segment = %store.path(id).display(),
            at,
            bytes = segment.seal.end - at,
            "a buffer segment is gone; its records are lost"
        );
    }

    /// A deleted file takes space as long as it is open.
    fn forget(&mut self, store: &Store) {
        self.file.take_if(|(segment, _)| !store.books().holds(*segment));
    }

    fn entries(&self, segment: &Segment) -> Entries<'_, File> {
        let (_, file) = self.file.as_ref().expect("just opened");
        Entries { file, sync: segment.sync, segment: segment.id, end: segment.seal.end }
    }

    /// Goes on behind what is damaged, which is kept aside.
    fn skip(&self, store: &Store, segment: &Segment, at: u64, header: Option<&EntryHeader>) -> Result<Read> {
        let entries = self.entries(segment);
        let next = entries.next(at, header)?.unwrap_or(segment.seal.end);
        let kept = store.quarantine.keep(entries.file, segment.id, at..next);
        tracing::error!(
            sink = store.name,
            segment = %store.path(segment.id).display(),
            at,
            bytes = next - at,
            kept = ?kept.ok().flatten(),
            "a range of the buffer is damaged; it is skipped"
        );
        store.books().skip(next);
        // Where it can't be noted, the range is met again after a restart.
        drop(store.retire());
        Ok(Read::Skipped)
    }

    /// Skips the rest of the segment at hand, which can't be read.
    pub(super) fn give_up(&mut self, store: &Store, error: &Error) {
        let mut books = store.books();
        if let Some((segment, at)) = books.next() {
            let (sink, path, error) = (&store.name, store.path(segment.id), chain(error));
            tracing::error!(
                sink,
                error,
                segment = %path.display(),
                at,
                bytes = segment.seal.end - at,
                "the rest of a buffer segment can't be read; it is skipped"
            );
            books.skip(segment.seal.end);
        }
        self.file = None;
    }

    fn load(&mut self, ring: &mut Writer, at: u64, header: &EntryHeader) -> Result<Loaded> {
        let bytes = usize::try_from(header.payload_bytes).expect("a length fits memory");
        let gap = ring.head().next_multiple_of(Descriptor::BYTES as u64) - ring.head();
        let gap = usize::try_from(gap).expect("less than a descriptor");
        if bytes + Descriptor::BYTES > ring.capacity() {
            return Ok(Loaded::TooLong(bytes + Descriptor::BYTES));
        }
        if ring.is_crowded() || ring.free() < gap + bytes {
            return Ok(Loaded::Full);
        }
        ring.advance(gap);
        let (_, file) = self.file.as_ref().expect("just opened");
        match file.read_exact_at(ring.space(bytes), at + ENTRY_HEADER as u64) {
            // Someone has cut the file.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(Loaded::Damaged),
            read => read?,
        }
        let start = ring.head();
        ring.advance(bytes);
        Ok(self.check(ring, start, header).unwrap_or(Loaded::Damaged))
    }

    /// Makes a batch of what lies at the ring's head; `None` where that can't be.
    fn check(&mut self, ring: &mut Writer, start: u64, header: &EntryHeader) -> Option<Loaded> {
        let place = u32::try_from(ring.place(start)).expect("a window's places have 32 bits");
        let payload = ring.written_mut(start..start + u64::from(header.payload_bytes));
        if crc32c(payload) != header.payload_crc {
            return None;
        }
        if header.is_encrypted && !self.key.as_ref()?.decrypt(header, payload) {
            return None;
        }
        let payload = &mut payload[..usize::try_from(header.plain_bytes()).ok()?];
        let bytes = unpack(payload, header, place)?;
        let streams = self.streams(&payload[header.streams_at as usize..])?;
        ring.retract(start + u64::from(header.streams_at));
        let first = place as usize;
        let table = first + header.table_at as usize..first + header.streams_at as usize;
        Some(Loaded::Whole { table, bytes, streams })
    }

    fn streams(&mut self, bytes: &[u8]) -> Option<Arc<Streams>> {
        if self.streams.0 != bytes {
            self.streams = (bytes.to_vec(), read_streams(bytes)?);
        }
        Some(self.streams.1.clone())
    }
}
