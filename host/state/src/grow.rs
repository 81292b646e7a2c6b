//! Growth: the number of shards doubles while the map is used.
//!
//! The mask doubles at once; each shard is split when a writer, or a sweep, next takes its lock. Entries whose hash has
//! the new bit are copied to the new shard, which nobody looks at until its table's word is set; then they leave the
//! old one. Readers that found nothing there locate the hash once more. So readers wait for nobody, and a
//! writer for one split at most. Another doubling begins only when all shards are split.

use crate::accounts::Reason;
use crate::entry::Entry;
use crate::entry::Key;
use crate::lock::Held;
use crate::map::{Map, low_bits};
use crate::shard::Found;
use crate::stats::Operation;
use crate::table::Slot;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};

/// Chunks that a new shard wants: a table and a few of entries.
const CHUNKS_PER_SPLIT: u32 = 4;

impl Map {
    /// Doubles the number of shards, as conflicts do, and says whether it did: not where they are as many as they may be,
    /// or a doubling goes on, or the map's memory is used up, since copies have no room then, and entries would go for
    /// the sake of locks. Shards are split one by one, when they are next written to or swept.
    pub fn grow(&self) -> bool {
        let shards = self.mask() + 1;
        let (free, _) = self.arena.free();
        if shards as usize * 2 > self.directory.len() || free / CHUNKS_PER_SPLIT < shards {
            return false;
        }
        // ORDER: pairs with the decrement in `split`: the doubling before is complete.
        if self.unsplit.compare_exchange(0, shards, AcqRel, Acquire).is_err() {
            return false;
        }
        let is_due = self.mask() + 1 == shards;
        if is_due {
            self.tables.set_mask(shards * 2 - 1);
        } else {
            // Another thread's doubling was begun and completed since.
            self.unsplit.store(0, Release);
        }
        is_due
    }

    /// Moves half of a shard to its twin, for a doubling. Where there is no memory for the twin, the shard stays whole.
    #[cold]
    pub(crate) fn split(&self, held: &mut Held<'_>) {
        let bit = held.core.common + 1;
        let mut twin = self.hold_patiently(held.index | bit, Operation::Grow, held.now);
        let chunks = held.core.table_chunks(&self.arena);
        if !twin.core.rebuild(&self.arena, chunks, |_| ()) {
            return;
        }
        held.core.common |= bit;
        twin.core.common = held.core.common;
        held.copy_half(bit, &mut twin);
        self.tables.publish(twin.index, twin.core.table);
        held.drop_copied();
        self.unsplit.fetch_sub(1, AcqRel);
    }
}

impl Held<'_> {
    fn copy_half(&mut self, bit: u32, twin: &mut Held<'_>) {
        let map = self.map;
        let (mut key, mut value) = (Vec::new(), Vec::new());
        self.drain_marking(|found| {
            key.clear();
            value.clear();
            found.entry.key(&map.arena, &mut key);
            let key = map.key(found.entry.meta.namespace(), &key);
            if low_bits(key.hash) & bit == 0 {
                return false;
            }
            found.entry.value(&map.arena, &mut value);
            twin.adopt(&key, &value, found);
            true
        });
    }

    /// Marks the entries that `goes` says.
    fn drain_marking(&mut self, mut goes: impl FnMut(&Found) -> bool) {
        let arena = &self.map.arena;
        for found in self.core.each(arena) {
            if goes(&found) {
                arena.store(found.entry.at + 1, found.entry.meta.moved().0);
            }
        }
    }

    /// Takes a copy of another shard's entry; where there is no room for it, it counts as evicted.
    fn adopt(&mut self, key: &Key<'_>, value: &[u8], of: &Found) {
        let arena = &self.map.arena;
        let meta = of.entry.meta;
        let Some(block) = self.core.rest.space.allocate(arena, meta.words()) else {
            self.map.accounts.count_evicted(key.namespace, Reason::Memory);
            self.map.accounts.release(key.namespace, meta.words(), arena.pressure());
            return;
        };
        let expiry = of.entry.expiry(arena);
        let copy = Entry::write(arena, block, key, value, expiry, of.entry.generation(arena));
        self.core.admit(arena, Slot::new(key, copy.at));
        self.note_expiry(expiry);
    }

    fn drop_copied(&mut self) {
        let map = self.map;
        let expel = |held: &mut Held<'_>, found: &Found| held.core.expel(&map.arena, held.shard, found);
        self.drain(|found| found.entry.meta.is_moved(), expel);
    }
}
