//! Word by word.

use super::{PAIR, WORD};
use crate::arena::Line;
use crate::sync::{AtomicU64, Ordering};

/// A bit for the first place; no more are asked for.
#[inline]
pub(super) fn places_of(line: &Line, wanted: u64, ignored: u32) -> u8 {
    let compared = u64::from(!ignored) << u32::BITS;
    let is_wanted = |word: &AtomicU64| (word.load(Ordering::Relaxed) ^ wanted) & compared == 0;
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

/// Two words.
#[derive(Clone, Copy)]
pub(crate) struct Pair([u64; 2]);

impl Pair {
    #[inline]
    pub(crate) fn new(first: u64, second: u64) -> Self {
        Self([first, second])
    }

    #[inline]
    pub(crate) fn of(bytes: &[u8; PAIR]) -> Self {
        let (words, _) = bytes.as_chunks::<WORD>();
        Self([u64::from_le_bytes(words[0]), u64::from_le_bytes(words[1])])
    }

    /// Two words, the one from `AT` on first or last.
    #[inline]
    pub(crate) fn at<const AT: usize, const WORDS: usize>(words: &[AtomicU64; WORDS]) -> Self {
        Self::load(&words[AT], &words[AT + 1])
    }

    /// The first two words. ORDER: the first is acquired: all that is read afterwards, the second too, is read later.
    #[inline]
    pub(crate) fn acquire<const WORDS: usize>(words: &[AtomicU64; WORDS]) -> Self {
        Self([words[0].load(Ordering::Acquire), words[1].load(Ordering::Relaxed)])
    }

    /// Two words, wherever they are.
    #[inline]
    pub(crate) fn load(first: &AtomicU64, second: &AtomicU64) -> Self {
        Self([first.load(Ordering::Relaxed), second.load(Ordering::Relaxed)])
    }

    /// The first of these, and another second.
    #[inline]
    pub(crate) fn with_second(self, second: u64) -> Self {
        Self([self.0[0], second])
    }

    /// The bits in which they differ.
    #[inline]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self([self.0[0] ^ other.0[0], self.0[1] ^ other.0[1]])
    }

    #[inline]
    pub(crate) fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    #[inline]
    pub(crate) fn or(self, other: Self) -> Self {
        Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
    }

    #[inline]
    pub(crate) fn is_zero(self) -> bool {
        self.0 == [0; 2]
    }
}

#[inline]
pub(super) fn store(line: &Line, bytes: &[u8; size_of::<Line>()]) {
    for (word, bytes) in line.iter().zip(bytes.as_chunks::<WORD>().0) {
        word.store(u64::from_le_bytes(*bytes), Ordering::Relaxed);
    }
}
