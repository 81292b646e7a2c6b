//! The usual case of a write, in one straight line: the lock is free, the key's entry lives in its home bucket, and its
//! value is replaced where it lies. Like `read::glance`: who gets no answer here writes by the book.

use crate::call::{Call, Expiry, Fold};
use crate::entry::{Criteria, Key, Seen};
use crate::map::Map;
use crate::prefetch;
use crate::shard::{Core, Shard};
use crate::sync::{MutexGuard, Ordering};

/// A shard whose lock the caller holds, and the key's entry in it.
struct Quick<'m> {
    shard: &'m Shard,
    core: MutexGuard<'m, Core>,
    seen: Seen<'m>,
}

impl Map {
    /// Replaces the key's value by one of its length; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn set_at_once(&self, key: &Key<'_>, value: &[u8], call: &Call<'_>) -> Option<()> {
        let expiry = call.expiry;
        let mut quick = self.quick(key, Criteria::room_for(value.len(), expiry)?, call)?;
        // The entry expires as the call says: one that never does lives.
        if let Expiry::At(at) = expiry {
            if !quick.seen.lives(call.now) {
                return None;
            }
            quick.shard.note_expiry(at);
        }
        let generation = quick.core.generation();
        quick.seen.rewrite(value, expiry, generation);
        quick.core.locking.count_free();
        Some(())
    }

    /// Combines the number that is there with `operand`; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn fold_at_once(&self, key: &Key<'_>, how: Fold, operand: i64, call: &Call<'_>) -> Option<i64> {
        let mut quick = self.quick(key, Criteria::number(), call)?;
        if !quick.seen.lives(call.now) {
            return None;
        }
        let number = how.apply(quick.seen.number(), operand);
        quick.seen.set_number(number);
        quick.core.locking.count_free();
        Some(number)
    }

    /// The key's entry, expired perhaps, if it meets the criteria.
    ///
    /// Goes the way to the entry before it takes the lock, so that the entry's lines come from memory, or another core,
    /// along with the lock's. Under the lock the way must be the same; what the entry says is read only then.
    #[inline(always)]
    fn quick(&self, key: &Key<'_>, criteria: Criteria, call: &Call<'_>) -> Option<Quick<'_>> {
        if call.journal.is_some() || self.counts_uses(key.namespace) {
            return None;
        }
        let located = self.tables.of_hash(key.hash);
        // SAFETY: no index is beyond the most shards that there may be, and the directory has as many.
        let shard = unsafe { self.directory.get_unchecked(located.index as usize) };
        prefetch::to_write(shard);
        let (place, slot) = located.table.home_slot(&self.arena, key)?;
        let words = self.arena.near(slot.entry())?;
        prefetch::near_to_write(words);
        let core = shard.core.try_lock()?;
        let is_usual = core.is_whole(located.mask) && core.locking.is_window_open();
        if !is_usual || core.table != located.table || place.load(Ordering::Relaxed) != slot.0 {
            return None;
        }
        let seen = Seen::at(words, key, Criteria::entry_of(key).and(criteria))?;
        Some(Quick { shard, core, seen })
    }
}
