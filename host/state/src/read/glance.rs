//! The usual case of a read, in one straight line: the entry lies in its home bucket, and no writer is there. A read
//! costs what its instructions cost, since a processor that has few to keep in mind begins the next read while this one
//! waits for memory. So nothing here loops over buckets or tries again; who gets no answer reads by the book.

use crate::UnixMs;
use crate::arena::LINE_WORDS;
use crate::entry::{Key, LIVE, Meta, equal};
use crate::map::Map;
use crate::sync::{AtomicU64, Ordering, fence};
use crate::table::{self, Slot};

/// An entry that seems to be the key's.
struct Seen<'m> {
    generation: &'m AtomicU64,
    /// What the generation was before all else was read.
    was: u64,
    expires: u64,
    value: &'m [AtomicU64],
    value_bytes: usize,
}

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
        let (shard, table) = self.home(key.hash);
        let all = self.arena.all();
        let line_at = table.line_of(key.hash);
        let line = all.get(line_at as usize..)?.first_chunk::<{ LINE_WORDS as usize }>()?;
        let place = table::pick(line, key);
        // ORDER: as in `table::search`.
        let slot = Slot(place.load(Ordering::Acquire));
        let seen = Seen::at(all, slot, key)?;
        let result = (now.0 < seen.expires).then(|| take(seen.value, seen.value_bytes));
        // ORDER: as in `Attempt::holds`.
        fence(Ordering::Acquire);
        let stands = seen.generation.load(Ordering::Relaxed) == seen.was
            && Slot(place.load(Ordering::Relaxed)).is(slot)
            && shard.table() == table;
        if stands && self.counts_uses(key.namespace) {
            super::note_use(place, slot);
        }
        stands.then_some(result)
    }
}

impl<'m> Seen<'m> {
    #[inline]
    fn at(all: &'m [AtomicU64], slot: Slot, key: &Key<'_>) -> Option<Self> {
        let (head, rest) = all.get(slot.entry() as usize..)?.split_first_chunk::<2>()?;
        // ORDER: pairs with the last store of `Entry::write`: all that the generation stands for is seen.
        let was = head[0].load(Ordering::Acquire);
        let meta = Meta(head[1].load(Ordering::Relaxed));
        if was & LIVE == 0 || !meta.matches(key) {
            return None;
        }
        let (expires, rest) = if meta.expires() {
            let (expires, rest) = rest.split_first()?;
            (expires.load(Ordering::Relaxed), rest)
        } else {
            (u64::MAX, rest)
        };
        let (key_words, rest) = rest.split_at_checked(key.bytes.len().div_ceil(8))?;
        let value_bytes = meta.value_bytes() as usize;
        let value = rest.get(..value_bytes.div_ceil(8))?;
        equal(key_words, key.bytes).then_some(Self { generation: &head[0], was, expires, value, value_bytes })
    }
}
