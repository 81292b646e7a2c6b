//! Word by word.

use super::{Line, PAIR, WORD};
use crate::sync::{AtomicU64, Ordering};

#[inline]
pub(super) fn place_of(line: &Line, wanted: u32, ignored: u32) -> usize {
    let upper = |word: &AtomicU64| word.load(Ordering::Relaxed) >> u32::BITS;
    let is_wanted = |word| upper(word) & u64::from(!ignored) == u64::from(wanted);
    line.iter().position(is_wanted).unwrap_or(line.len() - 1)
}

/// # Safety
/// There is room for a line, which need not be aligned.
#[inline]
pub(super) unsafe fn copy(line: &Line, room: *mut u8) {
    for (n, word) in line.iter().enumerate() {
        // SAFETY: as the caller says.
        unsafe { room.add(n * WORD).cast::<[u8; WORD]>().write(word.load(Ordering::Relaxed).to_le_bytes()) }
    }
}

#[inline]
pub(super) fn store(pair: &[AtomicU64; 2], bytes: [u8; PAIR]) {
    for (word, bytes) in pair.iter().zip(bytes.as_chunks::<WORD>().0) {
        word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
    }
}
