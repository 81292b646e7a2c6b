//! Tables of descriptors in the ring: where they lie, and their making.

use bytemuck::{cast_slice, cast_slice_mut};
use logagent_component::{BatchView, Streams};
use logagent_record::Descriptor;
use logagent_ring::Writer;
use std::ops::Range;

/// What a table's place is a multiple of.
pub(super) const ALIGNMENT: usize = Descriptor::BYTES;

/// The bytes of a table.
pub(super) fn bytes_for(records: usize) -> usize {
    records * Descriptor::BYTES
}

/// What a table takes of the ring at most, with what aligns it.
pub(super) fn room_for(records: usize) -> usize {
    bytes_for(records) + ALIGNMENT
}

/// How many records' table fits into so many bytes, with what aligns it.
pub(super) fn records_in(bytes: usize) -> usize {
    bytes.saturating_sub(ALIGNMENT) / Descriptor::BYTES
}

/// Moves the head to where a table may start, and answers it.
pub(super) fn align(ring: &mut Writer) -> u64 {
    let place = ring.place(ring.head());
    ring.advance(place.next_multiple_of(ALIGNMENT) - place);
    ring.head()
}

/// Writes a table of these records at the head, whose places are counted from `base`.
pub(crate) fn write(ring: &mut Writer, records: &[Descriptor], base: u32) -> Table {
    let at = align(ring);
    let space: &mut [Descriptor] = cast_slice_mut(ring.space(bytes_for(records.len())));
    for (slot, record) in space.iter_mut().zip(records) {
        let (body_at, attrs_at) = (record.body_at + base, record.attrs_at + base);
        *slot = Descriptor { body_at, attrs_at, origin: body_at, ..*record };
    }
    ring.advance(bytes_for(records.len()));
    let mut table = Table { at, count: records.len(), is_ordered: true, own_from: at };
    table.is_ordered = table.ascends(ring);
    table
}

/// A table that is in hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(super) at: u64,
    pub(super) count: usize,
    /// All bodies ascend, apart from each other.
    pub(super) is_ordered: bool,
    /// From this position on, bytes that its records point to are needed by nobody else: not by another pipeline, nor
    /// by a copy that is on its way to a sink.
    pub(super) own_from: u64,
}

impl Table {
    /// A table without records, that takes nothing of the ring.
    pub(super) fn none(ring: &Writer) -> Self {
        Self { at: ring.head(), count: 0, is_ordered: false, own_from: ring.head() }
    }

    /// The same table once more, in fresh space.
    pub(super) fn copy(&self, ring: &mut Writer) -> Self {
        self.copy_with(ring, self.count, |records, copy| copy.copy_from_slice(records))
    }

    /// A table of `count` records in fresh space, of which there is enough; `fill` makes it from this one's.
    pub(super) fn copy_with<F>(&self, ring: &mut Writer, count: usize, fill: F) -> Self
    where
        F: FnOnce(&[Descriptor], &mut [Descriptor]),
    {
        let at = align(ring);
        let from = usize::try_from(self.at - ring.published()).expect("fits the ring");
        let (written, space) = ring.split(bytes_for(count));
        fill(cast_slice(&written[from..from + bytes_for(self.count)]), cast_slice_mut(space));
        ring.advance(bytes_for(count));
        Self { at, count, ..*self }
    }

    /// Its first so many records, and the rest.
    pub(super) fn split(&self, first: usize) -> (Self, Self) {
        let at = self.at + bytes_for(first) as u64;
        (Self { count: first, ..*self }, Self { at, count: self.count - first, ..*self })
    }

    fn positions(&self) -> Range<u64> {
        self.at..self.at + bytes_for(self.count) as u64
    }

    pub(super) fn places(&self, ring: &Writer) -> Range<usize> {
        let first = ring.place(self.at);
        first..first + bytes_for(self.count)
    }

    pub(super) fn records<'a>(&self, ring: &'a Writer) -> &'a [Descriptor] {
        cast_slice(ring.written(self.positions()))
    }

    pub(super) fn records_mut<'a>(&self, ring: &'a mut Writer) -> &'a mut [Descriptor] {
        cast_slice_mut(ring.written_mut(self.positions()))
    }

    /// The position of a place that a record names.
    pub(super) fn position(&self, place: usize, ring: &Writer) -> u64 {
        ring.published() + (place - ring.place(ring.published())) as u64
    }

    /// The place from which on all is the table's alone, and nobody reads it meanwhile.
    pub(super) fn own_place(&self, ring: &Writer) -> usize {
        ring.place(self.own_from.max(ring.writable_from()))
    }

    /// Whether all bodies ascend, apart from each other.
    pub(super) fn ascends(&self, ring: &Writer) -> bool {
        self.records(ring).is_sorted_by(|one, next| one.body().end < next.body().start)
    }

    /// The bytes of all bodies, with one more a record for its newline.
    pub(super) fn body_bytes(&self, ring: &Writer) -> u64 {
        self.records(ring).iter().map(|record| u64::from(record.body_len) + 1).sum()
    }

    /// What a filter sees of it.
    pub(crate) fn view<'a>(&self, ring: &'a Writer, streams: &'a Streams, observed_unix_nano: u64) -> BatchView<'a> {
        let place = |position| u32::try_from(ring.place(position)).expect("the window has 32 bits");
        let bodies = match self.records(ring) {
            [first, .., last] if self.is_ordered => first.body_at..last.body_at + last.body_len,
            [only] => only.body_at..only.body_at + only.body_len,
            _ => 0..0,
        };
        BatchView {
            descriptors_at: place(self.at),
            count: u32::try_from(self.count).expect("a table fits the window"),
            bodies,
            base: place(ring.published()),
            bytes: ring.written(ring.published()..ring.head()),
            observed_unix_nano,
            streams,
        }
    }
}
