//! A batch in a ring, as a lane would have it after framing.

use bytemuck::cast_slice_mut;
use logagent_component::BatchView;
use logagent_record::{Descriptor, Flags};
use logagent_ring::{RingFile, Writer};
use std::task::Waker;

/// The default of `memory.ring_bytes`.
const RING_BYTES: usize = 16 << 20;
const BATCH_BYTES: usize = 256 << 10;
/// With the newline.
const RECORD_BYTES: usize = 200;
const RECORDS: usize = BATCH_BYTES / RECORD_BYTES;

pub(in crate::rows) struct Batch {
    ring: Writer,
    table_at: u64,
}

impl Batch {
    /// Bodies first, then their descriptors.
    pub(in crate::rows) fn new() -> anyhow::Result<Self> {
        let mut ring = Writer::create(RING_BYTES, Waker::noop().clone())?;
        for (index, line) in ring.space(RECORDS * RECORD_BYTES).chunks_exact_mut(RECORD_BYTES).enumerate() {
            line.fill(b'x');
            line[0] = if is_dropped(index) { b'D' } else { b'I' };
            line[RECORD_BYTES - 1] = b'\n';
        }
        ring.advance(RECORDS * RECORD_BYTES);
        let end = ring.place(ring.head());
        ring.advance(end.next_multiple_of(Descriptor::BYTES) - end);
        let table_at = ring.head();
        let table: &mut [Descriptor] = cast_slice_mut(ring.space(RECORDS * Descriptor::BYTES));
        for (index, record) in table.iter_mut().enumerate() {
            *record = descriptor(u32::try_from(index * RECORD_BYTES)?);
        }
        ring.advance(RECORDS * Descriptor::BYTES);
        Ok(Self { ring, table_at })
    }

    pub(in crate::rows) fn ring_file(&self) -> RingFile {
        self.ring.file()
    }

    pub(in crate::rows) fn view(&self) -> BatchView<'_> {
        let place = |position| u32::try_from(self.ring.place(position)).expect("the ring is small");
        let bodies_end = u32::try_from(RECORDS * RECORD_BYTES - 1).expect("the batch is small");
        BatchView {
            descriptors_at: place(self.table_at),
            count: u32::try_from(RECORDS).expect("the batch is small"),
            bodies: 0..bodies_end,
            base: place(self.ring.published()),
            bytes: self.ring.written(self.ring.published()..self.ring.head()),
            observed_unix_nano: 1,
            streams: &[],
        }
    }
}

fn descriptor(body_at: u32) -> Descriptor {
    let body_len = u32::try_from(RECORD_BYTES - 1).expect("a record is short");
    Descriptor { body_at, body_len, flags: Flags::TERMINATED, ..Descriptor::default() }
}

/// Half of them, in no order that a branch predictor learns (the multiplier is that of Knuth's multiplicative hash).
fn is_dropped(index: usize) -> bool {
    index.wrapping_mul(2_654_435_761) >> 13 & 1 == 1
}
