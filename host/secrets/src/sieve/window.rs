//! The bytes that the sieve looks at next.

use super::{BLOCK_BYTES, BLOCKS, LOOKAHEAD};

const BYTES: usize = BLOCKS * BLOCK_BYTES;

/// A copy of them, so that blocks lie on cache lines of their own, which every class then reads at full speed, and that
/// a run's end is a whole block, with zeros behind.
#[repr(C, align(64))]
pub(super) struct Window {
    bytes: [u8; BYTES + LOOKAHEAD],
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; BYTES + LOOKAHEAD] }
    }

    /// Takes the first `blocks` blocks of the rest, and what the classes see behind.
    #[inline]
    pub(super) fn take(&mut self, rest: &[u8], blocks: usize) -> &[u8] {
        let window = &mut self.bytes[..blocks * BLOCK_BYTES + LOOKAHEAD];
        let (there, beyond) = window.split_at_mut(rest.len().min(window.len()));
        there.copy_from_slice(&rest[..there.len()]);
        beyond.fill(0);
        window
    }
}
