//! Operations on many keys.

use crate::Namespace;
use crate::call::{Call, Fold, UnixMs, WriteError};
use crate::flat::{Flat, Values};
use crate::map::Map;
use crate::scratch::{Scratch, Span};
use crate::stats::Operation;

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
    /// [`WriteError::DeadlineExceeded`]: keys whose status is [`Status::Not`](crate::Status::Not) were not written.
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
}

fn length(bytes: Option<usize>) -> u32 {
    bytes.and_then(|bytes| u32::try_from(bytes).ok()).unwrap_or(Flat::ABSENT)
}
