//! The bytes that the sieve looks at next.

use super::{BLOCK_BYTES, BLOCKS};

const BYTES: usize = BLOCKS * BLOCK_BYTES;

/// Room for those at a run's end, which are looked at as a whole window, with zeros behind.
pub(super) struct Window {
    bytes: [u8; BYTES],
}

impl Window {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; BYTES] }
    }

    /// The rest's first bytes, as many as a window has.
    #[inline]
    pub(super) fn take<'a>(&'a mut self, rest: &'a [u8]) -> &'a [u8] {
        if let Some(whole) = rest.first_chunk::<BYTES>() {
            return whole;
        }
        let (there, beyond) = self.bytes.split_at_mut(rest.len());
        there.copy_from_slice(rest);
        beyond.fill(0);
        &self.bytes
    }
}
