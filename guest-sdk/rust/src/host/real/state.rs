//! The contract's `state` in the SDK's own types.

use crate::bindings::state;
use crate::state::{Fold, Items};

pub(crate) fn get(keys: &Items) -> Items {
    Items(state::get_many(&keys.0))
}

pub(crate) fn contains(keys: &Items) -> Vec<u8> {
    state::contains_many(&keys.0)
}

pub(crate) fn set(keys: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    state::set_many(&keys.0, &values.0, ttl_ms)
}

pub(crate) fn insert(keys: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    state::insert_many(&keys.0, &values.0, ttl_ms)
}

pub(crate) fn compare_and_set(keys: &Items, expected: &Items, values: &Items, ttl_ms: u64) -> Vec<u8> {
    state::compare_and_set_many(&keys.0, &expected.0, &values.0, ttl_ms)
}

pub(crate) fn fold(keys: &Items, how: Fold, operands: &[i64], ttl_ms: u64) -> Vec<i64> {
    let how = match how {
        Fold::Add => state::Change::Add,
        Fold::Min => state::Change::Min,
        Fold::Max => state::Change::Max,
    };
    state::fold_many(&keys.0, how, operands, ttl_ms)
}

pub(crate) fn append(keys: &Items, values: &Items, most_bytes: u32, ttl_ms: u64) -> Vec<u8> {
    state::append_many(&keys.0, &values.0, most_bytes, ttl_ms)
}

pub(crate) fn remove(keys: &Items) -> Items {
    Items(state::remove_many(&keys.0))
}

/// Some entries, and where the next begin.
pub(crate) struct Page {
    pub(crate) keys: Items,
    pub(crate) values: Items,
    pub(crate) next: Option<u64>,
}

pub(crate) fn range(prefix: &[u8], start: u64, most_bytes: u32) -> Page {
    let state::Page { keys, values, next } = state::range(prefix, start, most_bytes);
    Page { keys: Items(keys), values: Items(values), next }
}

pub(crate) fn clear() {
    state::clear();
}

pub(crate) fn count() -> u64 {
    state::count()
}
