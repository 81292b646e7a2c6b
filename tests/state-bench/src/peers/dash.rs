//! dashmap, with as many shards as it takes by itself: four for each processor.

use super::Hasher;
use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use dashmap::DashMap;

#[derive(Default)]
pub(crate) struct Map(DashMap<Key, Value, Hasher>);

impl Store for Map {
    type Into = Option<Value>;

    fn get(&self, key: &Key, into: &mut Option<Value>) -> bool {
        *into = self.0.get(key).map(|value| *value);
        into.is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.0.insert(*key, *value);
    }
}

#[derive(Default)]
pub(crate) struct Numbers(DashMap<Key, i64, Hasher>);

impl Counters for Numbers {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        let mut number = self.0.entry(*key).or_insert(0);
        *number = number.saturating_add(operand);
        *number
    }
}
