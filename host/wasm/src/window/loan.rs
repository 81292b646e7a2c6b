//! A batch lent to the imports for the time of one call.

use bytemuck::cast_slice;
use logagent_component::{BatchView, Streams};
use logagent_record::{Bodies, Descriptor};
use std::ops::Range;

/// The batch that a running call is about. The store's data can't hold borrowed slices, so this holds them as if
/// they lived for ever; whoever makes one takes it back before the batch ends.
pub(crate) struct Loan {
    base: u32,
    /// Where the descriptors lie in `bytes`.
    table: Range<usize>,
    bytes: &'static [u8],
    streams: &'static Streams,
}

impl Loan {
    /// # Safety
    /// The loan is dropped, and no slice of it is used any more, before what `batch` borrows ends.
    pub(crate) unsafe fn new(batch: &BatchView<'_>) -> Self {
        // SAFETY: only the lifetimes change, and the caller keeps to the real ones.
        let (bytes, streams) = unsafe {
            (
                std::mem::transmute::<&[u8], &'static [u8]>(batch.bytes),
                std::mem::transmute::<&Streams, &'static Streams>(batch.streams),
            )
        };
        let table = (batch.descriptors_at - batch.base) as usize;
        let table = table..table + batch.count as usize * Descriptor::BYTES;
        Self { base: batch.base, table, bytes, streams }
    }

    pub(crate) fn base(&self) -> u32 {
        self.base
    }

    pub(crate) fn count(&self) -> usize {
        self.table.len() / Descriptor::BYTES
    }

    /// The records' bodies, for the host's own search.
    pub(crate) fn bodies(&self) -> Bodies<'_> {
        Bodies::new(self.bytes, self.base, cast_slice(&self.bytes[self.table.clone()]))
    }

    /// For the `read` import alone: wasmtime copies it into the guest before the import returns to it.
    pub(crate) fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    pub(crate) fn streams(&self) -> &Streams {
        self.streams
    }
}
