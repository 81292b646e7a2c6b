//! Making room: what goes first where memory or a budget is used up.
//!
//! Expired entries go first. Then a hand goes round the shard's slots: an entry that was used since is spared and counts
//! one use less, one without uses goes. (GCLOCK: Smith, "Sequentiality and Prefetching in Database Systems", TODS 3:3,
//! 1978; up to three uses are counted.) Where the shard has nothing to give, others whose lock is free give. Entries of
//! namespaces that refuse go only when they have expired.

mod reclaim;

use crate::accounts::Reason;
use crate::call::{Expiry, WriteError};
use crate::lock::Held;
use crate::map::Map;
use crate::shard::{Found, found_at};
use crate::stats::Operation;
use crate::table::{self, Slot};
use crate::{Namespace, UnixMs};
use std::sync::atomic::Ordering::Relaxed;

/// What a write lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// Its namespace's budget is used up.
    Budget,
    /// The arena has no block and no chunk for it.
    Memory,
    /// The table is full, and there are no chunks for a larger one.
    Table,
}

/// A search through all slots for expired entries pays where it finds one in so many. Where the last one has not, the
/// next is put off for as many calls.
const SEARCH_PART: u32 = 8;

/// How many shards with expired entries are asked before a living one goes: each may cost a search.
const ASKED: usize = 2;

/// Rounds of the hand after which every entry's uses are counted down.
const ROUNDS: u32 = 4;

impl Held<'_> {
    /// Makes the room that a write of `words` lacks, or some of it: then the write fails again, and asks again.
    pub(crate) fn make_room(&mut self, namespace: Namespace, short: Short, words: u32) -> Result<(), WriteError> {
        let evicts = !self.map.accounts.refuses(namespace);
        let made = self.expire_some()
            || self.map.expire_elsewhere(self.index, self.now, ASKED, |other| other.expire_some())
            || match short {
                Short::Budget if evicts => self.evict_of(namespace),
                Short::Budget => false,
                Short::Memory | Short::Table if evicts => self.free_memory(short, words),
                Short::Memory | Short::Table => false,
            }
            || self.map.expire_elsewhere(self.index, self.now, usize::MAX, |other| other.expire());
        if made {
            return Ok(());
        }
        self.map.accounts.count_refused(namespace);
        Err(WriteError::Full {
            needed: u64::from(words + crate::entry::SLOT_WORDS) * 8,
            used: self.map.accounts.bytes(namespace),
            budget: self.map.accounts.budget_bytes(namespace),
        })
    }

    pub(crate) fn note_expiry(&self, expiry: Expiry) {
        if let Expiry::At(at) = expiry {
            self.shard.note_expiry(at);
        }
    }

    /// Takes an entry out, and counts why.
    pub(crate) fn evict(&mut self, found: &Found, reason: Reason) {
        self.map.accounts.count_evicted(found.entry.meta.namespace(), reason);
        self.take_out(found);
    }

    /// Takes out expired entries where that is worth a search; whether there were any.
    fn expire_some(&mut self) -> bool {
        self.core.calls_for_room = self.core.calls_for_room.saturating_add(1);
        if self.core.calls_for_room < self.core.entries / SEARCH_PART {
            return false;
        }
        self.expire()
    }

    /// Takes out all expired entries; whether there were any.
    pub(crate) fn expire(&mut self) -> bool {
        if self.shard.earliest.load(Relaxed) > self.now.0 {
            return false;
        }
        let before = self.core.entries;
        let (map, now) = (self.map, self.now);
        self.drain(|found| !found.entry.lives(&map.arena, now), |held, found| held.evict(found, Reason::Expired));
        let expiries = self.core.each(&map.arena).filter_map(|found| match found.entry.expiry(&map.arena) {
            Expiry::At(UnixMs(at)) => Some(at),
            Expiry::Never => None,
        });
        self.shard.earliest.store(expiries.min().unwrap_or(u64::MAX), Relaxed);
        let gone = before - self.core.entries;
        self.core.calls_for_room = if gone >= before / SEARCH_PART { u32::MAX } else { 0 };
        gone > 0
    }

    /// Passes all entries that are `wanted` to `take`, which takes them out of the table.
    pub(crate) fn drain(&mut self, wanted: impl Fn(&Found) -> bool, mut take: impl FnMut(&mut Self, &Found)) {
        for bucket in 0..self.core.table.buckets() {
            // What is taken out of a full bucket is replaced by another, which is looked at, too.
            while let Some(found) = self.first_in(bucket, &wanted) {
                take(self, &found);
            }
        }
    }

    fn first_in(&self, bucket: u32, wanted: impl Fn(&Found) -> bool) -> Option<Found> {
        let arena = &self.map.arena;
        let mut found = table::slots(arena, self.core.table, bucket).filter_map(|(at, slot)| found_at(arena, at, slot));
        found.find(wanted)
    }

    /// Takes out one entry of a namespace, of this shard or another.
    fn evict_of(&mut self, namespace: Namespace) -> bool {
        self.evict_one(Some(namespace), Reason::Budget)
            || self.map.elsewhere(self.index, self.now, |other| other.evict_one(Some(namespace), Reason::Budget))
    }

    /// Turns the hand until an entry has gone.
    pub(crate) fn evict_one(&mut self, of: Option<Namespace>, reason: Reason) -> bool {
        let class = of.map(table::class);
        if class.map_or(self.core.entries, |class| self.core.rest.classes[class]) == 0 {
            return false;
        }
        let (arena, slots) = (&self.map.arena, self.core.table.slots());
        for _ in 0..slots * ROUNDS {
            let slot_at = self.core.table.scattered_slot_at(self.core.hand);
            self.core.hand = (self.core.hand + 1) % slots;
            let slot = Slot(arena.load(slot_at));
            if slot.is_empty() || class.is_some_and(|class| class != slot.class()) {
                continue;
            }
            let Some(found) = found_at(arena, slot_at, slot) else { continue };
            if of.is_some_and(|of| of != found.entry.meta.namespace()) {
                continue;
            }
            let is_dead = !found.entry.lives(arena, self.now);
            if is_dead || self.goes(&found) {
                self.evict(&found, if is_dead { Reason::Expired } else { reason });
                return true;
            }
        }
        false
    }

    /// Whether the hand takes the living entry that it points to; otherwise one use is counted off.
    fn goes(&self, found: &Found) -> bool {
        if !found.slot.is_unused() {
            self.map.arena.store(found.slot_at, found.slot.aged().0);
            return false;
        }
        !self.map.accounts.refuses(found.entry.meta.namespace())
    }

    /// Doubles the table, or leaves it as large where there are no chunks.
    pub(crate) fn enlarge_table(&mut self) -> bool {
        let chunks = self.core.table_chunks(&self.map.arena) * 2;
        self.core.rebuild(&self.map.arena, chunks, |table| self.map.tables.publish(self.index, table))
    }
}

impl Map {
    /// Asks the other shards, whose lock is free, one after the other until one of them can.
    fn elsewhere(&self, index: u32, now: UnixMs, ask: impl FnMut(&mut Held<'_>) -> bool) -> bool {
        self.ask(self.others(index), now, ask)
    }

    /// Takes out what has expired in up to `most` other shards, until there was something.
    fn expire_elsewhere(
        &self,
        index: u32,
        now: UnixMs,
        most: usize,
        expire: impl FnMut(&mut Held<'_>) -> bool,
    ) -> bool {
        let has_any = |other: &u32| self.directory[*other as usize].earliest.load(Relaxed) <= now.0;
        self.ask(self.others(index).filter(has_any).take(most), now, expire)
    }

    fn others(&self, index: u32) -> impl Iterator<Item = u32> {
        let mask = self.mask();
        (1..=mask).map(move |distance| (index + distance) & mask)
    }

    fn ask(
        &self,
        mut shards: impl Iterator<Item = u32>,
        now: UnixMs,
        mut ask: impl FnMut(&mut Held<'_>) -> bool,
    ) -> bool {
        shards.any(|index| {
            let held = self.hold_if_free(index, Operation::Sweep, now);
            held.is_some_and(|mut held| ask(&mut held))
        })
    }

    /// Takes out what a namespace has beyond its budget.
    pub(crate) fn trim(&self, namespace: Namespace) {
        let mut index = 0;
        while index <= self.mask() && self.accounts.is_over(namespace) && !self.accounts.refuses(namespace) {
            let mut held = self.hold_patiently(index, Operation::Sweep, UnixMs(0));
            while self.accounts.is_over(namespace) && held.evict_one(Some(namespace), Reason::Budget) {}
            index += 1;
        }
    }
}
