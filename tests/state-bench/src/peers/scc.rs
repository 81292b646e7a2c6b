//! scc's `HashMap`.

use super::Hasher;
use crate::store::{Counters, Store};
use crate::workload::{Key, Value};
use scc::HashMap;

#[derive(Default)]
pub(crate) struct Map(HashMap<Key, Value, Hasher>);

impl Store for Map {
    type Into = Option<Value>;

    fn get(&self, key: &Key, into: &mut Option<Value>) -> bool {
        *into = self.0.read_sync(key, |_, value| *value);
        into.is_some()
    }

    fn set(&self, key: &Key, value: &Value) {
        self.0.upsert_sync(*key, *value);
    }
}

#[derive(Default)]
pub(crate) struct Numbers(HashMap<Key, i64, Hasher>);

impl Counters for Numbers {
    type Scratch = ();

    fn add(&self, key: &Key, operand: i64) -> i64 {
        let mut number = self.0.entry_sync(*key).or_insert(0);
        *number = number.saturating_add(operand);
        *number
    }
}
