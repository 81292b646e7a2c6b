//! papaya, pinned for each operation.

use super::Hasher;
use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use papaya::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Default)]
pub(crate) struct Map(HashMap<Key, Value, Hasher>);

impl Store for Map {
    type Into = Option<Value>;

    fn get(&self, key: &Key, into: &mut Option<Value>) -> bool {
        *into = self.0.pin().get(key).copied();
        into.is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.0.pin().insert(*key, *value);
    }
}

/// Its values can't be written in place, so a user who counts keeps atomics. They wrap: cheaper than what is asked of
/// the others, which saturate.
#[derive(Default)]
pub(crate) struct Numbers(HashMap<Key, AtomicI64, Hasher>);

impl Counters for Numbers {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        let map = self.0.pin();
        let number = map.get(key).unwrap_or_else(|| map.get_or_insert_with(*key, AtomicI64::default));
        number.fetch_add(operand, Ordering::Relaxed) + operand
    }
}
