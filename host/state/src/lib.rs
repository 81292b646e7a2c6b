//! The state map: what filters remember, sharded, bounded in memory, and read without locks.
//!
//! Keys and values are bytes, in namespaces that have budgets of their own. This crate knows no clock (calls bring the
//! time), no files, and nothing of filters.

mod call;
mod flat;
mod heat;
mod options;
mod simple;
mod stats;

pub use call::{Call, Expiry, Fold, Status, UnixMs, WriteError};
pub use flat::{Flat, Items, Values};
pub use heat::{ShardHeat, heat_svg, heat_text};
pub use options::{
    Growth, MAX_NAMESPACES, MAX_SHARDS, Namespace, NamespaceError, Options, OptionsError, Quota, WhenFull,
};
pub use simple::{Cursor, Journal, Map, Page, Scratch, entry_bytes};
pub use stats::{Entry, Evicted, NamespaceStats, Operation, ShardStats, SlowOperation, WAIT_BOUNDS_US};
