//! What a map is made with, and what a namespace may take.

use crate::arena::Use;
use crate::shard::{Rest, Shard};
use crate::space::MOST_CHUNK_WORDS;
use crate::table::Table;

/// What a map is made with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Shards at the start, a power of two.
    pub shards: u32,
    /// Growth ends here, a power of two.
    pub max_shards: u32,
    /// All memory that entries and tables may take, in bytes.
    pub budget_bytes: u64,
    /// When the number of shards doubles.
    pub growth: Growth,
    /// The hash's key; by default a random one. For tests alone: who knows the key can flood a shard.
    pub seed: Option<[u64; 2]>,
}

impl Default for Options {
    fn default() -> Self {
        Self { shards: 256, max_shards: 1024, budget_bytes: 64 << 20, growth: Growth::default(), seed: None }
    }
}

/// When the number of shards doubles.
#[derive(Debug, Clone)]
pub struct Growth {
    /// Conflicts per acquisition of a shard's lock above which the map grows, 0 to 1.
    pub threshold: f64,
    /// Over how many acquisitions of one shard conflicts are counted.
    pub window: u32,
}

impl Default for Growth {
    /// A window of 4,096 acquisitions is long enough that a burst alone does not fill 15 % of it.
    fn default() -> Self {
        Self { threshold: 0.15, window: 4096 }
    }
}

/// A namespace of a map: a number that the map gave out for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace(pub(crate) u16);

/// What a namespace may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// What its entries may take, as [`entry_bytes`](crate::entry_bytes) counts them.
    pub budget_bytes: u64,
    /// What a write does that needs more.
    pub when_full: WhenFull,
}

/// What a write does that finds its namespace, or the map, full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// It takes out expired entries, then those that were not used for long: its namespace's where that is full, and
    /// any that may go where the map is.
    Evict,
    /// It fails, unless something has expired. Nothing of the namespace is ever evicted before its time, for others
    /// neither.
    Refuse,
}

/// What is wrong with a map's options.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[allow(missing_docs)]
pub enum OptionsError {
    #[error("shards is {0}, and must be a power of two up to {MAX_SHARDS}")]
    Shards(u32),
    #[error("max_shards is {max_shards}, and must be a power of two from shards ({shards}) to {MAX_SHARDS}")]
    MaxShards { max_shards: u32, shards: u32 },
    #[error("budget_bytes is {found}, and must be {least} to {most} with {shards} shards")]
    Budget { found: u64, least: u64, most: u64, shards: u32 },
    #[error("there are no {bytes} bytes of memory")]
    Memory { bytes: u64 },
    #[error("growth.threshold is {0}, and must be above 0, up to 1")]
    Threshold(f64),
    #[error("growth.window is 0 acquisitions")]
    Window,
}

/// Why there is no such namespace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum NamespaceError {
    #[error("namespace `{name}` would be one more than the {MAX_NAMESPACES} that a map can have")]
    TooMany { name: String },
}

/// A shard is chosen by at most 16 bits of the hash.
pub const MAX_SHARDS: u32 = 1 << 16;

/// An entry names its namespace in 10 bits.
pub const MAX_NAMESPACES: usize = 1 << 10;

/// What does not hang on the options, in KiB: the accounts of all namespaces (128), the last slow operations (32), the hot
/// keys (28), and what the arena is longer than its budget (a chunk, of 16 at most).
const FIXED_BYTES: usize = 256 << 10;

/// What the allocator takes for itself beside a shard's rest, which lies apart.
const ALLOCATION_BYTES: usize = 16;

/// A map has 64 chunks for each shard, or up to twice as many, since a chunk's size is a power of two.
const MOST_CHUNKS_PER_SHARD: usize = 128;

impl Options {
    /// What a map takes beside its budget at most, in bytes, however far it grows: its shards without their entries and
    /// tables, who has which chunk, accounts and statistics. What callers give to a call, and get of it, is theirs; the
    /// buffers in which `append` puts values together are not counted.
    #[must_use]
    pub fn bookkeeping_bytes(&self) -> usize {
        let shard = size_of::<Shard>() + size_of::<Rest>() + ALLOCATION_BYTES + size_of::<Table>();
        let largest = usize::try_from(self.budget_bytes / 8).unwrap_or(usize::MAX) / MOST_CHUNK_WORDS as usize;
        let chunks = largest.max(self.shards as usize * MOST_CHUNKS_PER_SHARD);
        FIXED_BYTES + self.max_shards as usize * shard + chunks * size_of::<Use>()
    }

    pub(crate) fn check(&self) -> Result<(), OptionsError> {
        let Self { shards, max_shards, .. } = *self;
        if !shards.is_power_of_two() || shards > MAX_SHARDS {
            return Err(OptionsError::Shards(shards));
        }
        if !max_shards.is_power_of_two() || max_shards < shards || max_shards > MAX_SHARDS {
            return Err(OptionsError::MaxShards { max_shards, shards });
        }
        if !(self.growth.threshold > 0.0 && self.growth.threshold <= 1.0) {
            return Err(OptionsError::Threshold(self.growth.threshold));
        }
        if self.growth.window == 0 {
            return Err(OptionsError::Window);
        }
        Ok(())
    }
}
