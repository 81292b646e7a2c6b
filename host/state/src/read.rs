//! Reading without a lock.
//!
//! A reader goes from the table's word to the slot to the entry, copies what it wants, and then looks whether all three
//! still are what they were. If not, a writer has been there, and the reader tries again. It waits for nobody but a
//! writer that is amid the few stores of an overwrite in place of that very key.
//!
//! What a writer changes, in this order:
//!
//! - An overwrite in place: the generation away; value and expiry; a new generation.
//! - An overwrite by another block: the new entry, its generation; the slot; the old entry's generation away; its block
//!   is free.
//! - A removal: the slot; the generation away; the block is free.
//! - A slot that is moved: the slot's copy; the count of moves; the old slot.
//! - A larger table: its slots; the shard's word; the old table's chunks are free.
//! - Half a shard to another: the new entries; the other's table; for each, the old slot; the old generation away.
//!   Who has seen an old slot empty sees the other's table, when it locates the hash once more.
//!
//! All stores to freed memory are releases, or come after a release fence. So a reader that has seen anything of a
//! block's or a table's next life sees, after its acquire fence, that the generation or the table's word is another.
//! (Boehm, "Can Seqlocks Get Along with Programming Language Memory Models?", MSPC 2012, whose readers' half this is.)

mod glance;

use crate::Namespace;
use crate::arena::{Arena, Index, LINE_WORDS};
use crate::entry::{Entry, Key, LIVE};
use crate::map::Map;
use crate::prefetch;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::table::{self, Slot, Table};
use std::ops::ControlFlow;

/// What became of one attempt.
enum Outcome<R> {
    Found(R),
    Absent,
    /// A writer was there.
    Torn,
}

/// An attempt's view of a shard.
struct Attempt<'m> {
    map: &'m Map,
    arena: &'m Arena,
    index: u32,
    table: Table,
    moves: u64,
}

impl Map {
    /// Shows `take` the key's entry, alive or expired, until what it answers is right. `take` may see an entry that is
    /// being overwritten, and is called again then; it answers `None` where the entry makes no sense.
    #[inline]
    pub(crate) fn read<R>(&self, key: &Key<'_>, mut take: impl FnMut(Entry) -> Option<R>) -> Option<R> {
        loop {
            match self.attempt(key, &mut take) {
                Outcome::Found(result) => return Some(result),
                Outcome::Absent => return None,
                Outcome::Torn => crate::sync::spin(),
            }
        }
    }

    /// Whether eviction will want to know what was used.
    #[inline]
    pub(crate) fn counts_uses(&self, namespace: Namespace) -> bool {
        self.arena.pressure().is_any() && (self.arena.is_tight() || self.accounts.is_pressed(namespace))
    }

    /// Counts a use, where eviction will want to know. Not a plain store: the slot may be another's by now, and a
    /// table's memory another's. That a word of it is the same is as likely as guessing the hash and place in it, 62 bits.
    #[cold]
    #[inline(never)]
    fn note_use(&self, namespace: Namespace, word: &AtomicU64, slot: Slot) {
        if self.counts_uses(namespace) && !slot.is_fully_used() {
            let _ = word.compare_exchange(slot.0, slot.used().0, Ordering::Relaxed, Ordering::Relaxed);
        }
    }

    /// Fetches the bucket where a hash's search begins.
    #[inline]
    pub(crate) fn fetch_slots(&self, hash: u64) {
        let (_, table) = self.locate_table(hash);
        prefetch::to_read(&table.home_line(&self.arena, hash)[0]);
    }

    /// Fetches the entry that the hash's first bucket has for it.
    #[inline]
    pub(crate) fn fetch_entry(&self, key: &Key<'_>) {
        let (_, table) = self.locate_table(key.hash);
        if let Some((_, slot)) = table.home_slot(&self.arena, key) {
            self.arena.prefetch(slot.entry());
            self.arena.prefetch(slot.entry().wrapping_add(LINE_WORDS));
        }
    }

    #[inline]
    fn attempt<R>(&self, key: &Key<'_>, take: &mut impl FnMut(Entry) -> Option<R>) -> Outcome<R> {
        let (index, table) = self.locate_table(key.hash);
        let moves = self.directory[index as usize].moves();
        let attempt = Attempt { map: self, arena: &self.arena, index, table, moves };
        let search = table::search(&self.arena, attempt.table, key, |at, slot| attempt.look(key, at, slot, take));
        match search {
            Some(Some((result, at, slot))) => {
                if self.arena.pressure().is_any() {
                    self.note_use(key.namespace, self.arena.word(at), slot);
                }
                Outcome::Found(result)
            }
            // The shard may have been split, and the key gone to the other half.
            None if attempt.nothing_moved() && self.locate(key.hash) == index => Outcome::Absent,
            _ => Outcome::Torn,
        }
    }
}

impl Attempt<'_> {
    /// Looks at the entry of a slot: goes on where it is certainly another key's, and answers `None` where it is torn.
    #[inline]
    fn look<R>(
        &self,
        key: &Key<'_>,
        at: Index,
        slot: Slot,
        take: &mut impl FnMut(Entry) -> Option<R>,
    ) -> ControlFlow<Option<(R, Index, Slot)>> {
        let Some(word) = self.arena.words(slot.entry(), 1) else { return ControlFlow::Break(None) };
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let generation = word[0].load(Ordering::Acquire);
        let entry = Entry::at(self.arena, slot.entry());
        let Some(entry) = entry.filter(|_| generation & LIVE != 0) else { return ControlFlow::Break(None) };
        let result = match entry.is_of(self.arena, key) {
            Some(true) => take(entry),
            _ => None,
        };
        if !self.holds(at, slot, generation) {
            return ControlFlow::Break(None);
        }
        match result {
            Some(result) => ControlFlow::Break(Some((result, at, slot))),
            None => ControlFlow::Continue(()),
        }
    }

    /// Whether what was read of the entry so far was one entry's, and that entry the slot's.
    #[inline]
    fn holds(&self, at: Index, slot: Slot, generation: u64) -> bool {
        // ORDER: pairs with the release stores and fences before anything is written to memory that was another's:
        // had one of the loads before seen such a store, one of the loads after sees what made the memory free.
        fence(Ordering::Acquire);
        self.arena.load(slot.entry()) == generation
            && Slot(self.arena.load(at)).is(slot)
            && self.map.tables.of(self.index) == self.table
    }

    /// Whether a search that found nothing went through a table that stood still.
    #[inline]
    fn nothing_moved(&self) -> bool {
        // ORDER: as in `holds`, for the slots of a table whose memory is another's by now.
        fence(Ordering::Acquire);
        self.map.tables.of(self.index) == self.table && self.map.directory[self.index as usize].moves() == self.moves
    }
}
