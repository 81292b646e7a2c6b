//! An entry as one look sees it: who reads or writes it needs little more, so it is found in as few steps as can be.

use super::{Entry, Key, LIVE, Meta, equal, put};
use crate::arena::Index;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::{Expiry, UnixMs};

/// An entry that was the key's when it was looked at.
pub(crate) struct Seen<'m> {
    pub(crate) entry: Entry,
    pub(crate) generation: &'m AtomicU64,
    /// What the generation was before all else was read.
    pub(crate) was: u64,
    /// When it expires, in milliseconds; at the end of time where it does not.
    pub(crate) expires: u64,
    /// The word that says so, where there is one.
    expiry: Option<&'m AtomicU64>,
    /// The value's words.
    pub(crate) value: &'m [AtomicU64],
}

impl<'m> Seen<'m> {
    /// What is at a place of the arena, if it is an entry of the key.
    #[inline]
    pub(crate) fn at(all: &'m [AtomicU64], at: Index, key: &Key<'_>) -> Option<Self> {
        let (head, rest) = all.get(at as usize..)?.split_first_chunk::<2>()?;
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let was = head[0].load(Ordering::Acquire);
        let meta = Meta(head[1].load(Ordering::Relaxed));
        if was & LIVE == 0 || !meta.matches(key) {
            return None;
        }
        let (expiry, rest) = if meta.expires() {
            let (expires, rest) = rest.split_first()?;
            (Some(expires), rest)
        } else {
            (None, rest)
        };
        let (key_words, rest) = rest.split_at_checked(key.bytes.len().div_ceil(8))?;
        let value = rest.get(..(meta.value_bytes() as usize).div_ceil(8))?;
        let entry = Entry { at, meta };
        let expires = expiry.map_or(u64::MAX, |at| at.load(Ordering::Relaxed));
        equal(key_words, key.bytes).then_some(Self { entry, generation: &head[0], was, expires, expiry, value })
    }

    #[inline]
    pub(crate) fn lives(&self, now: UnixMs) -> bool {
        now.0 < self.expires
    }
    /// Replaces the value and the expiry where they lie, for who holds the lock and knows that there is room. Readers
    /// find no generation meanwhile, and look again.
    #[inline]
    pub(crate) fn rewrite(&self, value: &[u8], expiry: Expiry, generation: u64) {
        self.generation.store(0, Ordering::Relaxed);
        // ORDER: as in `Entry::write`: who has seen one of the stores that follow sees that the generation is gone.
        fence(Ordering::Release);
        if let (Expiry::At(UnixMs(at)), Some(word)) = (expiry, self.expiry) {
            word.store(at, Ordering::Relaxed);
        }
        put(self.value, value);
        // ORDER: pairs with the first load of `Seen::at`, as in `Entry::write`.
        self.generation.store(generation, Ordering::Release);
    }

    /// The value as a number, where it has 8 bytes.
    #[inline]
    pub(crate) fn number(&self) -> Option<i64> {
        (self.entry.meta.value_bytes() == 8).then(|| self.value[0].load(Ordering::Relaxed).cast_signed())
    }

    /// Replaces a value of 8 bytes. ORDER: as `Arena::store`.
    #[inline]
    pub(crate) fn set_number(&self, number: i64) {
        self.value[0].store(number.cast_unsigned(), Ordering::Release);
    }
}
