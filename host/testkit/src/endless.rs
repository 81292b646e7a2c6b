//! A stream that never ends and allocates nothing, for tests of the steady state.

use crate::names::stream_info;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use logagent_record::Flags;
use std::sync::Arc;
use std::task::Waker;

/// The same lines over and over.
pub struct Endless {
    info: Arc<StreamInfo>,
    lines: Vec<u8>,
    /// Where in the lines the next read goes on.
    at: usize,
    framed: u64,
}

impl Endless {
    /// A stream of source 0 that repeats these whole lines.
    ///
    /// # Panics
    /// Where the last byte ends no line.
    #[must_use]
    pub fn new(lines: Vec<u8>) -> Self {
        assert_eq!(lines.last(), Some(&b'\n'), "whole lines");
        Self { info: stream_info(0, "endless"), lines, at: 0, framed: 0 }
    }
}

impl Stream for Endless {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.info
    }

    fn register(&mut self, _lane: Waker) {}

    fn is_ready(&self) -> bool {
        true
    }

    fn wanted(&self) -> usize {
        self.lines.len()
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        let mut filled = 0;
        while filled < space.len() {
            let count = (self.lines.len() - self.at).min(space.len() - filled);
            space[filled..filled + count].copy_from_slice(&self.lines[self.at..self.at + count]);
            self.at = (self.at + count) % self.lines.len();
            filled += count;
        }
        Ok(Read::Bytes(filled))
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let place = |bytes: usize| u32::try_from(bytes).expect("a ring's places are u32");
        let mut start = 0;
        while !records.is_full() {
            let Some(length) = bytes[start..].iter().position(|&byte| byte == b'\n') else { break };
            records.push(place(start), place(length), Flags::TERMINATED);
            start += length + 1;
        }
        self.framed += start as u64;
        start
    }

    fn unread(&mut self, fragment: &[u8]) {
        self.at = (self.at + self.lines.len() - fragment.len() % self.lines.len()) % self.lines.len();
    }

    fn position(&self) -> u64 {
        self.framed
    }

    fn confirm(&mut self, _position: u64) {}
}
