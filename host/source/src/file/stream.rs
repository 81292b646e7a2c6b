//! A file as a lane reads it: by offset, so that what is given back is simply read again. When the file is over
//! is decided elsewhere; this module only finds out that nothing more is there.

use super::open::OpenFile;
use crate::lines::Lines;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use memchr::{memchr, memrchr};
use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

#[cfg(test)]
mod tests;

/// One file's stream.
pub(super) struct FileStream {
    file: Arc<OpenFile>,
    lines: Lines,
    /// Whether the file's present end is its end.
    once: bool,
    /// Up to here, bytes were given and not taken back.
    at: u64,
    /// Up to here, they were framed.
    framed: u64,
    /// So many bytes behind `at` are known to hold no newline: an unfinished line, not worth reading again yet.
    scanned: u64,
    phase: Phase,
    /// The bytes of this file that were truncated away after they had been given.
    truncated: u64,
    /// The record that is open, where records have several lines.
    open: Option<OpenRecord>,
}

/// A record to which lines may still come.
#[derive(Clone, Copy)]
struct OpenRecord {
    /// Up to where its whole lines reach.
    end: u64,
    /// Since when.
    since: Instant,
}

/// How the file goes on.
#[derive(Clone, Copy)]
enum Phase {
    Following,
    /// It ends here.
    Ending(u64),
    /// It goes on, but the record that is open ends here: nothing was added to it for so long.
    Closing(u64),
    /// It was truncated when `at` was here, and goes on from 0 once that has been framed.
    Restarting(u64),
}

impl FileStream {
    /// A stream of what the file holds from `at` on.
    pub(super) fn new(file: Arc<OpenFile>, at: u64, lines: Lines, once: bool) -> Self {
        file.set_read_to(at);
        file.set_framed_position(at);
        file.set_confirmed_position(at);
        let (phase, open) = (Phase::Following, None);
        Self { file, lines, once, at, framed: at, scanned: 0, phase, truncated: 0, open }
    }

    fn look(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        match self.phase {
            Phase::Ending(end) => return self.read_rest(space, end),
            Phase::Restarting(_) if self.framed < self.at => return Ok(Read::Idle),
            Phase::Restarting(_) => self.restart(),
            // What was given has to be framed first.
            Phase::Closing(end) if self.at >= end => return Ok(Read::Idle),
            Phase::Closing(end) => return self.read_to(space, end),
            Phase::Following => {}
        }
        if self.scanned > 0 && !self.is_worth_reading(space)? {
            return self.at_end(space);
        }
        match self.fill(space, self.at)? {
            0 => self.at_end(space),
            count => Ok(self.give(count)),
        }
    }

    /// Looks behind the unfinished line, using `space` as scratch: whether it ends there, or is too long by now.
    /// A writer of many small pieces would otherwise have its line read anew, and copied, for each of them.
    fn is_worth_reading(&mut self, space: &mut [u8]) -> Result<bool, SourceError> {
        // A line mostly ends soon, and what is read here is read again: start small, for a long line go on larger.
        let mut piece = FIRST_LOOK_BYTES;
        loop {
            let most = piece.min(space.len());
            let space = &mut space[..most];
            piece *= 4;
            let count = self.fill(space, self.at + self.scanned)?;
            if count == 0 {
                return Ok(false);
            }
            self.scanned += count as u64;
            let is_too_long = self.lines.is_too_long(length(self.scanned));
            if is_too_long || memchr(b'\n', &space[..count]).is_some() {
                return Ok(true);
            }
        }
    }

    /// Nothing is behind what was read and scanned: the end, a truncation, or a pause.
    fn at_end(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        let end = self.at + self.scanned;
        if !self.once {
            let size = self.file.size().map_err(|error| self.failed("stat", error))?;
            if size < end {
                return Ok(self.truncate(end, size));
            }
            if !self.file.is_retired() {
                return Ok(Read::Idle);
            }
        }
        self.phase = Phase::Ending(end);
        self.read_rest(space, end)
    }

    /// Reads up to the known end, not beyond: an unfinished line that was given back is a record now.
    fn read_rest(&mut self, space: &mut [u8], end: u64) -> Result<Read, SourceError> {
        let length = space.len().min(length(end - self.at));
        let count = self.fill(&mut space[..length], self.at)?;
        if count < length && self.file.size().is_ok_and(|size| size < end) {
            // Otherwise the rest would never be the last bytes, and be given back for ever.
            self.phase = Phase::Ending(self.at + count as u64);
        }
        Ok(if count == 0 { Read::Ended } else { self.give(count) })
    }

    fn truncate(&mut self, end: u64, size: u64) -> Read {
        tracing::info!(path = %self.file.path.display(), read = end, size, "file was truncated, reading it from its start");
        // What was given must not run into the new beginning: a line of both would be no one's.
        self.phase = Phase::Restarting(self.at);
        Read::Idle
    }

    fn restart(&mut self) {
        self.truncated += self.at;
        (self.at, self.framed, self.scanned, self.open) = (0, 0, 0, None);
        self.phase = Phase::Following;
        self.file.restart();
        self.lines.restart();
    }

    fn fill(&self, space: &mut [u8], at: u64) -> Result<usize, SourceError> {
        let count = self.file.read(space, at).map_err(|error| self.failed("read", error))?;
        if count > 0 {
            // Someone still wrote to it: its quiet time starts anew.
            self.file.unretire();
        }
        Ok(count)
    }

    fn give(&mut self, count: usize) -> Read {
        self.at += count as u64;
        self.scanned = 0;
        Read::Bytes(count)
    }

    /// Gives the whole lines of the record that is to be closed once more; what is behind them comes later.
    fn read_to(&mut self, space: &mut [u8], end: u64) -> Result<Read, SourceError> {
        let length = space.len().min(length(end - self.at));
        match self.fill(&mut space[..length], self.at)? {
            // It was truncated meanwhile.
            0 => {
                (self.phase, self.open) = (Phase::Following, None);
                self.file.ready.raise();
                Ok(Read::Idle)
            }
            count => Ok(self.give(count)),
        }
    }

    /// Whether the open record is to be closed: nothing was added to its whole lines for as long as it may take.
    fn is_due(&self) -> bool {
        let timeout = self.lines.timeout().filter(|_| self.framed == self.at);
        self.open.zip(timeout).is_some_and(|(open, timeout)| open.since.elapsed() >= timeout)
    }

    /// Notes up to where the record that was given back has whole lines.
    fn keep_open(&mut self, fragment: &[u8]) {
        let Some(newline) = memrchr(b'\n', fragment).filter(|_| self.lines.timeout().is_some()) else {
            self.open = None;
            return;
        };
        let end = self.at + newline as u64 + 1;
        if self.open.is_none_or(|open| open.end != end) {
            self.open = Some(OpenRecord { end, since: Instant::now() });
        }
    }

    fn failed(&self, action: &'static str, source: io::Error) -> SourceError {
        SourceError::File { path: self.file.path.clone(), action, source }
    }
}

impl Stream for FileStream {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.file.info
    }

    fn register(&mut self, lane: Waker) {
        self.file.ready.register(lane);
    }

    fn is_ready(&self) -> bool {
        match self.phase {
            // Nobody raises the flag for bytes that the lane still has to frame.
            Phase::Restarting(_) => self.framed == self.at,
            Phase::Following | Phase::Ending(_) => self.file.ready.is_raised() || self.is_due(),
            Phase::Closing(end) => self.at < end,
        }
    }

    fn is_patient(&self) -> bool {
        !self.once
    }

    fn wanted(&self) -> usize {
        self.lines.wanted(length(self.scanned))
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        if space.is_empty() {
            // A read into nothing looks like the file's end.
            return Ok(Read::Idle);
        }
        if let Some(open) = self.open.filter(|_| matches!(self.phase, Phase::Following) && self.is_due()) {
            self.phase = Phase::Closing(open.end);
        }
        self.file.ready.clear();
        let found = self.look(space)?;
        self.file.set_read_to(self.at + self.scanned);
        if matches!(found, Read::Bytes(_)) {
            self.file.ready.keep();
        }
        Ok(found)
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let last = self.framed + bytes.len() as u64;
        let is_end =
            matches!(self.phase, Phase::Ending(end) | Phase::Restarting(end) | Phase::Closing(end) if end == last);
        let count = self.lines.cut(bytes, is_end, records);
        self.framed += count as u64;
        self.file.set_framed_position(self.position());
        if let Phase::Closing(end) = self.phase
            && self.framed >= end
        {
            (self.phase, self.open) = (Phase::Following, None);
            // Whatever is behind the record was not looked at.
            self.file.ready.raise();
        }
        count
    }

    fn unread(&mut self, fragment: &[u8]) {
        self.at -= fragment.len() as u64;
        self.scanned = fragment.len() as u64;
        self.keep_open(fragment);
    }

    /// Bytes of the file that were framed, those before the first record and before truncations included.
    fn position(&self) -> u64 {
        self.truncated + self.framed
    }

    fn confirm(&mut self, position: u64) {
        self.file.set_confirmed_position(position);
        // Of what was truncated away nothing is kept.
        self.file.set_confirmed_to(position.saturating_sub(self.truncated));
    }
}

impl Drop for FileStream {
    fn drop(&mut self) {
        tracing::debug!(path = %self.file.path.display(), framed = self.framed, "file closed");
        self.file.close(self.framed);
    }
}

/// How much is first looked at behind an unfinished line.
const FIRST_LOOK_BYTES: usize = 4096;

/// A length that is bounded by memory, or saturates where the comparison it is for doesn't care.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
