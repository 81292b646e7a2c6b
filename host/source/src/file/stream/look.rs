//! What a look at a file finds: bytes, its end, or other contents than those that were read. What becomes of the bytes is
//! not said here.

use super::{FileStream, Phase, length};
use crate::file::tail::Tail;
use logagent_component::{Read, SourceError};
use memchr::memchr;
use std::fs::File;
use std::io;

/// How much is first looked at behind an unfinished line.
const FIRST_LOOK_BYTES: usize = 4096;

/// What is behind an unfinished line.
enum Behind {
    Nothing,
    /// Its end, or so much of it that it is cut.
    Enough,
    /// It is not there itself any more.
    Replaced,
}

impl FileStream {
    pub(super) fn look(&mut self, from: &File, space: &mut [u8]) -> Result<Read, SourceError> {
        match self.phase {
            Phase::Ending(end) => return self.read_rest(from, space, end),
            Phase::Restarting(_) if self.framed < self.at => return Ok(Read::Idle),
            Phase::Restarting(_) => self.restart(),
            // What was given has to be framed first.
            Phase::Closing(end) if self.at >= end => return Ok(Read::Idle),
            Phase::Closing(end) => return self.read_to(from, space, end),
            Phase::Following => {}
        }
        if self.scanned > 0 {
            match self.look_behind(from, space)? {
                Behind::Nothing => return self.at_end(from, space),
                Behind::Replaced => return Ok(self.replaced()),
                Behind::Enough => {}
            }
        }
        match self.fill(from, space, self.at)? {
            None => Ok(self.replaced()),
            Some(0) => self.at_end(from, space),
            Some(count) => Ok(self.give(&mut space[..count], false)),
        }
    }

    /// Looks behind the unfinished line, using `space` as scratch: whether it ends there, or is too long by now.
    /// A writer of many small pieces would otherwise have its line read anew, and copied, for each of them.
    fn look_behind(&mut self, from: &File, space: &mut [u8]) -> Result<Behind, SourceError> {
        // A line mostly ends soon, and what is read here is read again: start small, for a long line go on larger.
        let mut piece = FIRST_LOOK_BYTES;
        loop {
            let most = piece.min(space.len());
            let space = &mut space[..most];
            piece *= 4;
            let count = match self.fill(from, space, self.at + self.scanned)? {
                None => return Ok(Behind::Replaced),
                Some(0) => return Ok(Behind::Nothing),
                Some(count) => count,
            };
            self.scanned += count as u64;
            let is_too_long = self.lines.is_too_long(length(self.scanned));
            if is_too_long || memchr(b'\n', &space[..count]).is_some() {
                return Ok(Behind::Enough);
            }
        }
    }

    /// Nothing is behind what was read and scanned: the end, a truncation, or a pause.
    fn at_end(&mut self, from: &File, space: &mut [u8]) -> Result<Read, SourceError> {
        let end = self.at + self.scanned;
        if !self.once {
            let is_there = self.tail.knows(end) || size(from).map_err(|error| self.failed("stat", error))? >= end;
            if !is_there {
                return Ok(self.replaced());
            }
            if !self.file.is_retired() {
                return Ok(Read::Idle);
            }
        }
        self.phase = Phase::Ending(end);
        self.read_rest(from, space, end)
    }

    /// Reads up to the known end, not beyond: an unfinished line that was given back is a record now.
    fn read_rest(&mut self, from: &File, space: &mut [u8], end: u64) -> Result<Read, SourceError> {
        let length = space.len().min(length(end - self.at));
        let count = self.fill(from, &mut space[..length], self.at)?.unwrap_or(0);
        let mut end = end;
        if count < length && size(from).is_ok_and(|size| size < end) {
            // Otherwise the rest would never be the last bytes, and be given back for ever.
            end = self.at + count as u64;
            self.phase = Phase::Ending(end);
        }
        let is_end = self.at + count as u64 == end;
        Ok(if count == 0 { Read::Ended } else { self.give(&mut space[..count], is_end) })
    }

    /// What was read is no more in the file: it was cut, or has other contents. It goes on at its start.
    fn replaced(&mut self) -> Read {
        let path = self.file.path.display();
        tracing::info!(%path, read = self.at + self.scanned, "file was cut or replaced, reading it from its start");
        self.file.meter.restarted.add(1);
        self.file.meter.lost_bytes.add(std::mem::take(&mut self.scanned));
        // What was given must not run into the new beginning: a line of both would be no one's.
        self.phase = if self.once { Phase::Ending(self.at) } else { Phase::Restarting(self.at) };
        self.file.ready.keep();
        Read::Idle
    }

    fn restart(&mut self) {
        self.truncated += self.at;
        (self.at, self.framed, self.scanned, self.open) = (0, 0, 0, None);
        (self.phase, self.tail) = (Phase::Following, Tail::new());
        self.file.restart();
        self.lines.restart();
    }

    /// Reads what is at `at`; `None` where what is before it is not what was read there.
    fn fill(&mut self, from: &File, space: &mut [u8], at: u64) -> Result<Option<usize>, SourceError> {
        let found = self.tail.read(from, space, at).map_err(|error| self.failed("read", error))?;
        self.is_full = found == Some(space.len());
        if let Some(count) = found.filter(|&count| count > 0) {
            self.tail.add(&space[..count], at);
            self.file.note_beginning(&space[..count], at);
            // Someone still wrote to it: its quiet time starts anew.
            self.file.unretire();
        }
        Ok(found)
    }

    /// Gives what was read at `at`, as far as its lines are whole where they come in parts.
    fn give(&mut self, bytes: &mut [u8], is_end: bool) -> Read {
        let Some(cri) = &mut self.cri else {
            self.at += bytes.len() as u64;
            self.scanned = 0;
            return Read::Bytes(bytes.len());
        };
        let joined = cri.join(bytes, is_end);
        self.at += joined.raw as u64;
        self.scanned = (bytes.len() - joined.raw) as u64;
        self.keep_open(&bytes[joined.raw..]);
        if joined.given > 0 { Read::Bytes(joined.given) } else { Read::Idle }
    }

    /// Gives the whole lines of the record that is to be closed once more; what is behind them comes later.
    fn read_to(&mut self, from: &File, space: &mut [u8], end: u64) -> Result<Read, SourceError> {
        let length = space.len().min(length(end - self.at));
        match self.fill(from, &mut space[..length], self.at)? {
            // It was truncated meanwhile.
            None | Some(0) => {
                (self.phase, self.open) = (Phase::Following, None);
                self.file.ready.raise();
                Ok(Read::Idle)
            }
            Some(count) => {
                let is_end = self.at + count as u64 == end;
                Ok(self.give(&mut space[..count], is_end))
            }
        }
    }
}

fn size(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len())
}
