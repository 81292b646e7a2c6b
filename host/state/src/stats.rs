//! What a map tells of itself.

use crate::{Expiry, Namespace, Quota};
use std::time::Duration;

/// What a namespace holds, and what became of what it held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceStats {
    /// As it was registered.
    pub name: String,
    /// Its number.
    pub namespace: Namespace,
    /// Entries, with those that are expired but not yet taken out.
    pub entries: u64,
    /// What they take, as [`entry_bytes`](crate::entry_bytes) counts.
    pub bytes: u64,
    /// What they may take.
    pub quota: Quota,
    /// Entries that went by themselves, by reason.
    pub evicted: Evicted,
    /// Writes that found no room.
    pub refused: u64,
}

/// Entries that went by themselves, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evicted {
    /// Their time had come.
    pub expired: u64,
    /// Their namespace's budget was used up.
    pub budget: u64,
    /// The map's memory was used up.
    pub memory: u64,
}

/// Bounds of [`ShardStats::waits`], in microseconds: bucket `i` counts waits below `WAIT_BOUNDS_US[i]`, and the last
/// bucket those that were longer than all.
pub const WAIT_BOUNDS_US: [u64; 11] = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/// What happened at one shard's lock, and what is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardStats {
    /// How often the lock was taken.
    pub acquisitions: u64,
    /// How often it was held by another then.
    pub conflicts: u64,
    /// Calls whose deadline passed before they had the lock.
    pub late: u64,
    /// Waits for the lock where it was held, by [`WAIT_BOUNDS_US`].
    pub waits: [u64; WAIT_BOUNDS_US.len() + 1],
    /// Entries in the shard.
    pub entries: u64,
    /// Memory that the shard holds: chunks of entries, and its table.
    pub bytes: u64,
}

/// What was slow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum Operation {
    Set,
    Insert,
    CompareAndSet,
    Fold,
    Append,
    Remove,
    Undo,
    Range,
    Clear,
    Sweep,
    Export,
    Grow,
}

/// An operation that waited for a shard's lock, or held it, for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlowOperation {
    /// What it was.
    pub what: Operation,
    /// At which shard.
    pub shard: u32,
    /// How long it waited for the lock.
    pub waited: Duration,
    /// How long it held the lock.
    pub held: Duration,
}

/// A key that is asked for often.
#[derive(Debug, Clone, PartialEq)]
pub struct HotKey {
    /// Whose it is.
    pub namespace: Namespace,
    /// Its first bytes: 64 at most.
    pub key: Vec<u8>,
    /// Its length in bytes.
    pub key_bytes: usize,
    /// Its share of the keys that batched calls asked for of late, from 0 to 1: by a sample, and too low rather than too
    /// high.
    pub share: f64,
}

/// An entry, as [`export_shard`](crate::Map::export_shard) shows it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Whose it is.
    pub namespace: Namespace,
    /// Its key.
    pub key: &'a [u8],
    /// Its value.
    pub value: &'a [u8],
    /// When it goes.
    pub expiry: Expiry,
}

impl Operation {
    const ALL: [Self; 12] = [
        Self::Set,
        Self::Insert,
        Self::CompareAndSet,
        Self::Fold,
        Self::Append,
        Self::Remove,
        Self::Undo,
        Self::Range,
        Self::Clear,
        Self::Sweep,
        Self::Export,
        Self::Grow,
    ];

    pub(crate) fn from_index(index: u64) -> Option<Self> {
        Self::ALL.get(usize::try_from(index).ok()?).copied()
    }

    /// Whether it goes through a whole shard under its lock.
    pub(crate) fn may_take_long(self) -> bool {
        matches!(self, Self::Clear | Self::Sweep | Self::Export | Self::Grow)
    }
}
