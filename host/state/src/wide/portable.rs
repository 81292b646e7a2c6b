//! Word by word.

use super::{PAIR, WORD};
use crate::arena::Line;
use crate::sync::{AtomicU64, Ordering};

/// A bit for the first place; no more are asked for.
#[inline]
pub(super) fn places_of(line: &Line, wanted: u32, ignored: u32) -> u8 {
    let upper = |word: &AtomicU64| word.load(Ordering::Relaxed) >> u32::BITS;
    let is_wanted = |word| upper(word) & u64::from(!ignored) == u64::from(wanted);
    line.iter().position(is_wanted).map_or(0, |place| 1 << place)
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
pub(super) fn is(pair: &[AtomicU64; 2], bytes: [u8; PAIR]) -> bool {
    let mut words = pair.iter().zip(bytes.as_chunks::<WORD>().0);
    words.all(|(word, bytes)| word.load(Ordering::Relaxed) == u64::from_le_bytes(*bytes))
}

#[inline]
pub(super) fn store(line: &Line, bytes: &[u8; size_of::<Line>()]) {
    for (word, bytes) in line.iter().zip(bytes.as_chunks::<WORD>().0) {
        word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
    }
}
