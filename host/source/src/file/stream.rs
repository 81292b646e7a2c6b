//! A file as a lane reads it: by offset, so that what is given back is simply read again. When the file is over
//! is decided elsewhere; this module only finds out that nothing more is there.

use super::open::OpenFile;
use super::tail::Tail;
use crate::cri::Cri;
use crate::lines::Lines;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use memchr::{memchr, memrchr};
use std::fs::File;
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
    /// Joins lines that come in parts.
    cri: Option<Cri>,
    /// Whether the file's present end is its end.
    once: bool,
    /// Up to here, bytes were given and not taken back.
    at: u64,
    /// Up to here, they were framed.
    framed: u64,
    /// So many bytes behind `at` are known to hold no newline: an unfinished line, not worth reading again yet.
    scanned: u64,
    /// What was read last.
    tail: Tail,
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

/// What is behind an unfinished line.
enum Behind {
    Nothing,
    /// Its end, or so much of it that it is cut.
    Enough,
    /// It is not there itself any more.
    Replaced,
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
        let (phase, open, tail, cri) = (Phase::Following, None, Tail::new(), lines.cri());
        Self { file, lines, cri, once, at, framed: at, scanned: 0, tail, phase, truncated: 0, open }
    }

    fn look(&mut self, from: &File, space: &mut [u8]) -> Result<Read, SourceError> {
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
        if let Some(count) = found.filter(|&count| count > 0) {
            self.tail.add(&space[..count], at);
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

    /// The descriptor is closed, for now or for good.
    fn without_file(&mut self) -> Read {
        if self.file.is_retired() {
            let path = self.file.path.display();
            tracing::warn!(%path, "file is gone: what was written to it while it was closed is lost");
            self.file.meter.restarted.add(1);
            self.file.meter.lost_bytes.add(std::mem::take(&mut self.scanned));
            return Read::Ended;
        }
        self.file.handle.want();
        Read::Idle
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
            // Discovery wakes the lane when the descriptor is open.
            Phase::Following | Phase::Ending(_) if self.file.handle.is_wanted() => false,
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
        let Some(from) = self.file.handle.get() else { return Ok(self.without_file()) };
        let found = self.look(&from, space)?;
        self.file.set_read_to(self.at + self.scanned);
        // A full space without a whole line: there is more.
        if matches!(found, Read::Bytes(_)) || self.cri.is_some() && self.scanned >= space.len() as u64 {
            self.file.ready.keep();
        }
        Ok(found)
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let bytes_of_file = match &self.cri {
            None => Some(bytes.len() as u64),
            Some(cri) => cri.runs.raw_of_all(bytes.len()),
        };
        let last = bytes_of_file.map(|bytes| self.framed + bytes);
        let is_end = matches!(self.phase, Phase::Ending(end) | Phase::Restarting(end) | Phase::Closing(end) if last == Some(end));
        let count = self.lines.cut(bytes, is_end, records);
        self.framed += match &mut self.cri {
            None => count as u64,
            Some(cri) => {
                (0..cri.take_cut()).for_each(|_| records.count_truncated());
                cri.runs.frame(count)
            }
        };
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
        if let Some(cri) = &mut self.cri {
            // What was given is all whole lines, but for one that is too long to wait for its end.
            self.scanned += self.at - self.framed;
            self.at = self.framed;
            cri.runs.clear();
            return;
        }
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

fn size(file: &File) -> io::Result<u64> {
    Ok(file.metadata()?.len())
}

/// A length that is bounded by memory, or saturates where the comparison it is for doesn't care.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
