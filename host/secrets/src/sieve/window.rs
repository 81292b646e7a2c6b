//! The bytes that the sieve looks at next.

use super::{BLOCK_BYTES, BLOCKS};

const BYTES: usize = BLOCKS * BLOCK_BYTES;

/// A copy of them, so that blocks lie on cache lines of their own, which every class then reads at full speed, and that
/// a run's end is a whole window, with zeros behind.
#[repr(C, align(64))]
pub(super) struct Window {
    bytes: [u8; BYTES],
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; BYTES] }
    }

    /// Takes as many of the rest's first bytes as there is room for.
    #[inline]
    pub(super) fn take(&mut self, rest: &[u8]) -> &[u8] {
        let (there, beyond) = self.bytes.split_at_mut(rest.len().min(BYTES));
        there.copy_from_slice(&rest[..there.len()]);
        beyond.fill(0);
        &self.bytes
    }
}
