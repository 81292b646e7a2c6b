//! Writing under a shard's lock: each operation on one key, for single and batched calls alike.

use crate::accounts::Reason;
use crate::call::{Expiry, Fold, WriteError};
use crate::entry::{Entry, Key, MOST_KEY_BYTES, entry_words};
use crate::journal::Note;
use crate::lock::Held;
use crate::room::Short;
use crate::shard::Found;
use crate::table::Slot;

impl Held<'_> {
    /// The key's entry, if it is alive. An expired one is taken out.
    #[inline(always)]
    pub(crate) fn find(&mut self, key: &Key<'_>) -> Option<Found> {
        let found = self.core.find(&self.map.arena, key)?;
        if found.entry.lives(&self.map.arena, self.now) {
            return Some(found);
        }
        self.evict(&found, Reason::Expired);
        None
    }

    #[inline]
    pub(crate) fn set(
        &mut self,
        key: &Key<'_>,
        value: &[u8],
        expiry: Expiry,
        note: Note<'_>,
    ) -> Result<(), WriteError> {
        let found = self.find(key);
        self.write(key, found, value, expiry, note)
    }

    #[inline]
    pub(crate) fn compare_and_set(
        &mut self,
        key: &Key<'_>,
        expected: Option<&[u8]>,
        value: &[u8],
        expiry: Expiry,
        note: Note<'_>,
    ) -> Result<bool, WriteError> {
        let found = self.find(key);
        let holds = match (&found, expected) {
            (Some(found), Some(expected)) => found.entry.has_value(&self.map.arena, expected),
            (found, expected) => found.is_none() && expected.is_none(),
        };
        if holds {
            self.write(key, found, value, expiry, note)?;
        }
        Ok(holds)
    }

    #[inline(always)]
    pub(crate) fn fold(
        &mut self,
        key: &Key<'_>,
        how: Fold,
        operand: i64,
        expiry: Expiry,
        note: Note<'_>,
    ) -> Result<i64, WriteError> {
        let Some(found) = self.find(key) else { return self.fold_new(key, how, operand, expiry, note) };
        let entry = found.entry;
        let not_a_number = || WriteError::NotANumber { found: entry.meta.value_bytes().into() };
        let former = entry.number(&self.map.arena).ok_or_else(not_a_number)?;
        let number = how.apply(former, operand);
        entry.set_number(&self.map.arena, number);
        self.use_slot(&found);
        if note.is_kept() {
            let arena = &self.map.arena;
            note.folded(key, how, Some(former), number, (entry.generation(arena), entry.expiry(arena)));
        }
        Ok(number)
    }

    #[inline(never)]
    fn fold_new(
        &mut self,
        key: &Key<'_>,
        how: Fold,
        operand: i64,
        expiry: Expiry,
        note: Note<'_>,
    ) -> Result<i64, WriteError> {
        let generation = self.put(key, None, &operand.to_le_bytes(), expiry)?;
        note.folded(key, how, None, operand, (generation, expiry));
        Ok(operand)
    }

    pub(crate) fn append(
        &mut self,
        key: &Key<'_>,
        value: &[u8],
        most_bytes: u32,
        expiry: Expiry,
        note: Note<'_>,
    ) -> Result<bool, WriteError> {
        let found = self.find(key);
        let former_bytes = found.map_or(0, |found| found.entry.meta.value_bytes());
        if former_bytes as usize + value.len() > most_bytes as usize {
            return Ok(false);
        }
        let mut whole = std::mem::take(&mut self.core.rest.buffer);
        whole.clear();
        if let Some(found) = &found {
            found.entry.value(&self.map.arena, &mut whole);
        }
        whole.extend_from_slice(value);
        let expiry = found.map_or(expiry, |found| found.entry.expiry(&self.map.arena));
        let written = self.write(key, found, &whole, expiry, note);
        self.core.rest.buffer = whole;
        written.map(|()| true)
    }

    pub(crate) fn remove(&mut self, key: &Key<'_>, into: &mut Vec<u8>, note: Note<'_>) -> Option<usize> {
        let found = self.find(key)?;
        note.removed(&self.map.arena, key, &found.entry);
        let bytes = found.entry.value(&self.map.arena, into);
        self.take_out(&found);
        bytes
    }

    /// Writes a value, and notes what was there.
    #[inline]
    fn write(
        &mut self,
        key: &Key<'_>,
        found: Option<Found>,
        value: &[u8],
        expiry: Expiry,
        mut note: Note<'_>,
    ) -> Result<(), WriteError> {
        note.writing(&self.map.arena, key, found.as_ref().map(|found| &found.entry));
        let written = self.put(key, found, value, expiry);
        note.written(written.as_ref().ok().copied(), value);
        written.map(drop)
    }

    /// Writes a value into `found`'s place or a new one, and makes room as often as that is needed: the entry's
    /// generation.
    pub(crate) fn put(
        &mut self,
        key: &Key<'_>,
        mut found: Option<Found>,
        value: &[u8],
        expiry: Expiry,
    ) -> Result<u64, WriteError> {
        if let Some(found) = &found
            && let Some(generation) = self.overwrite(found, value, expiry)
        {
            return Ok(generation);
        }
        self.check(key, value, expiry)?;
        loop {
            let short = match self.try_put(key, found.as_ref(), value, expiry) {
                Ok(generation) => return Ok(generation),
                Err(short) => short,
            };
            self.make_room(key.namespace, short, entry_words(key.bytes.len(), value.len(), expiry))?;
            // It may have been moved, or be among what went.
            found = self.core.find(&self.map.arena, key);
        }
    }

    #[inline]
    fn check(&self, key: &Key<'_>, value: &[u8], expiry: Expiry) -> Result<(), WriteError> {
        let too_large = |what, found: usize, most: usize| {
            Err(WriteError::TooLarge { what, found: found as u64, most: most as u64 })
        };
        if key.bytes.len() > MOST_KEY_BYTES {
            return too_large("a key", key.bytes.len(), MOST_KEY_BYTES);
        }
        if value.len() > self.map.most_value_bytes {
            return too_large("a value", value.len(), self.map.most_value_bytes);
        }
        let bytes = crate::entry_bytes(key.bytes.len(), value.len(), expiry != Expiry::Never);
        let budget = self.map.accounts.budget_bytes(key.namespace);
        if bytes > budget {
            self.map.accounts.count_refused(key.namespace);
            return Err(WriteError::TooLarge { what: "an entry", found: bytes, most: budget });
        }
        Ok(())
    }

    /// Replaces a value by one of its length where it lies: nothing is reserved or allocated. The entry gets another
    /// generation, since it is another value.
    #[inline]
    fn overwrite(&mut self, found: &Found, value: &[u8], expiry: Expiry) -> Option<u64> {
        if !found.entry.meta.has_room_for(value.len(), expiry) {
            return None;
        }
        let generation = self.core.generation();
        found.entry.rewrite(&self.map.arena, value, expiry, generation)?;
        self.use_slot(found);
        self.note_expiry(expiry);
        Some(generation)
    }

    #[inline]
    fn try_put(&mut self, key: &Key<'_>, found: Option<&Found>, value: &[u8], expiry: Expiry) -> Result<u64, Short> {
        let arena = &self.map.arena;
        if found.is_none() && self.core.entries >= self.core.table.most_entries() && !self.enlarge_table() {
            return Err(Short::Table);
        }
        let words = entry_words(key.bytes.len(), value.len(), expiry);
        let former = found.map(|found| found.entry.meta.words());
        if !self.map.accounts.reserve(key.namespace, former, words, arena.pressure()) {
            return Err(Short::Budget);
        }
        let Some(block) = self.core.rest.space.allocate(arena, words) else {
            self.map.accounts.cancel(key.namespace, former, words, arena.pressure());
            return Err(Short::Memory);
        };
        let generation = self.core.generation();
        let entry = Entry::write(arena, block, key, value, expiry, generation);
        match found {
            Some(found) => {
                arena.store(found.slot_at, found.slot.with_entry(entry.at).0);
                self.core.retire(arena, found.entry.at);
            }
            None => {
                self.core.admit(arena, Slot::new(key, entry.at));
            }
        }
        self.note_expiry(expiry);
        Ok(generation)
    }

    /// Counts a use of an entry that is changed where it lies.
    fn use_slot(&mut self, found: &Found) {
        if !found.slot.is_fully_used() && self.map.counts_uses(found.entry.meta.namespace()) {
            self.map.arena.store(found.slot_at, found.slot.used().0);
        }
    }

    /// Takes an entry out for good.
    pub(crate) fn take_out(&mut self, found: &Found) {
        let meta = found.entry.meta;
        self.map.accounts.release(meta.namespace(), meta.words(), self.map.arena.pressure());
        self.core.expel(&self.map.arena, self.shard, found);
    }
}
