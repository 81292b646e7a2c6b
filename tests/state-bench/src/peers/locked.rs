//! The standard library's map behind locks of parking_lot: one, or 256 with their maps, cache lines apart.

use super::Hasher;
use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use parking_lot::{Mutex, RwLock};
use std::collections::HashMap;
use std::hash::BuildHasher;

/// A pair of cache lines, which the processor may fetch together.
#[repr(align(128))]
struct Padded<T>(T);

type Shard<V> = RwLock<HashMap<Key, V, Hasher>>;

/// `SHARDS` maps, a power of two.
pub(crate) struct Sharded<V, const SHARDS: usize> {
    hasher: Hasher,
    shards: Box<[Padded<Shard<V>>]>,
}

pub(crate) type RwMap<const SHARDS: usize> = Sharded<Value, SHARDS>;
pub(crate) type RwNumbers<const SHARDS: usize> = Sharded<i64, SHARDS>;

impl<V, const SHARDS: usize> Default for Sharded<V, SHARDS> {
    fn default() -> Self {
        let hasher = Hasher::default();
        let shard = |_| Padded(RwLock::new(HashMap::with_hasher(hasher.clone())));
        let shards = (0..SHARDS).map(shard).collect();
        Self { hasher, shards }
    }
}

impl<V, const SHARDS: usize> Sharded<V, SHARDS> {
    fn shard(&self, key: &Key) -> &Shard<V> {
        if SHARDS == 1 {
            return &self.shards[0].0;
        }
        // hashbrown takes the low bits for the bucket and the top seven for its tags: the middle is left.
        let index = (self.hasher.hash_one(key) >> 32) as usize & (SHARDS - 1);
        &self.shards[index].0
    }
}

impl<const SHARDS: usize> Store for RwMap<SHARDS> {
    type Into = Option<Value>;

    fn get(&self, key: &Key, into: &mut Option<Value>) -> bool {
        *into = self.shard(key).read().get(key).copied();
        into.is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.shard(key).write().insert(*key, *value);
    }
}

impl<const SHARDS: usize> Counters for RwNumbers<SHARDS> {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        add(&mut self.shard(key).write(), key, operand)
    }
}

#[derive(Default)]
pub(crate) struct MutexMap(Mutex<HashMap<Key, Value, Hasher>>);

impl Store for MutexMap {
    type Into = Option<Value>;

    fn get(&self, key: &Key, into: &mut Option<Value>) -> bool {
        *into = self.0.lock().get(key).copied();
        into.is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.0.lock().insert(*key, *value);
    }
}

#[derive(Default)]
pub(crate) struct MutexNumbers(Mutex<HashMap<Key, i64, Hasher>>);

impl Counters for MutexNumbers {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        add(&mut self.0.lock(), key, operand)
    }
}

fn add(map: &mut HashMap<Key, i64, Hasher>, key: &Key, operand: i64) -> i64 {
    let number = map.entry(*key).or_insert(0);
    *number = number.saturating_add(operand);
    *number
}
