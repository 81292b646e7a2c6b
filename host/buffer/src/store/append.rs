//! Appending one entry: room is made, the segment changed where it is long enough, the bytes are written.

use super::{Store, Writer, unix_nano};
use crate::books::{Reason, Segment};
use crate::disk::write_all;
use crate::format::{ENTRY_HEADER, EntryHeader, SEGMENT_HEADER, Seal, SegmentHeader, Sync};
use crate::key::random;
use crate::pack::Packer;
use crate::settings::WhenFull;
use logagent_component::{Delivery, Fsync};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// The segment that is written.
pub(super) struct Active {
    pub(super) file: Arc<File>,
    id: u64,
    sync: Sync,
    at: u64,
    /// How long the file is: longer than what is written where it was another segment's before.
    length: u64,
    pub(super) is_dirty: bool,
}

impl Active {
    /// Gives back what was taken ahead, or written in part.
    pub(super) fn trim(&mut self) {
        if self.file.set_len(self.at).is_ok() {
            self.length = self.at;
        }
    }
}

/// What became of an entry.
pub(super) enum Appended {
    Written,
    /// There is no room, and it is to be waited for.
    Full,
    /// There is no room, and it is not to be waited for.
    Refused,
}

impl Store {
    /// Appends what was packed of this delivery.
    pub(super) fn append(&self, writer: &mut Writer, packer: &Packer, delivery: &Delivery) -> io::Result<Appended> {
        let header = packer.header();
        match self.make_room(writer, header.total_bytes()) {
            Appended::Written => {}
            refused => return Ok(refused),
        }
        let active = self.active(writer, header.total_bytes())?;
        let header = EntryHeader { segment: active.id, ..header };
        let start = header.encode(active.sync);
        let slices = std::iter::once(&start[..]).chain(packer.payload(delivery));
        match write_all(&*self.disk, &active.file, slices, active.at) {
            Ok(end) => {
                (active.at, active.length, active.is_dirty) = (end, active.length.max(end), true);
                self.books().append(u64::from(header.records), end, header.written);
                Ok(Appended::Written)
            }
            Err(error) => {
                // What was written of it would be taken for a torn end; where this fails, it is. And a disk that is
                // full has more room now.
                active.trim();
                self.spares.clear();
                self.give_way(writer);
                Err(error)
            }
        }
    }

    /// A segment that can't be written on is not to hold the room that the next needs: it goes once all of it has arrived.
    fn give_way(&self, writer: &mut Writer) {
        if writer.active.as_ref().is_some_and(|active| active.at > SEGMENT_HEADER) {
            self.close(writer);
            self.retire_quietly(writer);
        }
    }

    /// Sees that so many bytes more are allowed.
    fn make_room(&self, writer: &mut Writer, bytes: u64) -> Appended {
        let settings = self.settings();
        let bytes = bytes + SEGMENT_HEADER;
        if self.taken(writer) + bytes > settings.max_bytes {
            self.spares.clear();
            writer.active.iter_mut().for_each(Active::trim);
        }
        while self.taken(writer) + bytes > settings.max_bytes {
            if self.books().backlog() == 0 {
                // All has arrived: an entry that is larger than the buffer may be has it to itself.
                self.close(writer);
                self.retire_quietly(writer);
                return Appended::Written;
            }
            match settings.when_full {
                WhenFull::Wait => return Appended::Full,
                WhenFull::DropNewest => return Appended::Refused,
                WhenFull::DropOldest => {
                    if !self.drop_oldest(writer, Reason::Full) {
                        return Appended::Written;
                    }
                }
            }
        }
        Appended::Written
    }

    /// What the buffer takes of the disk, in bytes.
    fn taken(&self, writer: &Writer) -> u64 {
        let ahead = writer.active.as_ref().map_or(0, |active| active.length.saturating_sub(active.at));
        self.books().bytes() + ahead + self.spares.bytes()
    }

    fn retire_quietly(&self, writer: &mut Writer) {
        let mut books = self.books();
        let done: Vec<u64> = std::iter::from_fn(|| books.retire()).collect();
        done.iter().for_each(|id| self.remove(*id));
        writer.forget(&done);
    }

    /// Drops the oldest segment, which may be the one that is written; answers whether there was one.
    pub(super) fn drop_oldest(&self, writer: &mut Writer, reason: Reason) -> bool {
        if self.books().oldest().is_some_and(|segment| segment.is_open) {
            self.close(writer);
        }
        let dropped = self.books().drop_oldest(reason);
        if let Some(id) = dropped {
            self.remove(id);
            writer.forget(&[id]);
        }
        dropped.is_some()
    }

    /// The segment that takes the next entry, of so many bytes.
    fn active<'a>(&self, writer: &'a mut Writer, bytes: u64) -> io::Result<&'a mut Active> {
        let limit = self.settings().segment_bytes;
        let is_long = |active: &Active| active.at > SEGMENT_HEADER && active.at + bytes > limit;
        if writer.active.as_ref().is_some_and(is_long) || self.is_open_aged() {
            self.close(writer);
        }
        if writer.active.is_none() {
            let active = self.begin(writer.next)?;
            writer.next += 1;
            writer.is_directory_dirty = true;
            return Ok(writer.active.insert(active));
        }
        Ok(writer.active.as_mut().expect("just looked at"))
    }

    /// Records are dropped for their age by segments: one must not hold those of a long time.
    fn is_open_aged(&self) -> bool {
        /// What is dropped may be older than `max_age` by as much as a segment spans.
        const SPAN: u32 = 4;
        let Some(max_age) = self.settings().max_age else { return false };
        let span = u64::try_from((max_age / SPAN).as_nanos()).unwrap_or(u64::MAX);
        let limit = unix_nano().saturating_sub(span);
        self.books().open().is_some_and(|segment| segment.seal.entries > 0 && segment.seal.first < limit)
    }

    fn begin(&self, id: u64) -> io::Result<Active> {
        let (path, sync, created) = (self.path(id), random()?, unix_nano());
        let (file, length) = self.spares.open(&path)?;
        let header = SegmentHeader { id, sync, created, key: self.key().map(|key| key.check(sync)) };
        let written = write_all(&*self.disk, &file, [&header.encode()[..], &Seal::NONE].into_iter(), 0);
        if let Err(error) = written {
            drop(std::fs::remove_file(path));
            return Err(error);
        }
        self.books().begin(Segment::new(id, sync, created));
        let length = length.max(SEGMENT_HEADER);
        Ok(Active { file: Arc::new(file), id, sync, at: SEGMENT_HEADER, length, is_dirty: true })
    }

    /// This segment's file is gone: nothing more goes into it.
    pub(crate) fn leave(&self, segment: u64) {
        let mut writer = self.writer();
        if writer.active.as_ref().is_some_and(|active| active.id == segment) {
            self.close(&mut writer);
        }
    }

    /// The open segment is written no more. What it came to is written into it; where that fails, the next start reads
    /// it instead.
    pub(super) fn close(&self, writer: &mut Writer) {
        let Some(mut active) = writer.active.take() else { return };
        // What was taken ahead is not in the books.
        active.trim();
        let mut books = self.books();
        if let Some(segment) = books.open() {
            drop(active.file.write_all_at(&segment.seal.encode(), Seal::AT));
        }
        books.close();
        // Nobody would ever ask the disk for it, nor let go of it.
        if self.settings().fsync != Fsync::Never {
            writer.dirty.push((active.id, active.file));
        }
    }
}

const _: () = assert!(ENTRY_HEADER as u64 <= SEGMENT_HEADER);
