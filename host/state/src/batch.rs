//! How a batched call goes through its keys: reads in their order, writes shard by shard, so that each lock is taken once.
//! While one key is worked on, the processor fetches what the next ones will need.

use crate::Namespace;
use crate::call::{Call, Expiry, Status, WriteError};
use crate::entry::Key;
use crate::flat::Flat;
use crate::journal::Note;
use crate::lock::{Held, Intent};
use crate::map::Map;
use crate::scratch::{Scratch, Span};
use crate::single::note;
use crate::stats::Operation;

/// How many keys ahead an entry is fetched; its slot, twice as many. A key takes some 14 ns where all is near, and memory
/// ten times that.
const AHEAD: usize = 12;

impl Map {
    pub(crate) fn read_each(
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
    pub(crate) fn write_each(
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
pub(crate) struct Item<'a> {
    pub(crate) key: Key<'a>,
    pub(crate) index: usize,
    value: Span,
    pub(crate) expected: Span,
    pub(crate) expiry: Expiry,
    pub(crate) note: Note<'a>,
}

impl Item<'_> {
    pub(crate) fn value<'v>(&self, values: Flat<'v>) -> Option<&'v [u8]> {
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
