//! The usual case of a read, in one straight line: the entry lies in its home bucket, and no writer is there. A read
//! costs what its instructions cost, since a processor that has few to keep in mind begins the next read while this one
//! waits for memory. So nothing here loops over buckets or tries again; who gets no answer reads by the book.

use crate::UnixMs;
use crate::arena::{Arena, Index, LINE_WORDS};
use crate::entry::{Key, Seen};
use crate::map::Map;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::table::{self, Slot, Table};

impl Map {
    /// Shows `take` the words and the bytes of the key's value, unless it has expired: `Some(None)` then. `None` says
    /// nothing, not even that what `take` saw was right.
    #[inline]
    pub(crate) fn glance<R>(
        &self,
        key: &Key<'_>,
        now: UnixMs,
        take: impl FnOnce(&[AtomicU64], usize) -> R,
    ) -> Option<Option<R>> {
        let (index, table) = self.locate_table(key.hash);
        let (seen, slot_at, slot) = self.arena.seen_at_home(table, key)?;
        let result = seen.lives(now).then(|| take(seen.value, seen.entry.meta.value_bytes() as usize));
        // ORDER: as in `Attempt::holds`.
        fence(Ordering::Acquire);
        let stands = seen.generation.load(Ordering::Relaxed) == seen.was
            && Slot(self.arena.load(slot_at)).is(slot)
            && self.tables.of(index) == table;
        if stands && self.counts_uses(key.namespace) {
            super::note_use(self.arena.word(slot_at), slot);
        }
        stands.then_some(result)
    }
}

impl Arena {
    /// The key's entry, if it lies in its home bucket, and the slot that leads to it.
    #[inline(always)]
    pub(crate) fn seen_at_home(&self, table: Table, key: &Key<'_>) -> Option<(Seen<'_>, Index, Slot)> {
        let all = self.all();
        let line_at = table.line_of(key.hash);
        let line = all.get(line_at as usize..)?.first_chunk::<{ LINE_WORDS as usize }>()?;
        let (place, slot_at) = table::pick(line, line_at, key);
        // ORDER: as in `table::search`.
        let slot = Slot(place.load(Ordering::Acquire));
        Some((Seen::at(all, slot.entry(), key)?, slot_at, slot))
    }
}
