//! A compressed file as a lane reads it: once, from its beginning to its end, straight into the ring. What is given back
//! is kept here, as standard input keeps it. Positions are those of the bytes that it holds, not of its own.

use super::open::OpenFile;
use super::unpack::{Packing, Unpacker};
use crate::cri::Cri;
use crate::lines::Lines;
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::task::Waker;

#[cfg(test)]
mod tests;

/// One compressed file's stream.
pub(super) struct PackedStream {
    file: Arc<OpenFile>,
    unpacker: Unpacker,
    lines: Lines,
    /// Joins lines that come in parts.
    cri: Option<Cri>,
    /// Whether the file's present end is its end.
    once: bool,
    /// Bytes that were unpacked and aren't with the lane.
    fragment: Vec<u8>,
    /// So many bytes were delivered by the run before.
    skipped: u64,
    /// Up to here, bytes were unpacked.
    at: u64,
    /// Up to here, they were framed.
    framed: u64,
    /// Nothing more will be unpacked.
    has_ended: bool,
}

impl PackedStream {
    /// A stream of what the file holds from `skipped` on.
    pub(super) fn new(
        (file, packing): (Arc<OpenFile>, Packing),
        from: Arc<File>,
        skipped: u64,
        lines: Lines,
        once: bool,
    ) -> io::Result<Self> {
        file.set_framed_position(skipped);
        file.set_confirmed_position(skipped);
        let (unpacker, cri) = (Unpacker::new(packing, from)?, lines.cri());
        let (fragment, has_ended) = (Vec::new(), false);
        Ok(Self { file, unpacker, lines, cri, once, fragment, skipped, at: 0, framed: skipped, has_ended })
    }

    /// Unpacks into `space` what there is; `None` where there is nothing now. A file that can't be read to its end ends
    /// where it can't: what came before is kept.
    fn unpack(&mut self, space: &mut [u8]) -> Option<usize> {
        if self.once || self.file.is_retired() {
            self.unpacker.is_whole();
        }
        let found = self.unpacker.read(space);
        self.file.set_read_to(self.unpacker.read_to());
        match found {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            Err(error) => {
                self.file.meter.damaged.add(1);
                let (path, unpacked) = (self.file.path.display(), self.at);
                tracing::error!(%path, unpacked, %error, "a compressed file can't be read to its end: it ends here");
                self.has_ended = true;
            }
            Ok(0) => self.has_ended = true,
            Ok(count) => {
                self.at += count as u64;
                return Some(count);
            }
        }
        Some(0)
    }

    /// Unpacks what was delivered before, into `space` as scratch.
    fn skip(&mut self, space: &mut [u8]) -> Read {
        let most = usize::try_from(self.skipped - self.at).map_or(space.len(), |rest| rest.min(space.len()));
        if self.unpack(&mut space[..most]).is_some() {
            self.file.ready.keep();
        }
        Read::Idle
    }

    /// Gives what lies in `space`: the fragment, and new bytes behind it.
    fn give(&mut self, bytes: &mut [u8]) -> Read {
        self.file.ready.keep();
        let Some(cri) = &mut self.cri else { return Read::Bytes(bytes.len()) };
        let joined = cri.join(bytes, self.has_ended);
        self.fragment.extend_from_slice(&bytes[joined.raw..]);
        if joined.given > 0 { Read::Bytes(joined.given) } else { Read::Idle }
    }
}

impl Stream for PackedStream {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.file.info
    }

    fn register(&mut self, lane: Waker) {
        self.file.ready.register(lane);
    }

    fn is_ready(&self) -> bool {
        self.file.ready.is_raised()
    }

    fn is_patient(&self) -> bool {
        !self.once
    }

    fn wanted(&self) -> usize {
        self.lines.wanted(self.fragment.len())
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        let kept = self.fragment.len();
        if kept >= space.len() {
            return Ok(Read::Idle);
        }
        self.file.ready.clear();
        if self.at < self.skipped && !self.has_ended {
            return Ok(self.skip(space));
        }
        let found = if self.has_ended { Some(0) } else { self.unpack(&mut space[kept..]) };
        let Some(count) = found.filter(|&count| count > 0 || self.has_ended) else { return Ok(Read::Idle) };
        space[..kept].copy_from_slice(&self.fragment);
        self.fragment.clear();
        Ok(if kept + count == 0 { Read::Ended } else { self.give(&mut space[..kept + count]) })
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let bytes_of_file = match &self.cri {
            None => Some(bytes.len() as u64),
            Some(cri) => cri.runs.raw_of_all(bytes.len()),
        };
        let is_last = self.fragment.is_empty() && bytes_of_file.is_some_and(|bytes| self.framed + bytes == self.at);
        let count = self.lines.cut(bytes, self.has_ended && is_last, records);
        self.framed += match &mut self.cri {
            None => count as u64,
            Some(cri) => {
                (0..cri.take_cut()).for_each(|_| records.count_truncated());
                cri.runs.frame(count)
            }
        };
        self.file.set_framed_position(self.framed);
        count
    }

    fn unread(&mut self, fragment: &[u8]) {
        if let Some(cri) = &mut self.cri {
            cri.runs.clear();
        }
        self.fragment.splice(..0, fragment.iter().copied());
    }

    /// Bytes that were unpacked and framed, those before the first record included.
    fn position(&self) -> u64 {
        self.framed
    }

    fn confirm(&mut self, position: u64) {
        self.file.set_confirmed_to(position);
        self.file.set_confirmed_position(position);
    }
}

impl Drop for PackedStream {
    fn drop(&mut self) {
        tracing::debug!(path = %self.file.path.display(), framed = self.framed, "compressed file closed");
        if self.has_ended {
            self.file.finish();
        }
        self.file.close(self.framed);
    }
}
