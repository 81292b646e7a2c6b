//! An entry as one look sees it: who reads or writes it needs little more, so it is found in as few steps as can be.

use super::{Entry, HEADER_WORDS, Key, LIVE, Meta};
use crate::arena::{Index, NEAR_WORDS, Near};
use crate::sync::{AtomicU64, Ordering};
use crate::wide::{Short, equal};
use crate::{Expiry, UnixMs};

/// Longer keys are looked at by the book: ten words hold most that people count by.
const MOST_KEY_WORDS: usize = 10;

const HEAD: usize = HEADER_WORDS as usize;

const _: () = assert!(HEAD + MOST_KEY_WORDS + size_of::<Short>() / 8 < NEAR_WORDS, "the longest, and an expiry");

/// An entry that was the key's when it was looked at.
pub(crate) struct Seen<'m> {
    pub(crate) entry: Entry,
    /// What the generation was before all else was read.
    was: u64,
    words: &'m Near,
    value_at: usize,
}

impl<'m> Seen<'m> {
    /// What is at a place of the arena, if it is an entry of the key.
    #[inline(always)]
    pub(crate) fn at(words: &'m Near, at: Index, key: &Key<'_>) -> Option<Self> {
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let was = words[0].load(Ordering::Acquire);
        let meta = Meta(words[1].load(Ordering::Relaxed));
        let key_words = key.bytes.len().div_ceil(8);
        if was & LIVE == 0 || !meta.matches(key) || key_words > MOST_KEY_WORDS {
            return None;
        }
        let is_key = equal(&words[HEAD..HEAD + key_words], key.bytes);
        is_key.then_some(Self { entry: Entry { at, meta }, was, words, value_at: HEAD + key_words })
    }

    /// Whether the entry is still what it was.
    #[inline(always)]
    pub(crate) fn stands(&self) -> bool {
        self.words[0].load(Ordering::Relaxed) == self.was
    }

    /// Whether it is known that the entry lives.
    #[inline(always)]
    pub(crate) fn lives(&self, now: UnixMs) -> bool {
        !self.entry.meta.expires() || self.expiry().is_some_and(|at| now.0 < at.load(Ordering::Relaxed))
    }

    /// The length of the value in bytes, and the words that begin with it. It may be longer than they are.
    #[inline(always)]
    pub(crate) fn value(&self) -> (usize, &'m Short) {
        let (words, _) = self.words[self.value_at..].split_first_chunk().expect("there is room for the longest");
        (self.entry.meta.value_bytes() as usize, words)
    }

    /// The word that says when it expires, if it does; `None` where a longer value is before it.
    #[inline(always)]
    fn expiry(&self) -> Option<&'m AtomicU64> {
        self.words.get(self.value_at + (self.entry.meta.value_bytes() as usize).div_ceil(8))
    }

    /// Replaces the value and the expiry where they lie, for who holds the lock and knows that there is room.
    #[inline(always)]
    pub(crate) fn rewrite(&self, value: &[u8], expiry: Expiry, generation: u64) {
        super::rewrite(self.words, self.value_at, value, expiry, generation);
    }

    /// The value as a number, where it has 8 bytes.
    #[inline(always)]
    pub(crate) fn number(&self) -> Option<i64> {
        let (bytes, words) = self.value();
        (bytes == 8).then(|| words[0].load(Ordering::Relaxed).cast_signed())
    }

    /// Replaces a value of 8 bytes. ORDER: as `Arena::store`.
    #[inline(always)]
    pub(crate) fn set_number(&self, number: i64) {
        self.words[self.value_at].store(number.cast_unsigned(), Ordering::Release);
    }
}
