//! Emptying chunks: memory for what no single entry's block is enough for, or for a shard that has nothing to give. A
//! chunk's entries go together, however much they were used; the turn goes round all chunks.

use crate::accounts::Reason;
use crate::arena::{Index, Use};
use crate::entry::{Entry, LIVE, Meta};
use crate::lock::Held;
use crate::room::Short;
use crate::shard::Found;
use crate::stats::Operation;

/// Entries that go before a whole chunk is emptied: with mixed sizes, what fits may take a few.
const TRIES: u32 = 32;

/// How often a run of chunks is emptied for one write. Others may take what was freed.
const RECLAIMS: u32 = 4;

impl Held<'_> {
    /// Frees memory for a block, or a larger table: of this shard's least used entries, or of whole chunks.
    pub(super) fn free_memory(&mut self, short: Short, words: u32) -> bool {
        let chunk_words = self.map.arena.chunk_words();
        if short == Short::Table {
            // Where no chunks can be had, the table stays as it is, and an entry goes for each that comes.
            return self.reclaim(self.core.table_chunks(&self.map.arena) * 2) || self.evict_one(None, Reason::Memory);
        }
        let tries = if words > chunk_words { 0 } else { TRIES };
        for _ in 0..tries {
            if !self.evict_one(None, Reason::Memory) {
                break;
            }
            if self.core.rest.space.could_fit(&self.map.arena, words) {
                return true;
            }
        }
        self.reclaim(words.div_ceil(chunk_words))
    }

    /// Empties a run of `count` chunks, whosever they are.
    fn reclaim(&mut self, count: u32) -> bool {
        (0..RECLAIMS).any(|_| {
            let Some(first) = self.map.arena.victims(count) else { return false };
            let chunk_words = self.map.arena.chunk_words();
            (0..count).all(|offset| self.empty(first + offset * chunk_words))
        })
    }

    /// Empties one chunk: of its entries, or of the large entry that it is a part of.
    fn empty(&mut self, chunk: Index) -> bool {
        let arena = &self.map.arena;
        let (head, owner) = match arena.user(chunk) {
            Use::Free => return true,
            Use::Entries(owner) => (chunk, owner),
            Use::Large(owner) => (chunk, owner),
            Use::RestOfLarge(offset) => {
                let head = chunk - offset * arena.chunk_words();
                let Use::Large(owner) = arena.user(head) else { return false };
                (head, owner)
            }
            Use::Table | Use::RestOfTable => return false,
        };
        if owner == self.index {
            return self.empty_own(head);
        }
        let other = self.map.hold_if_free(owner, Operation::Sweep, self.now);
        other.is_some_and(|mut other| other.empty_own(head))
    }

    /// Empties a chunk that is this shard's, if it still is, and nothing in it must stay.
    fn empty_own(&mut self, chunk: Index) -> bool {
        let arena = &self.map.arena;
        let index = self.index;
        let is_ours = |user| user == Use::Entries(index) || user == Use::Large(index);
        if !is_ours(arena.user(chunk)) {
            return arena.user(chunk) == Use::Free;
        }
        self.core.rest.space.merge_waiting(arena);
        while is_ours(arena.user(chunk)) {
            let Some(found) = self.first_of_chunk(chunk) else { return false };
            if self.map.accounts.refuses(found.entry.meta.namespace()) {
                return false;
            }
            self.evict(&found, Reason::Memory);
            self.core.rest.space.merge_waiting(arena);
        }
        true
    }

    /// The first entry in a chunk, found by the key that is in it.
    fn first_of_chunk(&mut self, chunk: Index) -> Option<Found> {
        let arena = &self.map.arena;
        let meta = Meta(arena.load(chunk + 1));
        let at = if meta.is_free() { chunk + meta.free_words() } else { chunk };
        if at >= chunk + arena.chunk_words() || arena.load(at) & LIVE == 0 {
            return None;
        }
        let entry = Entry::at(arena, at)?;
        let mut bytes = std::mem::take(&mut self.core.rest.buffer);
        bytes.clear();
        entry.key(arena, &mut bytes);
        let found = self.core.find(arena, &self.map.key(entry.meta.namespace(), &bytes));
        self.core.rest.buffer = bytes;
        found.filter(|found| found.entry.at == at)
    }
}
