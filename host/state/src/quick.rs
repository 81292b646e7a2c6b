//! The usual case of a write, in one straight line: the lock is free, the key's entry lives in its home bucket, and its
//! value is replaced where it lies. Like `read::glance`: who gets no answer here writes by the book.

use crate::call::{Call, Expiry, Fold};
use crate::entry::{Key, Seen};
use crate::map::{Map, low_bits};
use crate::shard::{Core, Shard};
use crate::sync::MutexGuard;

/// Larger values are written to a new block, and shown when they are complete. Readers wait while a value is replaced
/// where it lies: for four cache lines that is no longer than for a miss.
pub(crate) const MOST_BYTES_IN_PLACE: usize = 256;

/// A shard whose lock the caller holds, and the key's entry in it, which lives.
struct Quick<'m> {
    shard: &'m Shard,
    core: MutexGuard<'m, Core>,
    seen: Seen<'m>,
}

impl Map {
    /// Replaces the key's value by one of its length; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn set_at_once(&self, key: &Key<'_>, value: &[u8], call: &Call<'_>) -> Option<()> {
        let mut quick = self.quick(key, call)?;
        if value.len() > MOST_BYTES_IN_PLACE || !quick.seen.entry.meta.has_room_for(value.len(), call.expiry) {
            return None;
        }
        let generation = quick.core.generation();
        quick.seen.rewrite(value, call.expiry, generation);
        if let Expiry::At(at) = call.expiry {
            quick.shard.note_expiry(at);
        }
        quick.core.locking.count_free();
        Some(())
    }

    /// Combines the number that is there with `operand`; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn fold_at_once(&self, key: &Key<'_>, how: Fold, operand: i64, call: &Call<'_>) -> Option<i64> {
        let mut quick = self.quick(key, call)?;
        let number = how.apply(quick.seen.number()?, operand);
        quick.seen.set_number(number);
        quick.core.locking.count_free();
        Some(number)
    }

    #[inline(always)]
    fn quick(&self, key: &Key<'_>, call: &Call<'_>) -> Option<Quick<'_>> {
        if call.journal.is_some() || self.counts_uses(key.namespace) {
            return None;
        }
        let mask = self.mask();
        let index = low_bits(key.hash) & mask;
        let shard = &self.directory[index as usize];
        let core = shard.core.try_lock()?;
        if !core.is_whole(mask) || !core.locking.is_window_open(self.growth.window) {
            return None;
        }
        let (_, slot) = self.arena.slot_at_home(core.table, key)?;
        let seen = Seen::at(self.arena.all(), slot.entry(), key)?;
        seen.lives(call.now).then_some(Quick { shard, core, seen })
    }
}
