//! What can be asked of the state map, and the answers, as plain data. Not for how they are shown.

mod ask;
mod bytes;
mod top;

pub use ask::ask;
pub use bytes::Bytes;
pub(crate) use bytes::parse;

use serde::{Deserialize, Serialize};

/// What can be asked of the state map.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StateQuestion {
    /// What each namespace holds.
    Namespaces,
    /// One entry.
    Get {
        /// The namespace's name.
        namespace: String,
        /// The entry's key.
        key: Vec<u8>,
    },
    /// The entries that take the most.
    Top {
        /// How many: at most [`MOST_TOP`](Self::MOST_TOP).
        count: u32,
    },
    /// The keys that are asked for most.
    Hottest {
        /// How many at most.
        count: u32,
    },
    /// What happened at each shard's lock.
    Heat,
    /// The last operations that were slow.
    Slow,
}

impl StateQuestion {
    /// A thousand keys of the length that filters may have fit into an answer.
    pub const MOST_TOP: u32 = 1000;
}

/// The answer to a [`StateQuestion`].
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum StateAnswer {
    Namespaces(Vec<NamespaceStatus>),
    Entry(EntryStatus),
    Top(Vec<TopEntry>),
    Hottest(Vec<HotKey>),
    Heat(Heat),
    Slow(Vec<SlowStatus>),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum StateRefusal {
    #[error("no filter of this agent remembers anything")]
    NoState,
    #[error("there is no namespace {name}, but {}", known.join(", "))]
    NoNamespace { name: String, known: Vec<String> },
    #[error("namespace {namespace} has no such key")]
    NoKey { namespace: String },
}

/// A namespace.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct NamespaceStatus {
    /// Its name: the filter's, or `shared:` and what several filters name.
    pub name: String,
    /// Entries, with those that have expired and are not yet taken out.
    pub entries: u64,
    /// What they take in bytes, as the budget counts.
    pub bytes: u64,
    /// What they may take in bytes.
    pub budget_bytes: u64,
    /// What becomes of a write that needs more: `evict` or `refuse`.
    pub when_full: String,
    /// Entries that went because their time had come.
    pub expired: u64,
    /// Entries that went because the budget was used up.
    pub evicted: u64,
    /// Entries that went because the map's memory was used up.
    pub evicted_for_memory: u64,
    /// Writes that found no room.
    pub refused: u64,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct EntryStatus {
    /// The namespace's name.
    pub namespace: String,
    /// Its key.
    pub key: Bytes,
    /// Its value.
    pub value: Bytes,
    /// Its value as a number, where it has the length of one.
    pub number: Option<i64>,
    /// When it goes, in milliseconds since the Unix epoch; `None` where it stays.
    pub expires_at_ms: Option<u64>,
}

/// An entry, without its value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct TopEntry {
    /// The namespace's name.
    pub namespace: String,
    /// Its key.
    pub key: Bytes,
    /// What it takes in bytes, as the budget counts.
    pub bytes: u64,
    /// When it goes, in milliseconds since the Unix epoch; `None` where it stays.
    pub expires_at_ms: Option<u64>,
}

/// A key that is asked for often.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct HotKey {
    /// The namespace's name.
    pub namespace: String,
    /// Its key, or the first 64 bytes of it.
    pub key: Bytes,
    /// The whole key's length in bytes.
    pub key_bytes: u64,
    /// Its share of the keys that filters asked for of late, from 0 to 1.
    pub share: f64,
}

/// What happened at the shards' locks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Heat {
    /// By shard.
    pub shards: Vec<ShardStatus>,
    /// Waits of all shards.
    pub waits: Vec<Waits>,
}

/// A shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ShardStatus {
    /// How often its lock was taken.
    pub acquisitions: u64,
    /// How often it was held by another then.
    pub conflicts: u64,
    /// Its entries.
    pub entries: u64,
    /// Its memory in bytes.
    pub bytes: u64,
}

/// Waits for a lock, by how long they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Waits {
    /// They were shorter, in microseconds; `None` for those that were longer than all bounds.
    pub below_us: Option<u64>,
    /// How many.
    pub count: u64,
}

/// An operation that waited for a shard, or held it, for long.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct SlowStatus {
    /// What it was.
    pub operation: String,
    /// At which shard.
    pub shard: u32,
    /// How long it waited, in nanoseconds.
    pub waited_ns: u64,
    /// How long it held the shard, in nanoseconds.
    pub held_ns: u64,
}
