//! Operations on many keys: reads in their order, writes shard by shard, so that each lock is taken once. While one key
//! is worked on, the processor fetches what the next ones will need.

use crate::Namespace;
use crate::call::{Call, Expiry, Fold, Status, UnixMs, WriteError};
use crate::entry::Key;
use crate::flat::{Flat, Values};
use crate::journal::Note;
use crate::lock::{Held, Intent};
use crate::map::Map;
use crate::scratch::{Scratch, Span};
use crate::single::note;
use crate::stats::Operation;

/// How many keys ahead an entry is fetched; its slot, twice as many. Some ten misses are what a core can have under way.
const AHEAD: usize = 8;

impl Map {
    /// The values of many keys, in their order; `out` is cleared first.
    pub fn get_many(&self, namespace: Namespace, keys: Flat<'_>, now: UnixMs, scratch: &mut Scratch, out: &mut Values) {
        out.clear();
        self.read_each(namespace, keys, scratch, |key| {
            let found = key.and_then(|key| self.get_key(&key, now, &mut out.bytes));
            out.lengths.push(length(found));
        });
    }

    /// Whether many keys are there, in their order: 1 or 0 each; `out` is cleared first.
    pub fn contains_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        now: UnixMs,
        scratch: &mut Scratch,
        out: &mut Vec<u8>,
    ) {
        out.clear();
        self.read_each(namespace, keys, scratch, |key| {
            out.push(u8::from(key.is_some_and(|key| self.contains_key(&key, now))));
        });
    }

    /// [`set`](Self::set) for many keys; what became of each is in the scratch's `statuses`. An absent value is not
    /// written.
    ///
    /// # Errors
    /// [`WriteError::DeadlineExceeded`]: keys whose status is [`Status::Not`] were not written.
    pub fn set_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        scratch.values.set(values);
        self.write_each(namespace, keys, Operation::Set, call, scratch, |held, item| {
            let Some(value) = item.value(values) else { return Ok(false) };
            held.set(&item.key, value, item.expiry, item.note).map(|()| true)
        })
    }

    /// [`insert`](Self::insert) for many keys, answered as [`set_many`](Self::set_many).
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn insert_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        scratch.values.set(values);
        self.write_each(namespace, keys, Operation::Insert, call, scratch, |held, item| {
            let Some(value) = item.value(values) else { return Ok(false) };
            held.compare_and_set(&item.key, None, value, item.expiry, item.note)
        })
    }

    /// [`compare_and_set`](Self::compare_and_set) for many keys, answered as [`set_many`](Self::set_many). An absent item
    /// of `expected` stands for nothing being there.
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn compare_and_set_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        expected: Flat<'_>,
        values: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        scratch.values.set(values);
        scratch.expected.set(expected);
        self.write_each(namespace, keys, Operation::CompareAndSet, call, scratch, |held, item| {
            let Some(value) = item.value(values) else { return Ok(false) };
            let expected = item.expected.get(expected);
            held.compare_and_set(&item.key, expected, value, item.expiry, item.note)
        })
    }

    /// [`fold`](Self::fold) for many keys, each with its operand: the results are in the scratch's `numbers`, the rest as
    /// [`set_many`](Self::set_many) does. A key without an operand is left alone.
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn fold_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        how: Fold,
        operands: &[i64],
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        let mut numbers = std::mem::take(&mut scratch.numbers);
        numbers.clear();
        numbers.resize(keys.lengths.len(), 0);
        let written = self.write_each(namespace, keys, Operation::Fold, call, scratch, |held, item| {
            let Some(&operand) = operands.get(item.index) else { return Ok(false) };
            numbers[item.index] = held.fold(&item.key, how, operand, item.expiry, item.note)?;
            Ok(true)
        });
        scratch.numbers = numbers;
        written
    }

    /// [`append`](Self::append) for many keys, answered as [`set_many`](Self::set_many).
    ///
    /// # Errors
    /// As [`set_many`](Self::set_many).
    pub fn append_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        values: Flat<'_>,
        most_bytes: u32,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
    ) -> Result<(), WriteError> {
        scratch.values.set(values);
        self.write_each(namespace, keys, Operation::Append, call, scratch, |held, item| {
            let Some(value) = item.value(values) else { return Ok(false) };
            held.append(&item.key, value, most_bytes, item.expiry, item.note)
        })
    }

    /// [`remove`](Self::remove) for many keys: the values that were there, in the keys' order; `out` is cleared first.
    ///
    /// # Errors
    /// [`WriteError::DeadlineExceeded`]: keys that have no value then were not taken out.
    pub fn remove_many(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
        out: &mut Values,
    ) -> Result<(), WriteError> {
        let mut taken = std::mem::take(&mut scratch.taken);
        taken.clear(keys.lengths.len());
        let written = self.write_each(namespace, keys, Operation::Remove, call, scratch, |held, item| {
            let start = taken.bytes.len();
            let bytes = held.remove(&item.key, &mut taken.bytes, item.note);
            taken.spans[item.index] = Span::of(start, bytes);
            Ok(bytes.is_some())
        });
        out.clear();
        taken.spans.iter().for_each(|span| out.push(span.get_in(&taken.bytes)));
        scratch.taken = taken;
        written
    }

    fn read_each(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        scratch: &mut Scratch,
        mut act: impl FnMut(Option<Key<'_>>),
    ) {
        scratch.hash(self, namespace, keys);
        let hashes = &scratch.hashes;
        for (index, (bytes, &hash)) in keys.iter().zip(hashes).enumerate() {
            self.fetch(namespace, |ahead| hashes.get(index + ahead).copied());
            act(bytes.map(|bytes| Key { namespace, bytes, hash }));
        }
    }

    /// Calls `act` for each key, with its shard's lock held, in an order in which equal keys keep theirs.
    fn write_each(
        &self,
        namespace: Namespace,
        keys: Flat<'_>,
        what: Operation,
        call: &mut Call<'_>,
        scratch: &mut Scratch,
        mut act: impl FnMut(&mut Held<'_>, Item<'_>) -> Result<bool, WriteError>,
    ) -> Result<(), WriteError> {
        scratch.hash(self, namespace, keys);
        scratch.sort(self, keys);
        let Scratch { statuses, order, hashes, keys: spans, values, expected, .. } = scratch;
        let mut held: Option<Held<'_>> = None;
        for (turn, &index) in order.iter().enumerate() {
            self.fetch(namespace, |ahead| Some(hashes[*order.get(turn + ahead)? as usize]));
            let index = index as usize;
            let hash = hashes[index];
            if !held.as_ref().is_some_and(|held| held.has(hash)) {
                drop(held.take());
                held = Some(self.hold(hash, Intent::of(what, call))?);
            }
            let (Some(held), Some(bytes)) = (&mut held, spans.get(index, keys)) else { continue };
            let item = Item {
                key: Key { namespace, bytes, hash },
                index,
                value: values.span(index),
                expected: expected.span(index),
                expiry: call.expiry,
                note: note(call),
            };
            statuses[index] = status(&act(held, item));
        }
        Ok(())
    }

    /// Fetches what the keys ahead need: one's slot, then, when that has come, its entry.
    #[inline]
    fn fetch(&self, namespace: Namespace, hash: impl Fn(usize) -> Option<u64>) {
        if let Some(hash) = hash(2 * AHEAD) {
            self.fetch_slots(hash);
        }
        if let Some(hash) = hash(AHEAD) {
            self.fetch_entry(&Key { namespace, bytes: &[], hash });
        }
    }
}

/// One key of a batched write, with what goes with it.
struct Item<'a> {
    key: Key<'a>,
    index: usize,
    value: Span,
    expected: Span,
    expiry: Expiry,
    note: Note<'a>,
}

impl Item<'_> {
    fn value<'v>(&self, values: Flat<'v>) -> Option<&'v [u8]> {
        self.value.get(values)
    }
}

fn status(done: &Result<bool, WriteError>) -> u8 {
    match done {
        Ok(true) => Status::Done as u8,
        Ok(false) => Status::Not as u8,
        Err(_) => Status::Refused as u8,
    }
}

fn length(bytes: Option<usize>) -> u32 {
    bytes.and_then(|bytes| u32::try_from(bytes).ok()).unwrap_or(Flat::ABSENT)
}
