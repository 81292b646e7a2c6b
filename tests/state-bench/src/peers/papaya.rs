//! papaya, pinned for each operation.

use super::Hasher;
use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use papaya::{HashMap, ResizeMode};
use std::sync::atomic::{AtomicI64, Ordering};

/// As it grows by itself, a table is left half moved where no writes follow, and reading it then takes ten times as
/// long: those who read most would have it moved at once.
fn made<V>() -> HashMap<Key, V, Hasher> {
    HashMap::builder().hasher(Hasher::default()).resize_mode(ResizeMode::Blocking).build()
}

pub(crate) struct Map(HashMap<Key, Value, Hasher>);

impl Default for Map {
    fn default() -> Self {
        Self(made())
    }
}

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
pub(crate) struct Numbers(HashMap<Key, AtomicI64, Hasher>);

impl Default for Numbers {
    fn default() -> Self {
        Self(made())
    }
}

impl Counters for Numbers {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        let map = self.0.pin();
        let number = map.get(key).unwrap_or_else(|| map.get_or_insert_with(*key, AtomicI64::default));
        number.fetch_add(operand, Ordering::Relaxed) + operand
    }
}
