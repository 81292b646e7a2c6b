//! A shard's blocks: memory for its entries, in chunks that it took from the arena.
//!
//! Freed blocks wait in a list for their size, last in, first out, so that an overwrite finds a block that is in the
//! cache. When nothing else fits they are merged with their free neighbours into larger ones, so memory of one size
//! serves any other. Larger free blocks are kept by class of size, found through a bitmap, and split: two-level
//! segregated fit (Masmano, Ripoll, Crespo, Real, "TLSF", ECRTS 2004). A chunk that is wholly free goes back to the arena.
//!
//! ```text
//! waiting block   word 0: the next one of its size        word 1: as it was when it was an entry
//! free block      word 0: previous and next of its class  word 1: its size        last word: its size
//! ```

use crate::arena::{Arena, Index, Use};
use crate::entry::{Block, Meta};
use crate::sync::{Ordering, fence};

/// A free block keeps three words of its own; entries have at least a header, a key and a value.
const LEAST_WORDS: u32 = 4;

/// Sizes below, in words, have a list each.
const EXACT: u32 = 64;

/// Exact sizes, then four classes for each doubling up to the largest chunk.
const CLASSES: usize = EXACT as usize + 4 * (MOST_CHUNK_WORDS.ilog2() - EXACT.ilog2() + 1) as usize;

/// 16 KiB: larger ones would leave much unused in each shard, and smaller ones more at their ends.
pub(crate) const MOST_CHUNK_WORDS: u32 = 1 << 11;

pub(crate) struct Space {
    owner: u32,
    /// Freed blocks by size, not merged.
    waiting: [Index; EXACT as usize],
    are_waiting: bool,
    /// Merged blocks by class.
    free: [Index; CLASSES],
    present: u128,
    chunks: u32,
}

impl Space {
    pub(crate) fn new(owner: u32) -> Self {
        Self { owner, waiting: [0; EXACT as usize], are_waiting: false, free: [0; CLASSES], present: 0, chunks: 0 }
    }

    /// Chunks that it has.
    pub(crate) fn chunks(&self) -> u32 {
        self.chunks
    }

    /// A block of at least that many words; `None` where there is neither one nor a chunk left.
    pub(crate) fn allocate(&mut self, arena: &Arena, words: u32) -> Option<Block> {
        let words = words.max(LEAST_WORDS);
        if words > arena.chunk_words() {
            return self.allocate_large(arena, words);
        }
        if let Some(block) = self.reuse(arena, words).or_else(|| self.fit(arena, words)) {
            return Some(block);
        }
        if self.merge_waiting(arena)
            && let Some(block) = self.fit(arena, words)
        {
            return Some(block);
        }
        let chunk = arena.take(1, Use::Entries(self.owner))?;
        self.chunks += 1;
        self.link(arena, chunk, arena.chunk_words());
        self.fit(arena, words)
    }

    /// Whether `allocate` would find that many words by now.
    pub(crate) fn could_fit(&mut self, arena: &Arena, words: u32) -> bool {
        let words = words.max(LEAST_WORDS);
        self.waiting.get(words as usize).is_some_and(|head| *head != 0)
            || self.find(arena, words).is_some()
            || arena.free().0 > 0
            || (self.merge_waiting(arena) && (self.find(arena, words).is_some() || arena.free().0 > 0))
    }

    /// Takes back a block whose entry is no more: its generation is gone, its second word still says its size.
    pub(crate) fn release(&mut self, arena: &Arena, at: Index) {
        let words = Meta(arena.load(at + 1)).block_words().max(LEAST_WORDS);
        if words > arena.chunk_words() {
            let count = words.div_ceil(arena.chunk_words());
            self.chunks -= count;
            arena.give(at, count);
        } else if words < EXACT {
            arena.store(at, u64::from(self.waiting[words as usize]));
            self.waiting[words as usize] = at;
            self.are_waiting = true;
        } else {
            self.merge(arena, at, words);
        }
    }

    /// Merges all blocks that wait, and says whether there were any.
    pub(crate) fn merge_waiting(&mut self, arena: &Arena) -> bool {
        if !std::mem::take(&mut self.are_waiting) {
            return false;
        }
        for words in LEAST_WORDS..EXACT {
            let mut at = std::mem::take(&mut self.waiting[words as usize]);
            while at != 0 {
                let next = low(arena.load(at));
                self.merge(arena, at, words);
                at = next;
            }
        }
        true
    }

    fn allocate_large(&mut self, arena: &Arena, words: u32) -> Option<Block> {
        let count = words.div_ceil(arena.chunk_words());
        let at = arena.take(count, Use::Large(self.owner))?;
        self.chunks += count;
        Some(Block { at, words, after_free: false })
    }

    fn reuse(&mut self, arena: &Arena, words: u32) -> Option<Block> {
        let head = self.waiting.get_mut(words as usize).filter(|head| **head != 0)?;
        let at = *head;
        *head = low(arena.load(at));
        Some(Block { at, words, after_free: Meta(arena.load(at + 1)).is_after_free() })
    }

    /// Cuts a block from a free one.
    fn fit(&mut self, arena: &Arena, words: u32) -> Option<Block> {
        let (at, size) = self.find(arena, words)?;
        self.unlink(arena, at, size);
        let rest = size - words;
        if rest >= LEAST_WORDS {
            self.link(arena, at + words, rest);
            return Some(Block { at, words, after_free: false });
        }
        self.mark_next(arena, at + size, false);
        Some(Block { at, words: size, after_free: false })
    }

    fn find(&self, arena: &Arena, words: u32) -> Option<(Index, u32)> {
        let class = class(words);
        let first = self.free[class];
        if first != 0 && free_words(arena, first) >= words {
            return Some((first, free_words(arena, first)));
        }
        let larger = self.present & (!0 << (class + 1));
        let at = *self.free.get(larger.trailing_zeros() as usize)?;
        Some((at, free_words(arena, at)))
    }

    /// Makes a block free together with its free neighbours.
    fn merge(&mut self, arena: &Arena, at: Index, words: u32) {
        let (mut start, mut size) = (at, words);
        let next = at + words;
        if !self.ends_chunk(arena, next) && Meta(arena.load(next + 1)).is_free() {
            let more = free_words(arena, next);
            self.unlink(arena, next, more);
            size += more;
        }
        if Meta(arena.load(at + 1)).is_after_free() {
            let more = low(arena.load(at - 1));
            start -= more;
            self.unlink(arena, start, more);
            size += more;
        }
        if size == arena.chunk_words() {
            self.chunks -= 1;
            arena.give(start, 1);
        } else {
            self.link(arena, start, size);
        }
    }

    /// Writes a free block, and puts it in front of its class.
    fn link(&mut self, arena: &Arena, at: Index, words: u32) {
        // ORDER: as in `Entry::write`; what was the block's is gone before anything of it is overwritten.
        fence(Ordering::Release);
        let class = class(words);
        let next = self.free[class];
        arena.store(at, u64::from(next));
        arena.store(at + 1, Meta::free(words).0);
        arena.store(at + words - 1, u64::from(words));
        if next != 0 {
            arena.store(next, u64::from(low(arena.load(next))) | u64::from(at) << 32);
        }
        self.free[class] = at;
        self.present |= 1 << class;
        self.mark_next(arena, at + words, true);
    }

    fn unlink(&mut self, arena: &Arena, at: Index, words: u32) {
        let class = class(words);
        let (next, previous) = (low(arena.load(at)), high(arena.load(at)));
        if next != 0 {
            arena.store(next, u64::from(low(arena.load(next))) | u64::from(previous) << 32);
        }
        if previous != 0 {
            arena.store(previous, arena.load(previous) & !0xffff_ffff | u64::from(next));
            return;
        }
        self.free[class] = next;
        if next == 0 {
            self.present &= !(1 << class);
        }
    }

    /// Notes in a used block whether the one before it is free.
    fn mark_next(&self, arena: &Arena, next: Index, after_free: bool) {
        if !self.ends_chunk(arena, next) {
            let meta = Meta(arena.load(next + 1));
            arena.store(next + 1, meta.after_free(after_free).0);
        }
    }

    fn ends_chunk(&self, arena: &Arena, at: Index) -> bool {
        at.is_multiple_of(arena.chunk_words())
    }
}

fn free_words(arena: &Arena, at: Index) -> u32 {
    Meta(arena.load(at + 1)).free_words()
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half is meant")]
fn low(word: u64) -> u32 {
    word as u32
}

#[allow(clippy::cast_possible_truncation, reason = "the upper half fits")]
fn high(word: u64) -> u32 {
    (word >> 32) as u32
}

fn class(words: u32) -> usize {
    if words < EXACT {
        return words as usize;
    }
    let log2 = words.ilog2();
    (EXACT + (log2 - EXACT.ilog2()) * 4 + (words >> (log2 - 2) & 3)) as usize
}
