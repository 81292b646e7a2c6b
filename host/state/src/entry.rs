//! An entry as it lies in the arena.
//!
//! ```text
//! word 0   generation: top bit set while the entry is one, never the same twice
//! word 1   expires 1 │ 0 … │ namespace 10 │ key length 16 ┃ slack words 3 │ moved, after free, free │ value length 24
//! …        the key, then the value, each filled up to whole words with zeroes
//! [last]   expiry in milliseconds, where it expires
//! ```
//!
//! So who knows the key knows where the value is, and can fetch it along with the entry's head.
//!
//! Nothing of an entry changes while its generation stands, but for the "after free" and "moved" bits, which readers
//! don't look at, and a value of 8 bytes that a fold changes, which is one word and replaced as one.

mod meta;
mod seen;

pub(crate) use meta::{Criteria, Meta};
pub(crate) use seen::Seen;

use crate::arena::{Arena, Index};
use crate::sync::{AtomicU64, Ordering, fence};
use crate::wide::{append, equal, put};
use crate::{Expiry, Namespace, UnixMs};

/// A key's length has 16 bits.
pub const MOST_KEY_BYTES: usize = (1 << 16) - 1;

/// A value's length has 24 bits. The map's budget may allow less.
pub const MOST_VALUE_BYTES: usize = (1 << 24) - 1;

const HEADER_WORDS: u32 = 2;

/// A generation has this bit; what else stands in a block's first word (links, 0) has not.
pub(crate) const LIVE: u64 = 1 << 63;

/// A key, and where the hash puts it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key<'a> {
    pub(crate) namespace: Namespace,
    pub(crate) bytes: &'a [u8],
    pub(crate) hash: u64,
}

/// Words that an entry takes, without its slot.
pub(crate) fn entry_words(key_bytes: usize, value_bytes: usize, expiry: Expiry) -> u32 {
    let words = key_bytes.div_ceil(8) + value_bytes.div_ceil(8);
    u32::try_from(words).unwrap_or(u32::MAX / 2) + HEADER_WORDS + u32::from(expiry != Expiry::Never)
}

/// What an entry is charged with, in bytes: its header (16, or 24 where it expires), key and value, both in whole
/// words of 8, and its slot.
#[must_use]
pub const fn entry_bytes(key_bytes: usize, value_bytes: usize, expires: bool) -> u64 {
    let words = HEADER_WORDS as usize + expires as usize + key_bytes.div_ceil(8) + value_bytes.div_ceil(8);
    (words as u64 + SLOT_WORDS as u64) * 8
}

/// An entry's slot in the table.
pub(crate) const SLOT_WORDS: u32 = 1;

/// A block of the arena that is about to become an entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block {
    pub(crate) at: Index,
    pub(crate) words: u32,
    /// Whether the block before it is free.
    pub(crate) after_free: bool,
}

/// An entry in the arena: its place, and its second word as it was when someone looked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) at: Index,
    pub(crate) meta: Meta,
}

impl Entry {
    /// The entry at a place that may be stale; `None` where it reaches beyond the arena.
    #[inline]
    pub(crate) fn at(arena: &Arena, at: Index) -> Option<Self> {
        let meta = Meta(arena.words(at, HEADER_WORDS)?[1].load(Ordering::Relaxed));
        Some(Self { at, meta })
    }

    /// Makes an entry of the block. It is complete before its generation stands.
    pub(crate) fn write(
        arena: &Arena,
        block: Block,
        key: &Key<'_>,
        value: &[u8],
        expiry: Expiry,
        generation: u64,
    ) -> Self {
        let meta = Meta::new(key, value.len(), expiry).after_free(block.after_free);
        let entry = Self { at: block.at, meta: meta.slack(block.words - meta.words()) };
        // ORDER: pairs with the fence of `read::Attempt::holds`, as `Arena::store` does, for all stores that follow:
        // who has seen one of them sees that the block's former generation is gone.
        fence(Ordering::Release);
        let words = arena.words(entry.at, meta.words()).unwrap_or_default();
        words[1].store(entry.meta.0, Ordering::Relaxed);
        put(&words[HEADER_WORDS as usize..], key.bytes);
        put(&words[meta.value_at() as usize..], value);
        if let Expiry::At(UnixMs(at)) = expiry {
            words[meta.expiry_at() as usize].store(at, Ordering::Relaxed);
        }
        // ORDER: pairs with the first load of `read::Attempt`: who sees the generation sees the entry.
        words[0].store(generation, Ordering::Release);
        entry
    }

    /// Replaces the value, by one of its length, and the expiry where they lie, for who holds the lock.
    pub(crate) fn rewrite(&self, arena: &Arena, value: &[u8], expiry: Expiry, generation: u64) -> Option<()> {
        let words = arena.words(self.at, self.meta.words())?;
        rewrite(words, self.meta.value_at() as usize, value, expiry, generation);
        Some(())
    }

    #[inline]
    pub(crate) fn generation(&self, arena: &Arena) -> u64 {
        arena.load(self.at)
    }

    #[inline]
    fn part<'a>(&self, arena: &'a Arena, at: u32, bytes: u32) -> Option<&'a [AtomicU64]> {
        arena.words(self.at.checked_add(at)?, bytes.div_ceil(8))
    }

    /// Whether the entry is the key's; `None` where it reaches beyond the arena.
    #[inline]
    pub(crate) fn is_of(&self, arena: &Arena, key: &Key<'_>) -> Option<bool> {
        if !self.meta.matches(key) {
            return Some(false);
        }
        Some(equal(self.part(arena, HEADER_WORDS, self.meta.key_bytes())?, key.bytes))
    }

    #[inline]
    pub(crate) fn expiry(&self, arena: &Arena) -> Expiry {
        if !self.meta.expires() {
            return Expiry::Never;
        }
        let word = self.part(arena, self.meta.expiry_at(), 8).map(|word| word[0].load(Ordering::Relaxed));
        word.map_or(Expiry::Never, |at| Expiry::At(UnixMs(at)))
    }

    #[inline]
    pub(crate) fn lives(&self, arena: &Arena, now: UnixMs) -> bool {
        self.expiry(arena).is_after(now)
    }

    /// Appends the value to `into`; `None` where it reaches beyond the arena.
    #[inline]
    pub(crate) fn value(&self, arena: &Arena, into: &mut Vec<u8>) -> Option<usize> {
        let bytes = self.meta.value_bytes();
        append(self.part(arena, self.meta.value_at(), bytes)?, bytes as usize, into);
        Some(bytes as usize)
    }

    /// Appends the key to `into`; `None` where it reaches beyond the arena.
    pub(crate) fn key(&self, arena: &Arena, into: &mut Vec<u8>) -> Option<usize> {
        let bytes = self.meta.key_bytes();
        append(self.part(arena, HEADER_WORDS, bytes)?, bytes as usize, into);
        Some(bytes as usize)
    }

    pub(crate) fn has_value(&self, arena: &Arena, value: &[u8]) -> bool {
        let words = self.part(arena, self.meta.value_at(), self.meta.value_bytes());
        self.meta.value_bytes() as usize == value.len() && words.is_some_and(|words| equal(words, value))
    }

    /// The value as a number, where it has 8 bytes.
    pub(crate) fn number(&self, arena: &Arena) -> Option<i64> {
        let words = self.part(arena, self.meta.value_at(), 8)?;
        (self.meta.value_bytes() == 8).then(|| words[0].load(Ordering::Relaxed).cast_signed())
    }

    /// Replaces a value of 8 bytes.
    pub(crate) fn set_number(&self, arena: &Arena, number: i64) {
        arena.store(self.at + self.meta.value_at(), number.cast_unsigned());
    }
}

/// Replaces the value of the entry that begins with the words, by one of its length, and its expiry, if it has one. Readers
/// find no generation meanwhile, and look again.
#[inline(always)]
fn rewrite(words: &[AtomicU64], value_at: usize, value: &[u8], expiry: Expiry, generation: u64) {
    words[0].store(0, Ordering::Relaxed);
    // ORDER: as in `Entry::write`: who has seen one of the stores that follow sees that the generation is gone.
    fence(Ordering::Release);
    put(&words[value_at..], value);
    if let Expiry::At(UnixMs(at)) = expiry {
        words[value_at + value.len().div_ceil(8)].store(at, Ordering::Relaxed);
    }
    // ORDER: pairs with the first load of `Seen::at`, as in `Entry::write`.
    words[0].store(generation, Ordering::Release);
}
