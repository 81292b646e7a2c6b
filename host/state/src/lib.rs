//! The state map: what filters remember, sharded, bounded in memory, and read without locks.
//!
//! Keys and values are bytes, in namespaces that have budgets of their own. This crate knows no clock (calls bring the
//! time), no files, and nothing of filters.

mod call;
mod flat;
mod heat;
mod hot;
mod options;
mod stats;

mod map;

mod batch;
mod many;
mod range;
mod scratch;
mod single;

mod read;

mod grow;
mod journal;
mod lock;
mod prefetch;
mod pressure;
mod quick;
mod room;
mod write;

mod accounts;
mod arena;
#[cfg(feature = "deadlock-detection")]
mod deadlock;
mod entry;
mod figures;
mod order;
mod shard;
mod slow;
mod space;
mod sync;
mod table;
mod wide;

#[cfg(all(test, loom))]
mod loom_tests;

pub use call::{Call, Expiry, Fold, Status, UnixMs, WriteError};
#[cfg(feature = "deadlock-detection")]
pub use deadlock::{Deadlocked, deadlocks};
pub use entry::{MOST_KEY_BYTES, MOST_VALUE_BYTES, entry_bytes};
pub use flat::{Flat, Items, Values};
pub use heat::{ShardHeat, heat_svg, heat_text};
pub use journal::Journal;
pub use map::Map;
pub use options::{
    Growth, MAX_NAMESPACES, MAX_SHARDS, Namespace, NamespaceError, Options, OptionsError, Quota, WhenFull,
};
pub use range::{Cursor, Page};
pub use scratch::Scratch;
pub use stats::{Entry, Evicted, HotKey, NamespaceStats, Operation, ShardStats, SlowOperation, WAIT_BOUNDS_US};
