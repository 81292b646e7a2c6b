//! What a transaction wrote, so that it can be taken back.
//!
//! A record says what was there before and what the write left. Undoing goes from the newest to the oldest, and touches
//! an entry only where it still is what the write left, known by its generation: what others wrote since stays.

use crate::Namespace;
use crate::arena::Arena;
use crate::call::{Expiry, Fold, UnixMs};
use crate::entry::{Entry, Key};
use crate::lock::{Held, Intent};
use crate::map::Map;
use crate::shard::Found;
use crate::stats::Operation;
use std::collections::HashMap;
use std::ops::Range;

/// What one transaction wrote; reused from transaction to transaction.
#[derive(Debug, Default)]
pub struct Journal {
    records: Vec<Record>,
    /// Keys and former values.
    bytes: Vec<u8>,
    /// Generations of entries that were put back, by those that they had.
    renewed: HashMap<u64, u64>,
}

#[derive(Debug)]
struct Record {
    namespace: Namespace,
    key: Range<usize>,
    before: Option<Before>,
    left: Left,
}

#[derive(Debug)]
struct Before {
    value: Range<usize>,
    expiry: Expiry,
    generation: u64,
}

/// What a write left.
#[derive(Debug, Clone, Copy)]
enum Left {
    Nothing,
    /// An entry; its number, too, since folds change it without another generation.
    Entry {
        generation: u64,
        number: Option<i64>,
    },
    /// A sum that is so much greater; the generation, where the entry was made for it.
    Sum {
        added: i64,
        made: Option<u64>,
    },
}

impl Journal {
    /// Memory that is in use, in bytes, so that its owner can bound it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.records.len() * size_of::<Record>() + self.bytes.len()
    }

    /// Whether there is nothing to undo.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Forgets what was noted: the transaction counts.
    pub fn clear(&mut self) {
        self.records.clear();
        self.bytes.clear();
        self.renewed.clear();
    }

    fn push(&mut self, key: &Key<'_>, before: Option<Before>, left: Left) {
        let key_bytes = self.keep(key.bytes);
        self.records.push(Record { namespace: key.namespace, key: key_bytes, before, left });
    }

    fn keep(&mut self, bytes: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn before(&mut self, arena: &Arena, entry: &Entry) -> Before {
        let start = self.bytes.len();
        entry.value(arena, &mut self.bytes);
        Before { value: start..self.bytes.len(), expiry: entry.expiry(arena), generation: entry.generation(arena) }
    }
}

/// A write's journal, where it has one.
pub(crate) struct Note<'a>(pub(crate) Option<&'a mut Journal>);

impl Note<'_> {
    #[inline]
    pub(crate) fn is_kept(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn removed(self, arena: &Arena, key: &Key<'_>, entry: &Entry) {
        if let Some(journal) = self.0 {
            let before = journal.before(arena, entry);
            journal.push(key, Some(before), Left::Nothing);
        }
    }

    /// Before a write that replaces the entry.
    #[inline]
    pub(crate) fn writing(&mut self, arena: &Arena, key: &Key<'_>, entry: Option<&Entry>) {
        if let Some(journal) = &mut self.0 {
            let before = entry.map(|entry| journal.before(arena, entry));
            journal.push(key, before, Left::Nothing);
        }
    }

    /// After it: the new entry's generation, or that there is none.
    #[inline]
    pub(crate) fn written(self, generation: Option<u64>, value: &[u8]) {
        let Some(journal) = self.0 else { return };
        let (Some(generation), Some(record)) = (generation, journal.records.last_mut()) else {
            journal.records.pop();
            return;
        };
        record.left = Left::Entry { generation, number: value.try_into().ok().map(i64::from_le_bytes) };
    }

    /// A fold made `number` of `former`, or a new entry.
    pub(crate) fn folded(self, key: &Key<'_>, how: Fold, former: Option<i64>, number: i64, folded: (u64, Expiry)) {
        let Some(journal) = self.0 else { return };
        let (generation, expiry) = folded;
        if how == Fold::Add {
            let added = number.saturating_sub(former.unwrap_or(0));
            journal.push(key, None, Left::Sum { added, made: former.is_none().then_some(generation) });
            return;
        }
        let before = former.map(|former| Before { value: journal.keep(&former.to_le_bytes()), expiry, generation });
        journal.push(key, before, Left::Entry { generation, number: Some(number) });
    }
}

impl Map {
    /// Takes back what the journal noted, the newest first, and clears it. What a fold added is subtracted; other keys
    /// get their former value and expiry where they still are what the journal's write left. Answers how many could not
    /// be put back for want of room.
    pub fn undo(&self, journal: &mut Journal, now: UnixMs) -> u64 {
        let mut lost = 0;
        while let Some(record) = journal.records.pop() {
            let key = self.key(record.namespace, &journal.bytes[record.key.clone()]);
            // Without a deadline there is no error.
            let Ok(mut held) = self.hold(key.hash, Intent::patient(Operation::Undo, now)) else { continue };
            lost += u64::from(!held.undo(&key, &record, &journal.bytes, &mut journal.renewed));
        }
        journal.clear();
        lost
    }
}

impl Held<'_> {
    /// Undoes one record; `false` where there was no room for what had been there.
    fn undo(&mut self, key: &Key<'_>, record: &Record, bytes: &[u8], renewed: &mut HashMap<u64, u64>) -> bool {
        let found = self.find(key);
        match (record.left, found) {
            (Left::Sum { added, made }, Some(found)) => {
                self.subtract(&found, added, made.map(|made| renewed.get(&made).copied().unwrap_or(made)));
            }
            (Left::Nothing, None) => return self.put_back(key, None, record, bytes, renewed),
            (Left::Entry { generation, number }, Some(found)) => {
                let generation = renewed.get(&generation).copied().unwrap_or(generation);
                if self.still_is(&found, generation, number) {
                    return self.put_back(key, Some(found), record, bytes, renewed);
                }
            }
            _ => {}
        }
        true
    }

    fn subtract(&mut self, found: &Found, added: i64, made: Option<u64>) {
        let arena = &self.map.arena;
        let Some(number) = found.entry.number(arena) else { return };
        let number = number.saturating_sub(added);
        if number == 0 && made == Some(found.entry.generation(arena)) {
            self.take_out(found);
        } else {
            found.entry.set_number(arena, number);
        }
    }

    fn still_is(&self, found: &Found, generation: u64, number: Option<i64>) -> bool {
        let arena = &self.map.arena;
        found.entry.generation(arena) == generation && found.entry.number(arena) == number
    }

    fn put_back(
        &mut self,
        key: &Key<'_>,
        found: Option<Found>,
        record: &Record,
        bytes: &[u8],
        renewed: &mut HashMap<u64, u64>,
    ) -> bool {
        let before = record.before.as_ref().filter(|before| before.expiry.is_after(self.now));
        let Some(before) = before else {
            if let Some(found) = &found {
                self.take_out(found);
            }
            return true;
        };
        let put = self.put(key, found, &bytes[before.value.clone()], before.expiry);
        put.map(|generation| renewed.insert(before.generation, generation)).is_ok()
    }
}
