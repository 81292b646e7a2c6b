//! A batch lent to the imports for the time of one call.

use logagent_component::{BatchView, Streams};

/// The batch that a running call is about. The store's data can't hold borrowed slices, so this holds them as if
/// they lived for ever; whoever makes one takes it back before the batch ends.
pub(crate) struct Loan {
    base: u32,
    count: usize,
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
        Self { base: batch.base, count: batch.count as usize, bytes, streams }
    }

    pub(crate) fn base(&self) -> u32 {
        self.base
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// For the `read` import alone: wasmtime copies it into the guest before the import returns to it.
    pub(crate) fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    pub(crate) fn streams(&self) -> &Streams {
        self.streams
    }
}
