//! Walking over the entries of a segment: which is whole, which is not, and where the next one begins. Works on any
//! bytes, and takes no more memory for any of them than one chunk.

use crate::format::{ENTRY_HEADER, EntryHeader, SEGMENT_HEADER, Seal, Sync};
use crc32c::crc32c_append;
use memchr::memmem::Finder;
use std::fs::File;
use std::io::{ErrorKind, Result};
use std::os::unix::fs::FileExt;

/// Read at once where entries are searched for or checked, in bytes.
const CHUNK: usize = 64 << 10;

/// Bytes that can be read anywhere.
pub(crate) trait ReadAt {
    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> Result<()>;
}

impl ReadAt for File {
    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> Result<()> {
        FileExt::read_exact_at(self, bytes, at)
    }
}

impl ReadAt for [u8] {
    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> Result<()> {
        let found = usize::try_from(at).ok().and_then(|at| self.get(at..)?.get(..bytes.len()));
        bytes.copy_from_slice(found.ok_or(ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

/// The entries of one segment.
pub(crate) struct Entries<'a, R: ?Sized> {
    pub(crate) file: &'a R,
    pub(crate) sync: Sync,
    pub(crate) segment: u64,
    /// Where they end.
    pub(crate) end: u64,
}

/// What lies at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Whole(EntryHeader),
    /// The header is right, the payload is not.
    Damaged(EntryHeader),
    Nothing,
}

impl<R: ReadAt + ?Sized> Entries<'_, R> {
    /// The header of an entry that lies there and fits.
    pub(crate) fn header(&self, at: u64) -> Result<Option<EntryHeader>> {
        if self.end.saturating_sub(at) < ENTRY_HEADER as u64 {
            return Ok(None);
        }
        let mut bytes = [0; ENTRY_HEADER];
        match self.file.read_exact_at(&mut bytes, at) {
            // Someone has cut the file.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let header = EntryHeader::decode(&bytes, self.sync, self.segment);
        Ok(header.filter(|header| header.total_bytes() <= self.end - at))
    }

    pub(crate) fn look(&self, at: u64) -> Result<Found> {
        let Some(header) = self.header(at)? else { return Ok(Found::Nothing) };
        Ok(if self.is_whole(at, &header)? { Found::Whole(header) } else { Found::Damaged(header) })
    }

    fn is_whole(&self, at: u64, header: &EntryHeader) -> Result<bool> {
        let mut chunk = [0; CHUNK];
        let (mut from, end) = (at + ENTRY_HEADER as u64, at + header.total_bytes());
        let mut crc = 0;
        while from < end {
            let bytes = &mut chunk[..CHUNK.min(usize::try_from(end - from).unwrap_or(CHUNK))];
            match self.file.read_exact_at(bytes, from) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(false),
                read => read?,
            }
            crc = crc32c_append(crc, bytes);
            from += bytes.len() as u64;
        }
        Ok(crc == header.payload_crc)
    }

    /// Where an entry begins behind what is damaged at `at`; `None` where none does. `header`: the one there, where it
    /// is right.
    pub(crate) fn next(&self, at: u64, header: Option<&EntryHeader>) -> Result<Option<u64>> {
        let behind = header.map(|header| at + header.total_bytes());
        match behind {
            Some(behind) if self.header(behind)?.is_some() => Ok(Some(behind)),
            _ => self.search(at + 1),
        }
    }

    fn search(&self, mut from: u64) -> Result<Option<u64>> {
        let finder = Finder::new(&self.sync);
        let mut chunk = vec![0; CHUNK];
        while self.end.saturating_sub(from) >= ENTRY_HEADER as u64 {
            let bytes = &mut chunk[..CHUNK.min(usize::try_from(self.end - from).unwrap_or(CHUNK))];
            match self.file.read_exact_at(bytes, from) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
                read => read?,
            }
            for place in finder.find_iter(bytes) {
                if self.header(from + place as u64)?.is_some() {
                    return Ok(Some(from + place as u64));
                }
            }
            // The word may lie across the chunk's end.
            from += (bytes.len() - (self.sync.len() - 1)) as u64;
        }
        Ok(None)
    }
}

/// What a whole segment holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    /// Of what is whole; `end` is where the last such entry ends.
    pub(crate) seal: Seal,
    /// Damaged ranges before that, in bytes from the segment's start.
    pub(crate) corrupt: Vec<(u64, u64)>,
}

/// So many damaged ranges of a segment are told apart; there can be one for each few bytes of it.
const MOST_RANGES: usize = 1000;

impl<R: ReadAt + ?Sized> Entries<'_, R> {
    /// Looks at all entries; `visit` is told of each that is whole, and where it begins.
    pub(crate) fn survey(&self, mut visit: impl FnMut(u64, &EntryHeader) -> Result<()>) -> Result<Survey> {
        let mut survey = Survey { seal: Seal { end: SEGMENT_HEADER, ..Seal::default() }, ..Survey::default() };
        let mut at = SEGMENT_HEADER;
        let mut damaged = None;
        while at < self.end {
            match self.look(at)? {
                Found::Whole(header) => {
                    survey
                        .corrupt
                        .extend(damaged.take().filter(|_| survey.corrupt.len() < MOST_RANGES).map(|from| (from, at)));
                    visit(at, &header)?;
                    at += header.total_bytes();
                    survey.seal.add(&header, at);
                }
                found => {
                    damaged.get_or_insert(at);
                    let header = if let Found::Damaged(header) = found { Some(header) } else { None };
                    let Some(next) = self.next(at, header.as_ref())? else { break };
                    at = next;
                }
            }
        }
        Ok(survey)
    }
}

impl Seal {
    fn add(&mut self, header: &EntryHeader, end: u64) {
        let first = if self.entries == 0 { header.written } else { self.first };
        let records = self.records + u64::from(header.records);
        *self = Self { end, entries: self.entries + 1, records, first, last: header.written };
    }
}

#[cfg(test)]
mod tests;
