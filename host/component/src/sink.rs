//! What takes records to where they belong.

use crate::{PutAside, StreamInfo, Streams};
use logagent_record::{Descriptor, Severities};
use logagent_ring::Span;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

/// One lane's end of a configured sink. Called from the lane's thread; it may hand deliveries to other threads.
pub trait Sink: Send {
    /// Takes records to their destination, now or later. Each delivery is confirmed once it has arrived,
    /// or once the sink has copied it and owes it; one that is dropped instead counts as lost. Must not wait for the destination any longer than a local write takes.
    ///
    /// # Errors
    /// [`SinkError`] where the sink can't go on.
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError>;

    /// When `flush` must be called at the latest; `None` where the sink holds nothing back.
    fn flush_at(&self) -> Option<Instant> {
        None
    }

    /// Sends on what the sink has held back.
    ///
    /// # Errors
    /// [`SinkError`] where the sink can't go on.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    /// Which of these records the sink is not going to take, since it is behind: all of these severities. The next
    /// `deliver` brings these records, and the sink passes them over. `is_high_priority`: they come before others.
    fn sheds(&mut self, records: &[Descriptor], is_high_priority: bool) -> Severities {
        let _ = (records, is_high_priority);
        Severities::NONE
    }

    /// Whether something is on its way that was delivered with the span of this sequence number, although the sink has
    /// given back the span. How far the streams are delivered waits for it.
    fn owes(&mut self, sequence: u64) -> bool {
        let _ = sequence;
        false
    }

    /// Hands what it will not deliver to `put_aside`, and confirms what is put aside then; the rest waits for the next
    /// call. To be called after each flush.
    ///
    /// # Errors
    /// [`SinkError`] where the sink can't go on.
    fn give_up(&mut self, _put_aside: &mut PutAside<'_>) -> Result<(), SinkError> {
        Ok(())
    }
}

/// Records on their way to one sink: slices of the ring, held until confirmed.
#[derive(Debug)]
pub struct Delivery {
    /// The batch's bytes; a hold of its own for each delivery.
    pub span: Span,
    /// The window's places of the descriptors.
    pub table: Range<usize>,
    /// The bytes of all bodies, and one more a record for the newline that ends it.
    pub bytes: u64,
    /// When the first byte of the batch was read.
    pub read_at: Instant,
    /// The same, in nanoseconds since the Unix epoch.
    pub observed_unix_nano: u64,
    /// The streams that the descriptors name.
    pub streams: Arc<Streams>,
}

impl Delivery {
    /// The records, in order.
    #[must_use]
    pub fn descriptors(&self) -> &[Descriptor] {
        bytemuck::cast_slice(self.span.bytes(self.table.clone()))
    }

    /// How many records.
    #[must_use]
    pub fn records(&self) -> usize {
        self.table.len() / Descriptor::BYTES
    }

    /// A record's body.
    #[inline]
    #[must_use]
    pub fn body(&self, record: &Descriptor) -> &[u8] {
        self.span.bytes(record.body())
    }

    /// A record's attributes: a MessagePack map, or nothing.
    #[inline]
    #[must_use]
    pub fn attributes(&self, record: &Descriptor) -> &[u8] {
        // Where there are none, their place says nothing.
        if record.attrs_len == 0 { &[] } else { self.span.bytes(record.attributes()) }
    }

    /// Where a record came from; `None` for one that a filter emitted.
    #[must_use]
    pub fn stream(&self, record: &Descriptor) -> Option<&StreamInfo> {
        self.streams.get(usize::from(record.stream))?.as_deref()
    }

    /// Says that all of it has arrived.
    pub fn confirm(self) {
        self.span.confirm();
    }
}

/// Why a sink can't go on.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Its destination can't be opened or written.
    #[error("{target}: {action}")]
    Write {
        /// The file's path, or `stdout`.
        target: String,
        /// What was being done: `open`, `write` …
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
}
