//! The table that a stream frames its records into: the batch's descriptors, in the ring.

use logagent_record::{Descriptor, Flags};
use std::ops::Range;

/// The descriptors of a batch that is being framed. Places are counted for the caller: it names records by where
/// they lie in the bytes at hand.
pub struct Records<'a> {
    table: &'a mut [Descriptor],
    count: usize,
    bytes_at: u32,
    stream: u16,
    end: u32,
    is_ordered: bool,
    truncated: u64,
}

impl<'a> Records<'a> {
    /// An empty table in this space.
    #[must_use]
    pub fn new(table: &'a mut [Descriptor]) -> Self {
        Self { table, count: 0, bytes_at: 0, stream: 0, end: 0, is_ordered: true, truncated: 0 }
    }

    /// Says what the next records are cut from: bytes at this place of the window, of this stream.
    pub fn begin(&mut self, bytes_at: u32, stream: u16) {
        (self.bytes_at, self.stream) = (bytes_at, stream);
    }

    /// Whether the batch has as many records as it may have.
    #[inline]
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.count == self.table.len()
    }

    /// How many records there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds a record whose body lies at `at` of the bytes at hand, `length` long.
    ///
    /// # Panics
    /// Where the table is full.
    #[inline]
    pub fn push(&mut self, at: u32, length: u32, flags: Flags) {
        let body_at = self.bytes_at + at;
        // Bodies that touch can't be searched in one go: a match could begin in one and end in the next.
        self.is_ordered &= body_at > self.end || self.count == 0;
        self.end = body_at + length;
        self.table[self.count] = Descriptor {
            body_at,
            body_len: length,
            flags,
            stream: self.stream,
            origin: body_at,
            ..Descriptor::default()
        };
        self.count += 1;
    }

    /// Says of the record that was added last where its attributes lie in the bytes at hand, when it happened (in
    /// nanoseconds since the Unix epoch), and its severity number; 0 where they are not known.
    ///
    /// # Panics
    /// Where there is no record.
    pub fn describe_last(&mut self, attributes: Range<u32>, time_unix_nano: u64, severity: u8) {
        let last = &mut self.table[self.count - 1];
        (last.time_unix_nano, last.severity) = (time_unix_nano, severity);
        if !attributes.is_empty() {
            (last.attrs_at, last.attrs_len) = (self.bytes_at + attributes.start, attributes.end - attributes.start);
        }
    }

    /// Counts a line that was longer than a record may be.
    pub fn count_truncated(&mut self) {
        self.truncated += 1;
    }

    /// How many lines were.
    #[must_use]
    pub fn truncated(&self) -> u64 {
        self.truncated
    }

    /// Whether all bodies ascend, with at least one byte between any two.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        self.is_ordered
    }
}
