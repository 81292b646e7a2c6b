//! The usual case of a write, in one straight line: the lock is free, the key's entry lives in its home bucket, and its
//! value is replaced where it lies. Like `read::glance`: who gets no answer here writes by the book.

use crate::UnixMs;
use crate::call::{Call, Expiry, Fold};
use crate::entry::{Key, Seen};
use crate::map::{Map, low_bits};
use crate::shard::{Core, Shard};

/// Larger values are written to a new block, and shown when they are complete. Readers wait while a value is replaced
/// where it lies: for four cache lines that is no longer than for a miss.
pub(crate) const MOST_BYTES_IN_PLACE: usize = 256;

impl Map {
    /// Replaces the key's value by one of its length; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn set_at_once(&self, key: &Key<'_>, value: &[u8], call: &Call<'_>) -> Option<()> {
        self.change_at_once(key, call, |core, shard, seen| {
            if value.len() > MOST_BYTES_IN_PLACE || !seen.entry.meta.has_room_for(value.len(), call.expiry) {
                return None;
            }
            seen.rewrite(value, call.expiry, core.generation());
            if let Expiry::At(at) = call.expiry {
                shard.note_expiry(at);
            }
            Some(())
        })
    }

    /// Combines the number that is there with `operand`; `None` where nothing was changed.
    #[inline(always)]
    pub(crate) fn fold_at_once(&self, key: &Key<'_>, how: Fold, operand: i64, call: &Call<'_>) -> Option<i64> {
        self.change_at_once(key, call, |_, _, seen| {
            let number = how.apply(seen.number()?, operand);
            seen.set_number(number);
            Some(number)
        })
    }

    /// Shows `change` the key's entry, with its shard's lock held.
    #[inline(always)]
    fn change_at_once<R>(
        &self,
        key: &Key<'_>,
        call: &Call<'_>,
        change: impl FnOnce(&mut Core, &Shard, &Seen<'_>) -> Option<R>,
    ) -> Option<R> {
        if call.journal.is_some() || self.counts_uses(key.namespace) {
            return None;
        }
        let mask = self.mask();
        let index = low_bits(key.hash) & mask;
        let shard = &self.directory[index as usize];
        let mut core = shard.core.try_lock()?;
        if !core.is_whole(mask, index, key.hash) || !core.locking.is_window_open(self.growth.window) {
            return None;
        }
        let seen = self.arena.seen_at_home(core.table, key)?.0;
        let UnixMs(now) = call.now;
        let changed = if seen.expires > now { change(&mut core, shard, &seen) } else { None };
        if changed.is_some() {
            core.locking.count_free();
        }
        changed
    }
}
