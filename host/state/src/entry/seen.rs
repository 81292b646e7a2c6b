//! An entry as one look sees it: who reads or writes it needs little more, so it is found in as few steps as can be.

use super::{Entry, HEADER_WORDS, Key, LIVE, Meta};
use crate::arena::Index;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::wide::{equal, put};
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
    /// What is at a place of the arena, if it is an entry of the key. For who writes: see [`Self::show`].
    #[inline(always)]
    pub(crate) fn at(all: &'m [AtomicU64], at: Index, key: &Key<'_>) -> Option<Self> {
        let head = Head::at(all, at, key)?;
        if head.entry.meta.expires() { head.expiring(all, key) } else { head.lasting(all, key) }
    }

    /// Shows `look` what is at a place of the arena, if it is an entry of the key. For who reads: there is a way for each
    /// kind of entry, to its end, so the value's place hangs on a branch, not on what the entry's head says. A processor
    /// foretells the branch, and fetches the value while it waits for the head.
    #[inline(always)]
    pub(crate) fn show<R>(
        all: &'m [AtomicU64],
        at: Index,
        key: Key<'_>,
        look: impl FnOnce(Self) -> Option<R>,
    ) -> Option<R> {
        let head = Head::at(all, at, &key)?;
        if head.entry.meta.expires() { head.show_expiring(all, key, look) } else { look(head.lasting(all, &key)?) }
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

/// What begins an entry that may be the key's.
struct Head<'m> {
    entry: Entry,
    generation: &'m AtomicU64,
    was: u64,
}

impl<'m> Head<'m> {
    #[inline(always)]
    fn at(all: &'m [AtomicU64], at: Index, key: &Key<'_>) -> Option<Self> {
        let start = at as usize;
        let [generation, meta] = all.get(start..start + HEADER_WORDS as usize)?.first_chunk()?;
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let was = generation.load(Ordering::Acquire);
        let meta = Meta(meta.load(Ordering::Relaxed));
        (was & LIVE != 0 && meta.matches(key)).then_some(Self { entry: Entry { at, meta }, generation, was })
    }

    /// Takes the key by its value, so that it can stay in registers where this is not called.
    #[inline(never)]
    fn show_expiring<R>(
        self,
        all: &'m [AtomicU64],
        key: Key<'_>,
        look: impl FnOnce(Seen<'m>) -> Option<R>,
    ) -> Option<R> {
        look(self.expiring(all, &key)?)
    }

    #[inline(always)]
    fn expiring(self, all: &'m [AtomicU64], key: &Key<'_>) -> Option<Seen<'m>> {
        let at = self.after();
        let expiry = all.get(at)?;
        let seen = self.seen(all, at + 1, key)?;
        Some(Seen { expires: expiry.load(Ordering::Relaxed), expiry: Some(expiry), ..seen })
    }

    #[inline(always)]
    fn lasting(self, all: &'m [AtomicU64], key: &Key<'_>) -> Option<Seen<'m>> {
        let at = self.after();
        self.seen(all, at, key)
    }

    /// The place behind it.
    fn after(&self) -> usize {
        self.entry.at as usize + HEADER_WORDS as usize
    }

    #[inline(always)]
    fn seen(self, all: &'m [AtomicU64], key_at: usize, key: &Key<'_>) -> Option<Seen<'m>> {
        let Self { entry, generation, was } = self;
        let value_at = key_at + key.bytes.len().div_ceil(8);
        let value = all.get(value_at..value_at + (entry.meta.value_bytes() as usize).div_ceil(8))?;
        let is_key = equal(all.get(key_at..value_at)?, key.bytes);
        is_key.then_some(Seen { entry, generation, was, expires: u64::MAX, expiry: None, value })
    }
}
