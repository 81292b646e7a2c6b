//! Operations on one key.

use crate::Namespace;
use crate::call::{Call, Fold, UnixMs, WriteError};
use crate::entry::Key;
use crate::journal::Note;
use crate::lock::{Held, Intent};
use crate::map::Map;
use crate::stats::Operation;
use crate::wide::{Short, append_short};

impl Map {
    /// Appends the value to `into`, and answers its length in bytes.
    #[inline(always)]
    pub fn get(&self, namespace: Namespace, key: &[u8], now: UnixMs, into: &mut Vec<u8>) -> Option<usize> {
        self.get_key(&self.key(namespace, key), now, into)
    }

    #[inline(always)]
    pub(crate) fn get_key(&self, key: &Key<'_>, now: UnixMs, into: &mut Vec<u8>) -> Option<usize> {
        let start = into.len();
        let take = |bytes, words: &Short| append_short(words, bytes, into).then_some(bytes);
        if let Some(bytes) = self.glance(key, now, take) {
            return Some(bytes);
        }
        self.get_thoroughly(*key, now, start, into)
    }

    #[cold]
    fn get_thoroughly(&self, key: Key<'_>, now: UnixMs, start: usize, into: &mut Vec<u8>) -> Option<usize> {
        let bytes = self.read(&key, |entry| {
            into.truncate(start);
            if entry.lives(&self.arena, now) { entry.value(&self.arena, into).map(Some) } else { Some(None) }
        });
        let bytes = bytes.flatten();
        into.truncate(start + bytes.unwrap_or(0));
        bytes
    }

    /// Whether the key is there.
    #[inline(always)]
    #[must_use]
    pub fn contains(&self, namespace: Namespace, key: &[u8], now: UnixMs) -> bool {
        self.contains_key(&self.key(namespace, key), now)
    }

    #[inline(always)]
    pub(crate) fn contains_key(&self, key: &Key<'_>, now: UnixMs) -> bool {
        if self.glance(key, now, |_, _| Some(())).is_some() {
            return true;
        }
        self.contains_thoroughly(*key, now)
    }

    #[cold]
    fn contains_thoroughly(&self, key: Key<'_>, now: UnixMs) -> bool {
        self.read(&key, |entry| Some(entry.lives(&self.arena, now))).unwrap_or(false)
    }

    /// Writes the value, whatever was there.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    #[inline(always)]
    pub fn set(&self, namespace: Namespace, key: &[u8], value: &[u8], call: &mut Call<'_>) -> Result<(), WriteError> {
        let key = self.key(namespace, key);
        match self.set_at_once(&key, value, call) {
            Some(()) => Ok(()),
            None => self.set_thoroughly(key, value, call),
        }
    }

    #[cold]
    fn set_thoroughly(&self, key: Key<'_>, value: &[u8], call: &mut Call<'_>) -> Result<(), WriteError> {
        self.hold_for(&key, Operation::Set, call)?.set(&key, value, call.expiry, note(call))
    }

    /// Writes the value where there is none, and answers whether it did.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn insert(
        &self,
        namespace: Namespace,
        key: &[u8],
        value: &[u8],
        call: &mut Call<'_>,
    ) -> Result<bool, WriteError> {
        let key = self.key(namespace, key);
        self.hold_for(&key, Operation::Insert, call)?.compare_and_set(&key, None, value, call.expiry, note(call))
    }

    /// Writes the value where `expected` is there (`None`: nothing), and answers whether it did.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn compare_and_set(
        &self,
        namespace: Namespace,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        call: &mut Call<'_>,
    ) -> Result<bool, WriteError> {
        let key = self.key(namespace, key);
        let mut held = self.hold_for(&key, Operation::CompareAndSet, call)?;
        held.compare_and_set(&key, expected, value, call.expiry, note(call))
    }

    /// Combines the number that is there (8 bytes, little-endian) with `operand`, and answers the result. An absent key
    /// counts as the operand, and is made with the call's expiry; one that is there keeps its own.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    #[inline(always)]
    pub fn fold(
        &self,
        namespace: Namespace,
        key: &[u8],
        how: Fold,
        operand: i64,
        call: &mut Call<'_>,
    ) -> Result<i64, WriteError> {
        let key = self.key(namespace, key);
        match self.fold_at_once(&key, how, operand, call) {
            Some(number) => Ok(number),
            None => self.fold_thoroughly(key, how, operand, call),
        }
    }

    #[cold]
    fn fold_thoroughly(&self, key: Key<'_>, how: Fold, operand: i64, call: &mut Call<'_>) -> Result<i64, WriteError> {
        self.hold_for(&key, Operation::Fold, call)?.fold(&key, how, operand, call.expiry, note(call))
    }

    /// Puts the value behind what is there, unless it would be longer than `most_bytes` then; answers whether it did.
    /// An absent key is made with the call's expiry; one that is there keeps its own.
    ///
    /// # Errors
    /// [`WriteError`]; nothing was changed then.
    pub fn append(
        &self,
        namespace: Namespace,
        key: &[u8],
        value: &[u8],
        most_bytes: u32,
        call: &mut Call<'_>,
    ) -> Result<bool, WriteError> {
        let key = self.key(namespace, key);
        self.hold_for(&key, Operation::Append, call)?.append(&key, value, most_bytes, call.expiry, note(call))
    }

    /// Takes the key out, appends its value to `into`, and answers its length in bytes.
    ///
    /// # Errors
    /// [`WriteError::DeadlineExceeded`]; nothing was changed then.
    pub fn remove(
        &self,
        namespace: Namespace,
        key: &[u8],
        into: &mut Vec<u8>,
        call: &mut Call<'_>,
    ) -> Result<Option<usize>, WriteError> {
        let key = self.key(namespace, key);
        Ok(self.hold_for(&key, Operation::Remove, call)?.remove(&key, into, note(call)))
    }

    #[inline(always)]
    fn hold_for(&self, key: &Key<'_>, what: Operation, call: &Call<'_>) -> Result<Held<'_>, WriteError> {
        self.hold(key.hash, Intent::of(what, call))
    }
}

pub(crate) fn note<'a>(call: &'a mut Call<'_>) -> Note<'a> {
    Note(call.journal.as_deref_mut())
}
