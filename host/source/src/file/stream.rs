//! A file as a lane reads it: by offset, so that what is given back is simply read again. When the file is over
//! is decided elsewhere; this module only finds out that nothing more is there.

use super::open::OpenFile;
use super::tail::Tail;
use crate::cri::Cri;
use crate::lines::Lines;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use logagent_failpoint::{self as failpoint, Point};
use memchr::memrchr;
use std::io;
use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

mod look;
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
    /// The last read(2) found as much as there was space for.
    is_full: bool,
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
        // What it holds before is what was delivered, or is passed over: if it is another later, so is the rest.
        let tail = file.handle.get().map_or_else(Tail::new, |from| Tail::before(&from, at));
        let (phase, open, cri) = (Phase::Following, None, lines.cri());
        Self { file, lines, cri, once, at, framed: at, scanned: 0, tail, is_full: false, phase, truncated: 0, open }
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
            tracing::warn!(%path, "file can't be found: what it got while it was closed is lost unless it comes again");
            self.file.meter.restarted.add(1);
            self.file.meter.lost_bytes.add(std::mem::take(&mut self.scanned));
            return Read::Ended;
        }
        self.file.handle.want();
        Read::Idle
    }

    fn failed(&self, action: &'static str, source: io::Error) -> SourceError {
        self.file.fail();
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
        self.is_full = false;
        let Some(from) = self.file.handle.get() else { return Ok(self.without_file()) };
        let found = self.look(&from, space)?;
        if let Read::Bytes(_) = found {
            failpoint::pass(Point::SourceRead);
        }
        self.file.set_read_to(self.at + self.scanned);
        // Where the file was read to its end, whoever learns of more raises the flag.
        let is_more = self.is_full || self.once || !matches!(self.phase, Phase::Following);
        if is_more && (self.is_full || matches!(found, Read::Bytes(_))) {
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
        // Of what was truncated away nothing is kept.
        self.file.set_confirmed_to(position.saturating_sub(self.truncated));
        self.file.set_confirmed_position(position);
    }
}

impl Drop for FileStream {
    fn drop(&mut self) {
        tracing::debug!(path = %self.file.path.display(), framed = self.framed, "file closed");
        self.file.close(self.framed);
    }
}

/// A length that is bounded by memory, or saturates where the comparison it is for doesn't care.
fn length(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
