//! An entry as one look sees it: who reads or writes it needs little more, so it is found in as few steps as can be.

use super::{Entry, Key, LIVE, Meta, equal};
use crate::UnixMs;
use crate::arena::Index;
use crate::sync::{AtomicU64, Ordering};

/// An entry that was the key's when it was looked at.
pub(crate) struct Seen<'m> {
    pub(crate) entry: Entry,
    pub(crate) generation: &'m AtomicU64,
    /// What the generation was before all else was read.
    pub(crate) was: u64,
    expires: u64,
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
        let (expires, rest) = if meta.expires() {
            let (expires, rest) = rest.split_first()?;
            (expires.load(Ordering::Relaxed), rest)
        } else {
            (u64::MAX, rest)
        };
        let (key_words, rest) = rest.split_at_checked(key.bytes.len().div_ceil(8))?;
        let value = rest.get(..(meta.value_bytes() as usize).div_ceil(8))?;
        let entry = Entry { at, meta };
        equal(key_words, key.bytes).then_some(Self { entry, generation: &head[0], was, expires, value })
    }

    #[inline]
    pub(crate) fn lives(&self, now: UnixMs) -> bool {
        now.0 < self.expires
    }
}
