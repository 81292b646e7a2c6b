//! What goes with a write, what it answers, and why it fails.

use crate::Journal;
use std::time::{Duration, Instant};

/// Milliseconds since 1970, as the caller's clock has them. The map has no clock of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixMs(pub u64);

/// When an entry goes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Expiry {
    /// It stays until it is removed or evicted.
    #[default]
    Never,
    /// It is there before this instant, and gone from then on.
    At(UnixMs),
}

impl Expiry {
    /// Whether it is still to come.
    pub(crate) fn is_after(self, now: UnixMs) -> bool {
        match self {
            Self::Never => true,
            Self::At(at) => now < at,
        }
    }
}

/// How [`fold`](crate::Map::fold) combines the number that is there with its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// The sum, which stays at the type's bounds instead of wrapping around.
    Add,
    /// The smaller one.
    Min,
    /// The greater one.
    Max,
}

impl Fold {
    #[inline]
    pub(crate) fn apply(self, there: i64, operand: i64) -> i64 {
        match self {
            Self::Add => there.saturating_add(operand),
            Self::Min => there.min(operand),
            Self::Max => there.max(operand),
        }
    }
}

/// What goes with a write.
#[derive(Debug)]
pub struct Call<'a> {
    /// The time that entries' expiries are compared with.
    pub now: UnixMs,
    /// The expiry of entries that the call makes. A fold and an append leave that of an entry that is there.
    pub expiry: Expiry,
    /// A write that has not got its shard's lock by then fails; without one it waits as long as it takes.
    pub deadline: Option<Instant>,
    /// Where to note what [`undo`](crate::Map::undo) needs.
    pub journal: Option<&'a mut Journal>,
}

impl Call<'_> {
    /// A call without a deadline or a journal, whose entries stay.
    #[must_use]
    pub fn at(now: UnixMs) -> Self {
        Self { now, expiry: Expiry::Never, deadline: None, journal: None }
    }
}

/// What became of one key of a batched write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Nothing was changed: the condition did not hold, or there was no key or value.
    Not = 0,
    /// It was done.
    Done = 1,
    /// It failed: no room, too large, or not a number.
    Refused = 2,
}

/// Why a write failed. Nothing was changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum WriteError {
    #[error("shard {shard} is held by others since {waited:?} (key's hash {hash:#018x})")]
    DeadlineExceeded { shard: u32, waited: Duration, hash: u64 },
    #[error("no room for an entry of {needed} bytes: the namespace holds {used} of {budget} bytes")]
    Full { needed: u64, used: u64, budget: u64 },
    #[error("{what} of {found} bytes is larger than {most} bytes")]
    TooLarge { what: &'static str, found: u64, most: u64 },
    #[error("the value has {found} bytes, and a number has 8")]
    NotANumber { found: u64 },
}
