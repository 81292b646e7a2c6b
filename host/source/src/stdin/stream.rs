//! Standard input as a lane reads it. It can't be read twice, so an unfinished line is kept here.

use super::{Input, Shared, StdinSource, is_readable};
use crate::attributes;
use crate::lines::Lines;
use logagent_component::{Read, Records, Signal, SourceError, Stream, StreamInfo};
use memchr::memchr;
use rustix::io::Errno;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Waker;
use std::time::Duration;

/// The one stream of standard input.
pub(super) struct StdinStream {
    input: Input,
    info: Arc<StreamInfo>,
    shared: Arc<Shared>,
    /// Wakes the source's thread.
    signal: Arc<Signal>,
    lines: Lines,
    /// Bytes that were read and aren't with the lane.
    fragment: Vec<u8>,
    /// Up to here, bytes were given and not taken back.
    given: u64,
    /// Up to here, they were framed.
    framed: u64,
    has_ended: bool,
    confirmed: u64,
}

impl StdinStream {
    pub(super) fn new(source: &StdinSource, shared: Arc<Shared>, signal: Arc<Signal>) -> Self {
        Self {
            input: source.input.clone(),
            info: Arc::new(StreamInfo {
                source: source.index,
                source_name: source.name.clone(),
                name: "stdin".into(),
                attributes: attributes::map(&[("log.iostream", "stdin")]),
            }),
            shared,
            signal,
            lines: Lines::new(source.max_record_bytes),
            fragment: Vec::new(),
            given: 0,
            framed: 0,
            has_ended: false,
            confirmed: 0,
        }
    }

    fn look(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        let kept = self.fragment.len();
        if self.has_ended || kept >= space.len() {
            return Ok(self.give(space, 0));
        }
        if !is_readable(&self.input, Duration::ZERO)? {
            return Ok(Read::Idle);
        }
        match rustix::io::read(&self.input, &mut space[kept..]) {
            Ok(0) => {
                self.has_ended = true;
                Ok(self.give(space, 0))
            }
            Ok(count) => Ok(self.take(space, count)),
            // Another process that shares the description was faster.
            Err(Errno::INTR | Errno::AGAIN) => Ok(Read::Idle),
            Err(error) => Err(SourceError::Stdin { action: "read", source: error.into() }),
        }
    }

    /// So many new bytes lie in `space` behind the place of the fragment. Where they don't finish its line, they are
    /// kept with it: a writer of many small pieces would otherwise have its line copied for each of them.
    fn take(&mut self, space: &mut [u8], count: usize) -> Read {
        // Also where the lane gets nothing now: there may be more.
        self.shared.ready.keep();
        let kept = self.fragment.len();
        let new = &space[kept..kept + count];
        if kept > 0 && !self.lines.is_too_long(kept + count) && memchr(b'\n', new).is_none() {
            self.fragment.extend_from_slice(new);
            return Read::Idle;
        }
        self.give(space, count)
    }

    /// Puts as much of the fragment as there is space for in front of the `count` bytes that are there.
    fn give(&mut self, space: &mut [u8], count: usize) -> Read {
        let kept = self.fragment.len().min(space.len());
        space[..kept].copy_from_slice(&self.fragment[..kept]);
        self.fragment.drain(..kept);
        let count = kept + count;
        self.given += count as u64;
        if count == 0 {
            return Read::Ended;
        }
        self.shared.ready.keep();
        Read::Bytes(count)
    }
}

impl Stream for StdinStream {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.info
    }

    fn register(&mut self, lane: Waker) {
        self.shared.ready.register(lane);
    }

    fn is_ready(&self) -> bool {
        self.shared.ready.is_raised()
    }

    fn wanted(&self) -> usize {
        self.lines.wanted(self.fragment.len())
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        if space.is_empty() {
            // A read into nothing looks like the end.
            return Ok(Read::Idle);
        }
        self.shared.ready.clear();
        let found = self.look(space)?;
        self.shared.is_over.store(self.has_ended, Ordering::Relaxed);
        if self.has_ended || !self.shared.ready.is_raised() {
            self.signal.raise();
        }
        Ok(found)
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let is_last = self.fragment.is_empty() && self.framed + bytes.len() as u64 == self.given;
        let count = self.lines.cut(bytes, self.has_ended && is_last, records);
        self.framed += count as u64;
        count
    }

    fn unread(&mut self, fragment: &[u8]) {
        self.given -= fragment.len() as u64;
        self.fragment.splice(..0, fragment.iter().copied());
    }

    /// Bytes framed since the start.
    fn position(&self) -> u64 {
        self.framed
    }

    fn confirm(&mut self, position: u64) {
        self.confirmed = position;
    }
}

impl Drop for StdinStream {
    fn drop(&mut self) {
        tracing::debug!(framed = self.framed, confirmed = self.confirmed, "stdin closed");
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.signal.raise();
    }
}
