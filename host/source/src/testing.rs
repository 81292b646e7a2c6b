//! A lane in miniature, for tests: calls a stream as a lane does and keeps the records. Says nothing of how a lane
//! shares its time or its ring.

use logagent_component::{Read, Records, Stream};
use logagent_record::{Descriptor, Flags};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};

/// A record as it came out.
pub(crate) type Line = (Vec<u8>, Flags);

/// Counts how often it was woken.
#[derive(Default)]
pub(crate) struct Wakes(AtomicUsize);

impl Wakes {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let wakes = Arc::<Self>::default();
        (wakes.clone(), wakes.into())
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// One stream, the bytes that it gave, and the records that were cut from them.
pub(crate) struct MiniLane {
    pub(crate) stream: Box<dyn Stream>,
    given: Vec<u8>,
    pub(crate) lines: Vec<Line>,
    pub(crate) truncated: u64,
    pub(crate) has_ended: bool,
    /// How many bytes all reads gave.
    pub(crate) bytes: usize,
}

impl MiniLane {
    pub(crate) fn new(stream: Box<dyn Stream>) -> Self {
        Self { stream, given: Vec::new(), lines: Vec::new(), truncated: 0, has_ended: false, bytes: 0 }
    }

    /// Reads once, behind what was given before.
    pub(crate) fn read(&mut self, space: usize) -> Read {
        let at = self.given.len();
        self.given.resize(at + space, 0xaa);
        let found = self.stream.read(&mut self.given[at..]).expect("a readable stream");
        let count = if let Read::Bytes(count) = found { count } else { 0 };
        self.has_ended |= found == Read::Ended;
        self.given.truncate(at + count);
        self.bytes += count;
        found
    }

    /// Frames what was given into tables of so many records, and hands the rest back.
    pub(crate) fn frame(&mut self, table: usize) {
        while self.frame_some(table) {}
        if !self.given.is_empty() {
            self.stream.unread(&self.given);
            self.given.clear();
        }
    }

    /// Frames into one table; whether it was full.
    pub(crate) fn frame_some(&mut self, table: usize) -> bool {
        let mut table = vec![Descriptor::default(); table];
        let mut records = Records::new(&mut table);
        let used = self.stream.frame(&self.given, &mut records);
        let (count, is_full) = (records.count(), records.is_full());
        self.truncated += records.truncated();
        self.lines.extend(table[..count].iter().map(|record| (self.given[record.body()].to_vec(), record.flags)));
        self.given.drain(..used);
        is_full
    }

    /// Reads and frames until there is nothing now.
    pub(crate) fn drain(&mut self) {
        while !self.has_ended && self.stream.is_ready() {
            let space = self.stream.wanted();
            self.read(space);
            self.frame(100);
        }
    }

    /// The bodies since the last call.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let body = |(body, _): Line| String::from_utf8(body).expect("text");
        std::mem::take(&mut self.lines).into_iter().map(body).collect()
    }
}

/// The lines of `bytes` as they ought to come out, and how many were too long.
pub(crate) fn split(bytes: &[u8], max: usize) -> (Vec<Line>, u64) {
    let (mut lines, mut truncated) = (Vec::new(), 0);
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        let (body, end) = match line.strip_suffix(b"\n") {
            Some(body) => (body, Flags::TERMINATED),
            None => (line, Flags::default()),
        };
        truncated += u64::from(body.len() > max);
        let mut rest = body;
        while rest.len() > max {
            lines.push((rest[..max].to_vec(), Flags::CONTINUED));
            rest = &rest[max..];
        }
        lines.push((rest.to_vec(), end));
    }
    (lines, truncated)
}
