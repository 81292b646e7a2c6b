//! The region of the component's memory that the host maps the ring over.

use std::arch::wasm32::memory_grow;
use std::ptr::with_exposed_provenance;
use std::slice;

use crate::bindings::batch::{attach, window_bytes};

const PAGE_BYTES: usize = 65_536;

/// A region that was lent to the host; it is never given back.
pub(crate) struct Window {
    at: usize,
    bytes: usize,
}

impl Window {
    /// Makes the region and lends it.
    ///
    /// Grown instead of allocated: whole new pages are 64 KiB-aligned and zero, no allocator wrote its
    /// bookkeeping there or ever will, and nothing is wasted on the alignment.
    pub(crate) fn attach() -> Self {
        let bytes = window_bytes() as usize;
        // No Rust slice may be longer.
        assert!(bytes <= isize::MAX as usize, "the window is too large");
        let page = memory_grow::<0>(bytes.div_ceil(PAGE_BYTES));
        assert!(page != usize::MAX, "no memory for the window");
        let window = Self { at: page * PAGE_BYTES, bytes };
        attach(window.bytes());
        window
    }

    /// The window, to be read until the running call returns: the next batch changes it.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `attach` made `bytes` bytes of memory at `at`, which no one else was given and which can't be
        // freed. The host changes them only between calls, and no slice outlives a call: `runtime` hands them
        // on for the time of one.
        unsafe { slice::from_raw_parts(with_exposed_provenance(self.at), self.bytes) }
    }
}
