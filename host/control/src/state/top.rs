//! The largest entries of a map, found in one walk that keeps no more than are asked for.

use super::{Bytes, TopEntry};
use logagent_state::{Entry, Expiry, Map, Namespace, UnixMs, entry_bytes};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// The largest first. Those of one size are in their keys' order.
pub(super) fn largest(map: &Map, now: UnixMs, count: usize) -> Vec<TopEntry> {
    let mut top = Top { count, kept: BTreeSet::new() };
    let mut index = 0;
    while index < map.shards() {
        map.export_shard(index, now, &mut |entry| top.offer(&entry));
        index += 1;
    }
    let name = |namespace| map.namespace_name(namespace).unwrap_or_default();
    let shown = |it: Kept| TopEntry {
        namespace: name(it.namespace),
        key: Bytes::of(&it.key),
        bytes: it.bytes.0,
        expires_at_ms: it.expires_at_ms,
    };
    top.kept.into_iter().map(shown).collect()
}

/// Ordered by what comes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    bytes: Reverse<u64>,
    namespace: Namespace,
    key: Vec<u8>,
    expires_at_ms: Option<u64>,
}

struct Top {
    count: usize,
    kept: BTreeSet<Kept>,
}

impl Top {
    /// Called under a shard's lock: most entries are too small, and cost a comparison.
    fn offer(&mut self, entry: &Entry<'_>) {
        let bytes = entry_bytes(entry.key.len(), entry.value.len(), entry.expiry != Expiry::Never);
        let is_full = self.kept.len() >= self.count;
        if is_full && self.kept.last().is_none_or(|last| bytes < last.bytes.0) {
            return;
        }
        let (namespace, key) = (entry.namespace, entry.key.to_owned());
        self.kept.insert(Kept {
            bytes: Reverse(bytes),
            namespace,
            key,
            expires_at_ms: super::ask::unix_ms(entry.expiry),
        });
        if is_full {
            self.kept.pop_last();
        }
    }
}
