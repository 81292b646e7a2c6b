//! The usual case of a read, in one straight line: the entry lies in its home bucket, has no unusual length, and no writer
//! is there. A read costs what its instructions cost, since a processor that has few to keep in mind begins the next
//! read while this one waits for memory. So nothing here loops over buckets or tries again; who gets no answer reads by
//! the book.

use crate::UnixMs;
use crate::entry::{Criteria, Key, Seen};
use crate::map::Map;
use crate::sync::{Ordering, fence};
use crate::wide::Short;

impl Map {
    /// Shows `take` the length of the key's value, and the words that begin with it, which may be fewer. `None` says
    /// nothing, not even that what `take` saw was right.
    #[inline(always)]
    pub(crate) fn glance<R>(
        &self,
        key: &Key<'_>,
        now: UnixMs,
        take: impl FnOnce(usize, &Short) -> Option<R>,
    ) -> Option<R> {
        let located = self.tables.of_hash(key.hash);
        let (place, slot) = located.table.home_slot(&self.arena, key)?;
        let seen = Seen::at(self.arena.near(slot.entry())?, key, Criteria::entry_of(key))?;
        if !seen.lives(now) {
            return None;
        }
        let (bytes, words) = seen.value();
        let result = take(bytes, words)?;
        // ORDER: as in `Attempt::holds`.
        fence(Ordering::Acquire);
        if !(seen.stands(place, slot.0) && located.stands()) {
            return None;
        }
        if self.arena.pressure().is_any() {
            self.note_use(key.namespace, place, slot);
        }
        Some(result)
    }
}
