//! A batch as a native filter sees it, checked against `wit/LAYOUT.md` before it is shown.

use logagent_component::{BatchView, StreamInfo};
use logagent_record::{Descriptor, Flags};
use std::ops::Range;

/// The records of a batch.
pub struct Seen<'a> {
    batch: &'a BatchView<'a>,
}

impl<'a> Seen<'a> {
    /// Looks at a batch.
    ///
    /// # Panics
    /// Where its layout is not the contract's.
    #[must_use]
    pub fn new(batch: &'a BatchView<'a>) -> Self {
        let seen = Self { batch };
        assert_eq!(batch.descriptors_at % 32, 0, "descriptors at {}", batch.descriptors_at);
        assert!(batch.count > 0, "a batch without records");
        let mut end = None;
        for record in seen.records() {
            seen.check(record);
            if !batch.bodies.is_empty() {
                let body = record.body();
                let run = batch.bodies.start as usize..batch.bodies.end as usize;
                assert!(run.start <= body.start && body.end <= run.end, "body {body:?} outside of its run {run:?}");
                assert!(end.is_none_or(|end| end < body.start), "body {body:?} touches the one before, up to {end:?}");
                end = Some(body.end);
            }
        }
        seen
    }

    fn check(&self, record: &Descriptor) {
        let end = record.body().end;
        if record.flags.contains(Flags::TERMINATED) {
            assert_eq!(self.bytes(end..end + 1), b"\n", "a record that should be terminated");
        }
        let _ = (self.body(record), self.attributes(record));
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.batch.count as usize
    }

    /// Never: a lane calls no filter for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The descriptors, in order.
    #[must_use]
    pub fn records(&self) -> &'a [Descriptor] {
        let first = self.batch.descriptors_at as usize;
        bytemuck::cast_slice(self.bytes(first..first + self.len() * Descriptor::BYTES))
    }

    /// A record's body.
    #[must_use]
    pub fn body(&self, record: &Descriptor) -> &'a [u8] {
        self.bytes(record.body())
    }

    /// A record's attributes.
    #[must_use]
    pub fn attributes(&self, record: &Descriptor) -> &'a [u8] {
        if record.attrs_len == 0 { &[] } else { self.bytes(record.attributes()) }
    }

    /// All bodies, in order.
    pub fn bodies(&self) -> impl Iterator<Item = &'a [u8]> + use<'a, '_> {
        self.records().iter().map(|record| self.body(record))
    }

    /// Where a record comes from; `None` where a filter made it.
    #[must_use]
    pub fn stream(&self, record: &Descriptor) -> Option<&'a StreamInfo> {
        self.batch.streams.get(usize::from(record.stream))?.as_deref()
    }

    fn bytes(&self, places: Range<usize>) -> &'a [u8] {
        let base = self.batch.base as usize;
        &self.batch.bytes[places.start - base..places.end - base]
    }
}
