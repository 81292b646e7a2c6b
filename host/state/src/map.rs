//! The map itself: its parts, and how a hash finds its shard.

use crate::accounts::Accounts;
use crate::arena::{Arena, LINE_WORDS, MOST_WORDS};
use crate::entry::{Key, MOST_VALUE_BYTES};
use crate::hot::Hot;
use crate::shard::Shard;
use crate::slow::Slow;
use crate::space::MOST_CHUNK_WORDS;
use crate::table::{Table, Tables};
use crate::{Growth, Namespace, NamespaceError, Options, OptionsError, Quota};
use foldhash::SharedSeed;
use foldhash::quality::FoldHasher;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64 as Counter};

/// A concurrent map from keys to values, in namespaces.
///
/// Any thread may use it. Reads take no lock, and write nothing that is shared while their namespace is
/// below seven eighths of its budget, and the map below that of its memory; above, a read counts up to three uses in
/// the table's slot, for eviction. A write holds the lock of one shard.
pub struct Map {
    pub(crate) directory: Box<[Shard]>,
    pub(crate) tables: Tables,
    /// Shards that growth has yet to split.
    pub(crate) unsplit: AtomicU32,
    pub(crate) arena: Arena,
    pub(crate) accounts: Accounts,
    pub(crate) slow: Slow,
    pub(crate) hot: Hot,
    pub(crate) growth: Growth,
    /// Where the next sweep begins.
    pub(crate) swept: Counter,
    pub(crate) most_value_bytes: usize,
    seed: u64,
    shared_seed: SharedSeed,
}

/// Chunks that a map has for each shard, if its budget allows: many enough that what a shard has not
/// filled yet is a small part.
const CHUNKS_PER_SHARD: u64 = 64;

/// A chunk is at least 512 bytes; loom's are small, so that it comes to an end.
const LEAST_CHUNK_WORDS: u64 = if cfg!(loom) { 16 } else { 64 };

const _: () = assert!(LEAST_CHUNK_WORDS >= 2 * LINE_WORDS as u64, "a table has two buckets, `Table::NONE` two lines");

/// A table, entries, and as much again for a larger table.
const LEAST_CHUNKS_PER_SHARD: u64 = 4;

impl Map {
    /// A map with all its memory, which the system maps in as it is used.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        let (chunks, chunk_words) = chunks(&options)?;
        let seed = options.seed.unwrap_or_else(|| [random(0), random(1)]);
        let arena = Arena::new(chunks, chunk_words).ok_or(OptionsError::Memory { bytes: options.budget_bytes })?;
        let mask = options.shards - 1;
        let largest = usize::try_from(options.budget_bytes / 8).unwrap_or(usize::MAX);
        let window = options.growth.window;
        let shard = |index: u32| Shard::new(index, mask, window, random(index.into()));
        let map = Self {
            directory: (0..options.max_shards).map(shard).collect(),
            tables: Tables::new(options.shards, options.max_shards),
            unsplit: AtomicU32::new(0),
            arena,
            accounts: Accounts::new(),
            slow: Slow::new(),
            hot: Hot::new(),
            growth: options.growth,
            swept: Counter::new(0),
            most_value_bytes: MOST_VALUE_BYTES.min(largest),
            // Odd, so that no two namespaces have the same multiple of it.
            seed: seed[0] | 1,
            shared_seed: SharedSeed::from_u64(seed[1]),
        };
        (0..options.shards).for_each(|index| map.open(index));
        Ok(map)
    }

    /// Gives a shard its first table.
    fn open(&self, index: u32) {
        let mut core = self.directory[index as usize].core.lock();
        if core.rebuild(&self.arena, 1, |_| ()) {
            self.tables.publish(index, core.table);
        }
    }

    /// The namespace of that name. The same name gives the same namespace; a later quota replaces the former, and what
    /// is over a smaller one is evicted at once, unless the new quota refuses.
    ///
    /// # Errors
    /// [`NamespaceError`].
    pub fn namespace(&self, name: &str, quota: Quota) -> Result<Namespace, NamespaceError> {
        let namespace = self.accounts.register(name, quota, self.arena.pressure())?;
        self.trim(namespace);
        Ok(namespace)
    }

    /// The name that a namespace was registered with.
    #[must_use]
    pub fn namespace_name(&self, namespace: Namespace) -> Option<String> {
        self.accounts.name(namespace)
    }

    /// foldhash, its `quality` kind, of the key, with random seeds: who does not know them can't make keys meet. What
    /// that stands on, docs/state.md says. A namespace's seed is a multiple of the map's, so that by what the seeds of
    /// two differ is as secret as they are.
    #[inline]
    pub(crate) fn key<'a>(&self, namespace: Namespace, bytes: &'a [u8]) -> Key<'a> {
        let seed = self.seed.wrapping_mul(2 * u64::from(namespace.0) + 1);
        let mut hasher = FoldHasher::with_seed(seed, &self.shared_seed);
        hasher.write(bytes);
        Key { namespace, bytes, hash: hasher.finish() }
    }

    /// The shard that has a hash: its low bits, or one fewer where growth has not come there yet.
    #[inline]
    pub(crate) fn locate(&self, hash: u64) -> u32 {
        self.locate_table(hash).0
    }

    /// The same, with the shard's table.
    #[inline]
    pub(crate) fn locate_table(&self, hash: u64) -> (u32, Table) {
        let located = self.tables.of_hash(hash);
        if !located.table.is_none() {
            return (located.index, located.table);
        }
        let older = located.index & (located.mask >> 1);
        (older, self.tables.of(older))
    }

    #[inline]
    pub(crate) fn mask(&self) -> u32 {
        self.tables.mask()
    }
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the low bits are meant")]
pub(crate) fn low_bits(hash: u64) -> u32 {
    hash as u32
}

/// Of the standard library's source of randomness.
fn random(number: u64) -> u64 {
    RandomState::new().hash_one(number)
}

/// How many chunks, of how many words, an arena has.
fn chunks(options: &Options) -> Result<(u32, u32), OptionsError> {
    let (words, shards) = (options.budget_bytes / 8, u64::from(options.shards));
    let wished = (words / shards / CHUNKS_PER_SHARD).max(1);
    let chunk_words = (1 << wished.ilog2()).clamp(LEAST_CHUNK_WORDS, u64::from(MOST_CHUNK_WORDS));
    let count = words / chunk_words;
    if count < shards * LEAST_CHUNKS_PER_SHARD || words + chunk_words > MOST_WORDS {
        return Err(OptionsError::Budget {
            found: options.budget_bytes,
            least: shards * LEAST_CHUNKS_PER_SHARD * LEAST_CHUNK_WORDS * 8,
            most: (MOST_WORDS - u64::from(MOST_CHUNK_WORDS)) * 8,
            shards: options.shards,
        });
    }
    Ok((u32::try_from(count).unwrap_or(u32::MAX), u32::try_from(chunk_words).unwrap_or(MOST_CHUNK_WORDS)))
}
