//! An entry as one look sees it: who reads or writes it needs little more, so it is found in as few steps as can be.

use super::{Criteria, HEADER_WORDS, Key, Meta};
use crate::arena::{NEAR_WORDS, Near};
use crate::sync::{AtomicU64, Ordering};
use crate::wide::{Pair, Short, equal};
use crate::{Expiry, UnixMs};

/// Longer keys are looked at by the book: ten words hold most that people count by.
const MOST_KEY_WORDS: usize = 10;

const HEAD: usize = HEADER_WORDS as usize;

const _: () = assert!(HEAD + MOST_KEY_WORDS + size_of::<Short>() / 8 < NEAR_WORDS, "the longest, and an expiry");

/// An entry that was the key's when it was looked at.
pub(crate) struct Seen<'m> {
    /// Its first two words as they were, of which the generation was read before all else.
    head: Pair,
    expires: bool,
    words: &'m Near,
    value_at: usize,
}

impl<'m> Seen<'m> {
    /// The entry that the words begin with, if it is one of the key, and meets the criteria.
    #[inline(always)]
    pub(crate) fn at(words: &'m Near, key: &Key<'_>, criteria: Criteria) -> Option<Self> {
        let key_words = key.bytes.len().div_ceil(8);
        if key_words > MOST_KEY_WORDS {
            return None;
        }
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let head = Pair::acquire(words);
        let (different, rest_at, rest) = match key.bytes.split_first_chunk() {
            Some((first, rest)) => (Pair::at::<HEAD, _>(words).xor(Pair::of(first)), HEAD + 2, rest),
            None => (Pair::new(0, 0), HEAD, key.bytes),
        };
        let expires = criteria.is_met(head, different)?;
        let value_at = HEAD + key_words;
        equal(&words[rest_at..value_at], rest).then_some(Self { head, expires, words, value_at })
    }

    /// Whether the entry is still what it was, and so is the word where `slot` was found.
    #[inline(always)]
    pub(crate) fn stands(&self, place: &AtomicU64, slot: u64) -> bool {
        Pair::load(&self.words[0], place).xor(self.head.with_second(slot)).is_zero()
    }

    /// The second word. Read anew: who keeps it keeps a register for it.
    #[inline(always)]
    pub(crate) fn meta(&self) -> Meta {
        Meta(self.words[1].load(Ordering::Relaxed))
    }

    /// Whether it is known that the entry lives.
    #[inline(always)]
    pub(crate) fn lives(&self, now: UnixMs) -> bool {
        !self.expires || self.expiry().is_some_and(|at| now.0 < at.load(Ordering::Relaxed))
    }

    /// The length of the value in bytes, and the words that begin with it. It may be longer than they are.
    #[inline(always)]
    pub(crate) fn value(&self) -> (usize, &'m Short) {
        let (words, _) = self.words[self.value_at..].split_first_chunk().expect("there is room for the longest");
        (self.meta().value_bytes() as usize, words)
    }

    /// The word that says when it expires, if it does; `None` where a longer value is before it.
    #[inline(always)]
    fn expiry(&self) -> Option<&'m AtomicU64> {
        self.words.get(self.value_at + (self.meta().value_bytes() as usize).div_ceil(8))
    }

    /// Replaces the value and the expiry where they lie, for who holds the lock and knows that there is room.
    #[inline(always)]
    pub(crate) fn rewrite(&self, value: &[u8], expiry: Expiry, generation: u64) {
        super::rewrite(self.words, self.value_at, value, expiry, generation);
    }

    /// The value of 8 bytes.
    #[inline(always)]
    pub(crate) fn number(&self) -> i64 {
        self.words[self.value_at].load(Ordering::Relaxed).cast_signed()
    }

    /// Replaces a value of 8 bytes. ORDER: as `Arena::store`.
    #[inline(always)]
    pub(crate) fn set_number(&self, number: i64) {
        self.words[self.value_at].store(number.cast_unsigned(), Ordering::Release);
    }
}
