//! The map's memory: one run of words that is there as long as the map, handed out in chunks.
//!
//! It never goes back to the allocator, so who follows a stale index reads some word of the arena, never freed memory,
//! and finds out when it validates what it read. (Type-stable memory: Greenwald and Cheriton, "The Synergy Between
//! Non-blocking Synchronization and Operating System Structure", OSDI 1996; Linux has it as SLAB_TYPESAFE_BY_RCU.)
//! What lies in the chunks is not known here.

mod chunks;
mod memory;

pub(crate) use chunks::Use;

use crate::prefetch;
use crate::pressure::Pressure;
use crate::sync::{AtomicU64, Mutex, Ordering};
use chunks::Chunks;
use memory::Memory;
use std::sync::atomic::AtomicBool;

/// Words in a processor's cache line of 64 bytes.
pub(crate) const LINE_WORDS: u32 = 8;

/// A cache line's words.
pub(crate) type Line = [AtomicU64; LINE_WORDS as usize];

/// As many words as one look at an entry goes over: more than any but an unusual one has.
pub(crate) const NEAR_WORDS: usize = 48;

/// The words from a place on.
pub(crate) type Near = [AtomicU64; NEAR_WORDS];

/// A word's place in the arena. 0 is nobody's: the first chunk is not handed out.
pub(crate) type Index = u32;

/// Free blocks keep an index in 31 bits.
pub(crate) const MOST_WORDS: u64 = 1 << 31;

pub(crate) struct Arena {
    memory: Memory,
    chunk_words: u32,
    chunks: Mutex<Chunks>,
    /// Whether less than an eighth is free.
    tight: AtomicBool,
    pressure: Pressure,
}

impl Arena {
    /// Memory for `count` chunks; `None` where the system has not that much.
    pub(crate) fn new(count: u32, chunk_words: u32) -> Option<Self> {
        let words = (count as usize + 1) * chunk_words as usize + NEAR_WORDS;
        let memory = Memory::new(words.div_ceil(LINE_WORDS as usize))?;
        Some(Self {
            memory,
            chunk_words,
            chunks: Mutex::new(Chunks::new(count)),
            tight: AtomicBool::new(false),
            pressure: Pressure::default(),
        })
    }

    /// A power of two.
    #[inline]
    pub(crate) fn chunk_words(&self) -> u32 {
        self.chunk_words
    }

    /// All words, by their places.
    #[inline]
    pub(crate) fn all(&self) -> &[AtomicU64] {
        self.memory.words()
    }

    #[inline]
    pub(crate) fn word(&self, at: Index) -> &AtomicU64 {
        &self.all()[at as usize]
    }

    /// The place of a word of the arena.
    #[inline]
    pub(crate) fn index_of(&self, word: &AtomicU64) -> Option<Index> {
        Index::try_from(self.all().element_offset(word)?).ok()
    }

    /// Words from a place that may be stale, and beyond the arena then.
    #[inline]
    pub(crate) fn words(&self, at: Index, count: u32) -> Option<&[AtomicU64]> {
        self.all().get(at as usize..at as usize + count as usize)
    }

    /// The same, all that one look goes over. Behind the last chunk there is room for it.
    #[inline(always)]
    pub(crate) fn near(&self, at: Index) -> Option<&Near> {
        self.memory.near(at as usize)
    }

    /// The same by cache lines.
    #[inline(always)]
    pub(crate) fn lines(&self) -> &[Line] {
        self.all().as_chunks().0
    }

    /// For who holds the lock under which the word is written.
    #[inline]
    pub(crate) fn load(&self, at: Index) -> u64 {
        self.word(at).load(Ordering::Relaxed)
    }

    /// ORDER: pairs with the acquire fence of `read::Attempt::holds`: a reader that has seen this word sees, when it
    /// validates, what was changed before, namely that the word is no longer what it was looking for.
    #[inline]
    pub(crate) fn store(&self, at: Index, value: u64) {
        self.word(at).store(value, Ordering::Release);
    }

    /// Has the processor fetch the line that the word is in.
    #[inline]
    pub(crate) fn prefetch(&self, at: Index) {
        if let Some(word) = self.all().get(at as usize) {
            prefetch::to_read(word);
        }
    }

    /// Takes `count` chunks in a row: the place of the first.
    pub(crate) fn take(&self, count: u32, user: Use) -> Option<Index> {
        Some(self.take_either(count, user)?.0)
    }

    /// Takes `count` chunks in a row, all zeroes. Those that were never used are not touched.
    pub(crate) fn take_zeroed(&self, count: u32, user: Use) -> Option<Index> {
        let (first, is_fresh) = self.take_either(count, user)?;
        if !is_fresh {
            (first..first + count * self.chunk_words).for_each(|at| self.store(at, 0));
        }
        Some(first)
    }

    fn take_either(&self, count: u32, user: Use) -> Option<(Index, bool)> {
        let (first, is_fresh) = self.change(|chunks| chunks.take(count, user))?;
        Some(((first + 1) * self.chunk_words, is_fresh))
    }

    /// Gives chunks back that `take` gave.
    pub(crate) fn give(&self, at: Index, count: u32) {
        self.change(|chunks| chunks.give(at / self.chunk_words - 1, count));
    }

    fn change<R>(&self, change: impl FnOnce(&mut Chunks) -> R) -> R {
        let mut chunks = self.chunks.lock();
        let result = change(&mut chunks);
        let (free, all) = chunks.free();
        let is_tight = free < all / 8;
        self.pressure.change(self.tight.swap(is_tight, std::sync::atomic::Ordering::Relaxed), is_tight);
        result
    }

    #[inline(always)]
    pub(crate) fn pressure(&self) -> &Pressure {
        &self.pressure
    }

    /// Whether memory is nearly used up.
    #[inline]
    pub(crate) fn is_tight(&self) -> bool {
        self.tight.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// The next run of `count` chunks that hold nothing but entries, for who wants to have them emptied.
    pub(crate) fn victims(&self, count: u32) -> Option<Index> {
        let first = self.chunks.lock().victims(count)?;
        Some((first + 1) * self.chunk_words)
    }

    pub(crate) fn user(&self, at: Index) -> Use {
        self.chunks.lock().user(at / self.chunk_words - 1)
    }

    /// Chunks that nobody has, and all that there are.
    pub(crate) fn free(&self) -> (u32, u32) {
        self.chunks.lock().free()
    }
}
