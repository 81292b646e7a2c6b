//! The state map.

use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use logagent_state::{Call, Flat, Fold, Growth, Map, Namespace, Options, Quota, Scratch, UnixMs, Values, WhenFull};

/// Callers bring the time; entries here have none.
const NOW: UnixMs = UnixMs(1_700_000_000_000);

/// Room for all entries of this bench, with as much again: evictions are no part of it.
const BUDGET_BYTES: u64 = 512 << 20;

/// A key's length, as [`Flat`] has it.
const KEY_BYTES: u32 = 16;

/// A map with one namespace.
pub(crate) struct Ours {
    pub(crate) map: Map,
    namespace: Namespace,
}

/// With as many shards as it has by itself.
impl Default for Ours {
    fn default() -> Self {
        Self::new(Options { budget_bytes: BUDGET_BYTES, ..Options::default() })
    }
}

impl Ours {
    /// With so many shards, however they are contended for.
    pub(crate) fn with_shards(shards: u32) -> Self {
        let growth = Growth { threshold: 1.0, ..Growth::default() };
        Self::new(Options { shards, max_shards: shards, budget_bytes: BUDGET_BYTES, growth, ..Options::default() })
    }

    fn new(options: Options) -> Self {
        let map = Map::new(options).expect("the options are right");
        let quota = Quota { budget_bytes: BUDGET_BYTES, when_full: WhenFull::Refuse };
        let namespace = map.namespace("bench", quota).expect("the first one");
        Self { map, namespace }
    }
}

/// What a thread reads into, reused.
#[derive(Default)]
pub(crate) struct Into {
    value: Vec<u8>,
    values: Values,
    batch: Batch,
}

/// What a batched call wants beside its keys, reused.
#[derive(Default)]
pub(crate) struct Batch {
    scratch: Scratch,
    lengths: Vec<u32>,
    operands: Vec<i64>,
}

impl Batch {
    fn of<'a>(&'a mut self, keys: &'a [Key]) -> (Flat<'a>, &'a mut Scratch) {
        self.lengths.resize(keys.len(), KEY_BYTES);
        (Flat { bytes: keys.as_flattened(), lengths: &self.lengths }, &mut self.scratch)
    }
}

impl Store for Ours {
    type Into = Into;

    fn get(&self, key: &Key, into: &mut Into) -> bool {
        into.value.clear();
        self.map.get(self.namespace, key, NOW, &mut into.value).is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.map.set(self.namespace, key, value, &mut Call::at(NOW)).expect("there is room");
    }

    fn get_many(&self, keys: &[Key], into: &mut Into) -> usize {
        let (keys, scratch) = into.batch.of(keys);
        self.map.get_many(self.namespace, keys, NOW, scratch, &mut into.values);
        into.values.lengths.iter().filter(|length| **length != Flat::ABSENT).count()
    }
}

impl Counters for Ours {
    type Scratch = Batch;

    fn add(&self, key: &Key, operand: i64) -> i64 {
        self.map.fold(self.namespace, key, Fold::Add, operand, &mut Call::at(NOW)).expect("there is room")
    }

    fn add_many(&self, keys: &[Key], operand: i64, batch: &mut Batch) -> i64 {
        let mut operands = std::mem::take(&mut batch.operands);
        operands.resize(keys.len(), operand);
        let (keys, scratch) = batch.of(keys);
        let added = self.map.fold_many(self.namespace, keys, Fold::Add, &operands, &mut Call::at(NOW), scratch);
        added.expect("there is room");
        let sum = scratch.numbers.iter().sum();
        batch.operands = operands;
        sum
    }
}
