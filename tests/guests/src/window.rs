//! The region that a guest lends to the host, and how a batch is read there. No bounds are checked: a host
//! that names wrong places is what some tests look for.

use std::arch::wasm32::memory_grow;
use std::ptr::with_exposed_provenance_mut;
use std::slice;

use crate::bindings::batch::window_bytes;

const PAGE_BYTES: usize = 65_536;

/// A region of fresh pages; never given back.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    at: usize,
    bytes: usize,
}

/// The parts of a descriptor that the tests need.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Descriptor {
    pub(crate) body_at: u32,
    pub(crate) body_len: u32,
    attrs_at: u32,
    pub(crate) attrs_len: u32,
    rest: [u32; 4],
}

impl Window {
    /// Grown instead of allocated, so that no allocator's bookkeeping touches the pages; a page more than
    /// needed, for the mode that lends it misaligned.
    pub(crate) fn grow() -> Self {
        let bytes = window_bytes() as usize;
        let page = memory_grow::<0>(bytes.div_ceil(PAGE_BYTES) + 1);
        assert!(page != usize::MAX, "no memory for the window");
        Self { at: page * PAGE_BYTES, bytes }
    }

    /// The region, moved and shortened as a liar would have it.
    pub(crate) fn region(self, moved: usize, short: usize) -> &'static [u8] {
        // SAFETY: `grow` made `bytes` bytes and a page more at `at`, which stay for as long as the memory;
        // no caller moves it by a page.
        unsafe { slice::from_raw_parts(with_exposed_provenance_mut::<u8>(self.at + moved), self.bytes - short) }
    }

    /// `len` bytes at `place`.
    pub(crate) fn bytes<'a>(self, place: u32, len: u32) -> &'a [u8] {
        // SAFETY: the host names places inside the window only (LAYOUT.md), and changes none during a call.
        unsafe { slice::from_raw_parts(with_exposed_provenance_mut::<u8>(self.at + place as usize), len as usize) }
    }

    /// The same, to write there.
    pub(crate) fn bytes_mut<'a>(self, place: u32, len: u32) -> &'a mut [u8] {
        let at = with_exposed_provenance_mut::<u8>(self.at + place as usize);
        // SAFETY: as for `bytes`; no caller holds another slice of the same bytes.
        unsafe { slice::from_raw_parts_mut(at, len as usize) }
    }

    /// The descriptors of a batch.
    pub(crate) fn descriptors<'a>(self, at: u32, count: u32) -> &'a [Descriptor] {
        let at = with_exposed_provenance_mut::<Descriptor>(self.at + at as usize);
        // SAFETY: as for `bytes`; `descriptors-at` is a multiple of 32 and the window of 64 KiB.
        unsafe { slice::from_raw_parts(at, count as usize) }
    }

    /// Where the region begins in the guest's memory.
    pub(crate) fn address(self) -> usize {
        self.at
    }
}
