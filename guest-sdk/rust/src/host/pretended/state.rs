//! The host's own map, in the test's process: one for each harness and those beside it, with the clock of the test.

use std::cell::RefCell;
use std::sync::Arc;

use logagent_state::{
    Call, Cursor, Expiry, Flat, Journal, Map, Namespace, Options, Quota, Scratch, Status, UnixMs, Values, WhenFull,
    WriteError,
};

use crate::state::{Fold, Items};

thread_local! {
    static IN_HAND: RefCell<Option<Transaction>> = const { RefCell::new(None) };
}

/// A filter's map; the same for its instances in all lanes.
#[derive(Clone)]
pub(crate) struct Memory {
    map: Arc<Map>,
    namespace: Namespace,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("entries", &self.map.len(self.namespace)).finish_non_exhaustive()
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::with_budget(64 << 20)
    }
}

impl Memory {
    pub(crate) fn with_budget(budget_bytes: u64) -> Self {
        Self::of(Quota { budget_bytes, when_full: WhenFull::Evict })
    }

    /// One that takes no more once it is full.
    #[cfg(test)]
    pub(crate) fn refusing(budget_bytes: u64) -> Self {
        Self::of(Quota { budget_bytes, when_full: WhenFull::Refuse })
    }

    fn of(quota: Quota) -> Self {
        let map =
            Map::new(Options { shards: 16, max_shards: 16, ..Options::default() }).expect("the options are right");
        let namespace = map.namespace("test", quota).expect("it is the first");
        Self { map: Arc::new(map), namespace }
    }

    /// Runs one call of a filter. Where it fails, what it wrote is undone.
    pub(crate) fn call<T, E>(&self, now_ms: u64, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let (journal, scratch) = (Journal::default(), Scratch::default());
        let now = UnixMs(now_ms);
        IN_HAND.set(Some(Transaction { memory: self.clone(), now, journal, scratch, clears: false }));
        let answer = work();
        if let Some(transaction) = IN_HAND.take() {
            transaction.end(answer.is_ok());
        }
        answer
    }
}

/// What runs, and what it has written.
struct Transaction {
    memory: Memory,
    now: UnixMs,
    journal: Journal,
    scratch: Scratch,
    clears: bool,
}

impl Transaction {
    fn end(mut self, is_well: bool) {
        if !is_well {
            self.memory.map.undo(&mut self.journal, self.now);
        } else if self.clears {
            self.memory.map.clear(self.memory.namespace);
        }
    }

    fn expiry(&self, ttl_ms: u64) -> Expiry {
        if ttl_ms == 0 { Expiry::Never } else { Expiry::At(UnixMs(self.now.0.saturating_add(ttl_ms))) }
    }

    /// # Panics
    /// Where the host would fail the batch.
    fn write(
        &mut self,
        ttl_ms: u64,
        write: impl FnOnce(&Map, Namespace, &mut Call<'_>, &mut Scratch) -> Result<(), WriteError>,
    ) -> &mut Scratch {
        let expiry = self.expiry(ttl_ms);
        let Self { memory, now, journal, scratch, .. } = self;
        let mut call = Call { now: *now, expiry, deadline: None, journal: Some(journal) };
        write(&memory.map, memory.namespace, &mut call, scratch).unwrap_or_else(|error| panic!("{error}"));
        scratch
    }
}

/// # Panics
/// Outside of a call, as the host traps.
fn in_hand<T>(work: impl FnOnce(&mut Transaction) -> T) -> T {
    IN_HAND.with_borrow_mut(|it| work(it.as_mut().expect("state is there in `process` and `tick` alone")))
}

fn flat(items: &Items) -> Flat<'_> {
    Flat { bytes: &items.0.bytes, lengths: &items.0.lengths }
}

fn items(values: Values) -> Items {
    Items(crate::bindings::state::Items { bytes: values.bytes, lengths: values.lengths })
}

pub(crate) fn get(keys: &Items) -> Items {
    in_hand(|it| {
        let mut out = Values::default();
        it.memory.map.get_many(it.memory.namespace, flat(keys), it.now, &mut it.scratch, &mut out);
        items(out)
    })
}

pub(crate) fn contains(keys: &Items) -> Vec<u8> {
    in_hand(|it| {
        let mut out = Vec::new();
        it.memory.map.contains_many(it.memory.namespace, flat(keys), it.now, &mut it.scratch, &mut out);
        out
    })
}

pub(crate) fn set(keys: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    statuses(ttl_ms, |map, namespace, call, scratch| map.set_many(namespace, flat(keys), flat(values), call, scratch))
}

pub(crate) fn insert(keys: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    statuses(ttl_ms, |map, namespace, call, scratch| {
        map.insert_many(namespace, flat(keys), flat(values), call, scratch)
    })
}

pub(crate) fn compare_and_set(keys: &Items, expected: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    statuses(ttl_ms, |map, namespace, call, scratch| {
        map.compare_and_set_many(namespace, flat(keys), flat(expected), flat(values), call, scratch)
    })
}

pub(crate) fn append(keys: &Items, values: &Items, most_bytes: u32, ttl_ms: u64) -> Vec<u8> {
    statuses(ttl_ms, |map, namespace, call, scratch| {
        map.append_many(namespace, flat(keys), flat(values), most_bytes, call, scratch)
    })
}

fn statuses(
    ttl_ms: u64,
    write: impl FnOnce(&Map, Namespace, &mut Call<'_>, &mut Scratch) -> Result<(), WriteError>,
) -> Vec<u8> {
    in_hand(|it| it.write(ttl_ms, write).statuses.clone())
}

pub(crate) fn fold(keys: &Items, how: Fold, operands: &[i64], ttl_ms: u64) -> Vec<i64> {
    let how = match how {
        Fold::Add => logagent_state::Fold::Add,
        Fold::Min => logagent_state::Fold::Min,
        Fold::Max => logagent_state::Fold::Max,
    };
    in_hand(|it| {
        let Scratch { numbers, statuses, .. } = it.write(ttl_ms, |map, namespace, call, scratch| {
            map.fold_many(namespace, flat(keys), how, operands, call, scratch)
        });
        let results = numbers.iter().zip(operands).zip(statuses);
        results
            .map(|((&number, &operand), &mut status)| if status == Status::Done as u8 { number } else { operand })
            .collect()
    })
}

pub(crate) fn remove(keys: &Items) -> Items {
    in_hand(|it| {
        let mut out = Values::default();
        it.write(0, |map, namespace, call, scratch| map.remove_many(namespace, flat(keys), call, scratch, &mut out));
        items(out)
    })
}

/// Some entries, and where the next begin.
pub(crate) struct Page {
    pub(crate) keys: Items,
    pub(crate) values: Items,
    pub(crate) next: Option<u64>,
}

pub(crate) fn range(prefix: &[u8], start: u64, most_bytes: u32) -> Page {
    in_hand(|it| {
        let mut page = logagent_state::Page::default();
        let (namespace, start) = (it.memory.namespace, Cursor::from_bits(start));
        let next = it.memory.map.range(namespace, prefix, start, it.now, most_bytes as usize, &mut page);
        Page { keys: items(page.keys), values: items(page.values), next: next.map(Cursor::to_bits) }
    })
}

pub(crate) fn clear() {
    in_hand(|it| it.clears = true);
}

pub(crate) fn count() -> u64 {
    in_hand(|it| it.memory.map.len(it.memory.namespace))
}
