//! What can be asked of a map beside its entries.

use crate::map::Map;
use crate::stats::{HotKey, NamespaceStats, Operation, ShardStats, SlowOperation};
use crate::{Namespace, UnixMs};
use std::sync::atomic::Ordering;

impl Map {
    /// Entries of a namespace, with those that are expired but not yet taken out.
    #[must_use]
    pub fn len(&self, namespace: Namespace) -> u64 {
        self.accounts.entries(namespace)
    }

    /// Whether a namespace has no entries.
    #[must_use]
    pub fn is_empty(&self, namespace: Namespace) -> bool {
        self.len(namespace) == 0
    }

    /// What a namespace's entries take, as [`entry_bytes`](crate::entry_bytes) counts.
    #[must_use]
    pub fn bytes(&self, namespace: Namespace) -> u64 {
        self.accounts.bytes(namespace)
    }

    /// Memory of the map's budget that is in use, in whole chunks: entries, what lies free between them, and tables.
    #[must_use]
    pub fn memory_bytes(&self) -> u64 {
        let (free, all) = self.arena.free();
        u64::from(all - free) * u64::from(self.arena.chunk_words()) * 8
    }

    /// All namespaces, in the order of their registration.
    #[must_use]
    pub fn namespaces(&self) -> Vec<NamespaceStats> {
        self.accounts.stats()
    }

    /// The number of shards. While the map grows, some of the upper half are not there yet.
    #[must_use]
    pub fn shards(&self) -> u32 {
        self.mask() + 1
    }

    /// All shards' figures, each as it was at one instant.
    #[must_use]
    pub fn shard_stats(&self) -> Vec<ShardStats> {
        let all = (0..self.shards()).map(|index| {
            let held = self.hold_patiently(index, Operation::Export, UnixMs(0));
            let core = &held.core;
            let chunks = core.rest.space.chunks() + core.table_chunks(&self.arena);
            ShardStats {
                acquisitions: core.locking.acquisitions(self.growth.window),
                conflicts: core.rest.waits.conflicts,
                late: held.shard.late.load(Ordering::Relaxed),
                waits: core.rest.waits.waits,
                entries: core.entries.into(),
                bytes: u64::from(chunks) * u64::from(self.arena.chunk_words()) * 8,
            }
        });
        all.collect()
    }

    /// The keys that batched calls have asked for most of late, `most` of them at most, the hottest first: by a sample
    /// of one key in about a thousand. None whose share is below one in 256 is sure to be among them.
    #[must_use]
    pub fn hottest(&self, most: usize) -> Vec<HotKey> {
        self.hot.list(most)
    }

    /// The last 1,024 operations that waited for a lock, or held it, for 100 µs or more, the oldest first. Holds of
    /// single writes are timed in debug builds, with the feature `deadlock-detection`, and where the write had to wait.
    #[must_use]
    pub fn slow(&self) -> Vec<SlowOperation> {
        self.slow.list()
    }
}
