//! A shard: what readers look at without its lock, and what writers change under it.

use crate::UnixMs;
use crate::arena::{Arena, Index};
use crate::entry::{Criteria, Entry, Key, LIVE, Seen};
use crate::space::Space;
use crate::stats::WAIT_BOUNDS_US;
use crate::sync::{AtomicU64, Mutex, Ordering};
use crate::table::{self, CLASSES, Slot, Table};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicU64 as Counter;
use std::sync::atomic::Ordering::Relaxed;

/// Two cache lines, since processors fetch lines in pairs: shards don't slow each other. The first has the lock and all
/// that an overwrite changes.
#[repr(C, align(128))]
pub(crate) struct Shard {
    pub(crate) core: Mutex<Core>,
    /// How often an entry went to another slot. A search that found nothing holds where it has not changed.
    moves: AtomicU64,
    /// No entry of the shard expires before this instant, in milliseconds. A hint, to leave shards alone.
    pub(crate) earliest: Counter,
    /// Calls whose deadline passed before they had the lock.
    pub(crate) late: Counter,
}

/// What the lock guards: with the lock, no more than a cache line.
pub(crate) struct Core {
    /// The same as the map's `Tables` have.
    pub(crate) table: Table,
    pub(crate) entries: u32,
    /// The low bits of the hash that all entries have in common.
    pub(crate) common: u32,
    next_generation: u64,
    /// The slot that eviction looks at next.
    pub(crate) hand: u32,
    /// Calls for room since the last search for expired entries.
    pub(crate) calls_for_room: u32,
    pub(crate) locking: Locking,
    pub(crate) rest: Box<Rest>,
}

/// What only inserts, removals and the lock's losers need.
pub(crate) struct Rest {
    pub(crate) space: Space,
    /// Entries by the class of their namespace.
    pub(crate) classes: [u32; CLASSES],
    /// Reused where a value is put together before it is written.
    pub(crate) buffer: Vec<u8>,
    pub(crate) waits: Waits,
}

/// What happened at the lock.
pub(crate) struct Locking {
    /// Acquisitions of all windows that are closed.
    pub(crate) closed: u64,
    /// Acquisitions until the window closes that is open.
    pub(crate) left: u32,
    /// Conflicts of it.
    pub(crate) window_conflicts: u32,
}

/// Those who had to wait for the lock.
#[derive(Default)]
pub(crate) struct Waits {
    pub(crate) conflicts: u64,
    /// By how long they waited.
    pub(crate) waits: [u64; WAIT_BOUNDS_US.len() + 1],
    /// Of `Shard::late`, those of closed windows.
    pub(crate) late: u64,
}

/// An entry, and the slot that leads to it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) slot_at: Index,
    pub(crate) slot: Slot,
    pub(crate) entry: Entry,
}

impl Shard {
    /// The shard with that number, whose entries have the bits of `common` in common, and whose conflicts are looked at
    /// after `window` acquisitions.
    pub(crate) fn new(index: u32, common: u32, window: u32, first_generation: u64) -> Self {
        Self {
            core: Mutex::new(Core::new(index, common, window, first_generation)),
            moves: AtomicU64::new(0),
            earliest: Counter::new(u64::MAX),
            late: Counter::new(0),
        }
    }

    /// ORDER: pairs with `note_move`: who sees the count sees the entry in its new place.
    #[inline]
    pub(crate) fn moves(&self) -> u64 {
        self.moves.load(Ordering::Acquire)
    }

    /// For the lock's holder, between an entry's arrival in its new place and its departure from the old one.
    /// ORDER: pairs with `moves`; and the departure's store is a release, so who misses the entry sees the count.
    pub(crate) fn note_move(&self) {
        self.moves.store(self.moves.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// An entry expires at that instant.
    pub(crate) fn note_expiry(&self, UnixMs(at): UnixMs) {
        if at < self.earliest.load(Relaxed) {
            self.earliest.store(at, Relaxed);
        }
    }
}

impl Core {
    fn new(index: u32, common: u32, window: u32, first_generation: u64) -> Self {
        let space = Space::new(index);
        let rest = Rest { space, classes: [0; CLASSES], buffer: Vec::new(), waits: Waits::default() };
        Self {
            table: Table::NONE,
            entries: 0,
            common,
            next_generation: first_generation >> 2 | LIVE,
            hand: 0,
            calls_for_room: u32::MAX,
            locking: Locking { closed: 0, left: window, window_conflicts: 0 },
            rest: Box::new(rest),
        }
    }

    /// Whether the shard is split as often as `mask` says: then it has all hashes that the mask gives it.
    #[inline]
    pub(crate) fn is_whole(&self, mask: u32) -> bool {
        self.common == mask
    }

    /// How many bits of the hash all entries have in common.
    pub(crate) fn bits(&self) -> u32 {
        self.common.count_ones()
    }

    /// A number that no entry has had. 2^62 of them last as long as anyone.
    #[inline]
    pub(crate) fn generation(&mut self) -> u64 {
        self.next_generation += 1;
        self.next_generation
    }

    #[inline(always)]
    pub(crate) fn find(&self, arena: &Arena, key: &Key<'_>) -> Option<Found> {
        self.find_at_home(arena, key).or_else(|| self.search(arena, key))
    }

    #[inline(always)]
    fn find_at_home(&self, arena: &Arena, key: &Key<'_>) -> Option<Found> {
        let (place, slot) = self.table.home_slot(arena, key)?;
        let seen = Seen::at(arena.near(slot.entry())?, key, Criteria::entry_of(key))?;
        let entry = Entry { at: slot.entry(), meta: seen.meta() };
        Some(Found { slot_at: arena.index_of(place)?, slot, entry })
    }

    #[cold]
    fn search(&self, arena: &Arena, key: &Key<'_>) -> Option<Found> {
        let look = |slot_at, slot: Slot| match Entry::at(arena, slot.entry()) {
            Some(entry) if entry.is_of(arena, key) == Some(true) => ControlFlow::Break(Found { slot_at, slot, entry }),
            _ => ControlFlow::Continue(()),
        };
        table::search(arena, self.table, key, look)
    }

    /// Puts an entry into a slot; `false` where the table has none left.
    pub(crate) fn admit(&mut self, arena: &Arena, slot: Slot) -> bool {
        debug_assert!(!self.table.is_none(), "the first lines of the arena stay empty");
        let Some(at) = table::vacancy(arena, self.table, slot.tag()) else { return false };
        arena.store(at, slot.0);
        self.entries += 1;
        self.rest.classes[slot.class()] += 1;
        true
    }

    /// Takes an entry out of the table, and its block back. Its account is the caller's.
    pub(crate) fn expel(&mut self, arena: &Arena, shard: &Shard, found: &Found) {
        table::vacate(arena, self.table, found.slot_at, || shard.note_move());
        self.entries -= 1;
        self.rest.classes[found.slot.class()] -= 1;
        self.retire(arena, found.entry.at);
    }

    /// Ends an entry that no slot leads to any more, and takes its block back.
    pub(crate) fn retire(&mut self, arena: &Arena, at: Index) {
        arena.store(at, 0);
        self.rest.space.release(arena, at);
    }

    /// Chunks that the table takes.
    pub(crate) fn table_chunks(&self, arena: &Arena) -> u32 {
        if self.table.is_none() { 0 } else { self.table.slots() / arena.chunk_words() }
    }

    /// Puts all slots into a new table of that many chunks, which `publish` shows to readers, if they have seen the
    /// former one. `false`: there is no memory for it.
    pub(crate) fn rebuild(&mut self, arena: &Arena, chunks: u32, publish: impl FnOnce(Table)) -> bool {
        let Some(table) = Table::take(arena, chunks, self.table) else { return false };
        let former = std::mem::replace(&mut self.table, table);
        self.hand = 0;
        if former.is_none() {
            return true;
        }
        for at in former.slot_at(0)..former.slot_at(former.slots()) {
            let slot = Slot(arena.load(at));
            if !slot.is_empty()
                && let Some(to) = table::vacancy(arena, table, slot.tag())
            {
                arena.store(to, slot.0);
            }
        }
        publish(table);
        arena.give(former.at(), former.slots() / arena.chunk_words());
        true
    }

    /// All entries, by slot.
    pub(crate) fn each(&self, arena: &Arena) -> impl Iterator<Item = Found> {
        let slots = self.table.slot_at(0)..self.table.slot_at(self.table.slots());
        let slots = slots.map(|slot_at| (slot_at, Slot(arena.load(slot_at))));
        slots.filter_map(|(slot_at, slot)| found_at(arena, slot_at, slot))
    }
}

pub(crate) fn found_at(arena: &Arena, slot_at: Index, slot: Slot) -> Option<Found> {
    let entry = (!slot.is_empty()).then(|| Entry::at(arena, slot.entry()))??;
    Some(Found { slot_at, slot, entry })
}

const _: () = assert!(cfg!(loom) || std::mem::size_of::<Shard>() == 128, "a shard has two lines");
