//! The usual case of a read, in one straight line: the entry lies in its home bucket, and no writer is there. A read
//! costs what its instructions cost, since a processor that has few to keep in mind begins the next read while this one
//! waits for memory. So nothing here loops over buckets or tries again; who gets no answer reads by the book.

use crate::UnixMs;
use crate::arena::{Arena, LINE_WORDS};
use crate::entry::{Key, Seen};
use crate::map::{Map, low_bits};
use crate::sync::{AtomicU64, Ordering, fence};
use crate::table::{self, Slot, Table};

impl Map {
    /// Shows `take` the words and the bytes of the key's value, unless it has expired: `Some(None)` then. `None` says
    /// nothing, not even that what `take` saw was right.
    #[inline]
    pub(crate) fn glance<R>(
        &self,
        key: Key<'_>,
        now: UnixMs,
        take: impl FnOnce(&[AtomicU64], usize) -> R,
    ) -> Option<Option<R>> {
        let word = self.tables.word(low_bits(key.hash) & self.mask())?;
        // ORDER: as in `Tables::of`.
        let table = Table(word.load(Ordering::Acquire));
        let (place, slot) = self.arena.slot_at_home(table, &key)?;
        Seen::show(self.arena.all(), slot.entry(), key, move |seen| {
            let result = seen.lives(now).then(|| take(seen.value, seen.entry.meta.value_bytes() as usize));
            // ORDER: as in `Attempt::holds`.
            fence(Ordering::Acquire);
            let stands = seen.generation.load(Ordering::Relaxed) == seen.was
                && Slot(place.load(Ordering::Relaxed)).is(slot)
                && Table(word.load(Ordering::Relaxed)) == table;
            if stands && self.counts_uses(key.namespace) {
                super::note_use(place, slot);
            }
            stands.then_some(result)
        })
    }
}

impl Arena {
    /// The slot that leads to the key's entry, if one in its home bucket does, and what was in it. It may be another's.
    #[inline(always)]
    pub(crate) fn slot_at_home(&self, table: Table, key: &Key<'_>) -> Option<(&AtomicU64, Slot)> {
        let at = table.line_of(key.hash) as usize;
        let line = self.all().get(at..at + LINE_WORDS as usize)?.first_chunk()?;
        let place = table::pick(line, key);
        // ORDER: as in `table::search`.
        Some((place, Slot(place.load(Ordering::Acquire))))
    }
}
