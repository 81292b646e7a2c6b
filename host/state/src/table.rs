//! A shard's table: where the entry of a hash is. Open addressing in buckets of one cache line, eight slots each.
//!
//! ```text
//! slot    hash 26 │ namespace 4 │ uses 2 │ place of the entry 32      0: empty
//! table   epoch 26 │ its first line 32 │ bits of a hash that choose no bucket 6
//! ```
//!
//! An entry lies in the first bucket from its home on that had room. So where a bucket has an empty slot, no search
//! goes on behind it. When a slot is emptied in a full bucket, a later entry whose search passed there is moved to it
//! (Knuth, "The Art of Computer Programming" 3, 6.4, algorithm R): there are no tombstones, and nothing but growth ever
//! rebuilds a table. The home is the hash's top bits, so that all tables of a shard have their entries in one order.

mod slot;
mod tables;

pub(crate) use slot::{CLASSES, Slot, TAG_BITS, class};
pub(crate) use tables::{Located, Tables};

use crate::arena::{Arena, Index, LINE_WORDS, Line, Use};
use crate::entry::Key;
use crate::sync::{AtomicU64, Ordering};
use crate::wide;
use slot::{BESIDE_TAG, TAG_SHIFT, may_be, wanted};
use std::ops::ControlFlow;

/// 2^32 divided by the golden ratio, odd: multiples of it spread evenly whatever their number (Knuth, 6.4).
const GOLDEN: u32 = 0x9e37_79b1;

/// A table's word has below its first line how far a hash is shifted.
const LINE_SHIFT: u32 = u64::BITS.ilog2();
const EPOCH_SHIFT: u32 = LINE_SHIFT + u32::BITS;

/// Where a table lies in the map's arena, and how large it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table(u64);

#[allow(clippy::cast_possible_truncation, reason = "each field is cut to its width")]
impl Table {
    /// Its lines are the arena's first two, where nothing ever is.
    pub(crate) const NONE: Self = Self(u64::BITS as u64 - 1);

    /// An empty table of so many chunks, which nobody sees yet; its word is unlike its predecessor's even in the same place.
    /// `None` where there are no chunks.
    pub(crate) fn take(arena: &Arena, chunks: u32, former: Self) -> Option<Self> {
        let at = arena.take_zeroed(chunks, Use::Table)?;
        let buckets = chunks * arena.chunk_words() / LINE_WORDS;
        let epoch = (former.0 >> EPOCH_SHIFT).wrapping_add(1);
        let shift = u64::BITS - buckets.ilog2();
        Some(Self(epoch << EPOCH_SHIFT | u64::from(at / LINE_WORDS) << LINE_SHIFT | u64::from(shift)))
    }

    #[inline]
    pub(crate) fn is_none(self) -> bool {
        self == Self::NONE
    }

    #[inline]
    pub(crate) fn at(self) -> Index {
        self.first_line() * LINE_WORDS
    }

    #[inline(always)]
    fn first_line(self) -> u32 {
        (self.0 >> LINE_SHIFT) as u32
    }

    /// Bits of a hash beyond those that choose its bucket.
    #[inline(always)]
    fn hash_shift(self) -> u32 {
        self.0 as u32 % u64::BITS
    }

    /// The same of a tag.
    #[inline]
    pub(crate) fn shift(self) -> u32 {
        self.hash_shift() - TAG_SHIFT
    }

    #[inline]
    pub(crate) fn buckets(self) -> u32 {
        1 << (TAG_BITS - self.shift())
    }

    pub(crate) fn slots(self) -> u32 {
        self.buckets() * LINE_WORDS
    }

    /// Entries that it takes before it grows: seven eighths of its slots, above which searches become long.
    pub(crate) fn most_entries(self) -> u32 {
        self.slots() / 8 * 7
    }

    /// The bucket where the search for a tag begins.
    #[inline]
    pub(crate) fn home(self, tag: u32) -> u32 {
        tag >> self.shift()
    }

    #[inline]
    pub(crate) fn slot_at(self, slot: u32) -> Index {
        self.at() + slot
    }

    /// All slots once, bucket by bucket, in an order that scatters neighbours. In the table's own order the buckets behind
    /// an evicting hand would be empty, and those before it, older and older, run over into one another.
    pub(crate) fn scattered_slot_at(self, turn: u32) -> Index {
        let bucket = (turn / LINE_WORDS).wrapping_mul(GOLDEN) & (self.buckets() - 1);
        self.at() + bucket * LINE_WORDS + turn % LINE_WORDS
    }

    /// The bucket where the search for a hash begins.
    #[inline(always)]
    pub(crate) fn home_line(self, arena: &Arena, hash: u64) -> &Line {
        let number = self.first_line().wrapping_add((hash >> self.hash_shift()) as u32);
        // SAFETY: a table is a run of the arena's lines, as `take` has it, or its first two, and a word that says where is
        // read and written as a whole; a map has one arena; a home is less than the table has buckets.
        unsafe { arena.lines().get_unchecked(number as usize) }
    }

    /// The slot that leads to the key's entry, if one in its home bucket does, and what was in it. It may be another's, with
    /// as much of its hash, or empty.
    #[inline(always)]
    pub(crate) fn home_slot<'a>(self, arena: &'a Arena, key: &Key<'_>) -> Option<(&'a AtomicU64, Slot)> {
        let place = wide::first_of(self.home_line(arena, key.hash), key.hash, BESIDE_TAG)?;
        // ORDER: as in `search`.
        Some((place, Slot(place.load(Ordering::Acquire))))
    }

    #[inline]
    fn after(self, bucket: u32) -> u32 {
        (bucket + 1) & (self.buckets() - 1)
    }

    /// The bucket of a slot's place.
    fn bucket_of(self, slot_at: Index) -> u32 {
        (slot_at - self.at()) / LINE_WORDS
    }
}

/// Shows `look` each slot that may be the key's, until it breaks: what it breaks with. For readers and writers alike.
#[inline]
pub(crate) fn search<F>(
    arena: &Arena,
    table: Table,
    key: &Key<'_>,
    mut look: impl FnMut(Index, Slot) -> ControlFlow<F>,
) -> Option<F> {
    let wanted = wanted(key);
    let mut bucket = table.home((key.hash >> TAG_SHIFT) as u32);
    for _ in 0..table.buckets() {
        let line_at = table.at() + bucket * LINE_WORDS;
        let line = arena.words(line_at, LINE_WORDS)?;
        let mut is_full = true;
        for (at, word) in (line_at..).zip(line) {
            // ORDER: pairs with the writers' stores to slots: the entry is complete, and what was moved before is seen.
            let slot = Slot(word.load(Ordering::Acquire));
            is_full &= !slot.is_empty();
            if may_be(slot, wanted)
                && let ControlFlow::Break(found) = look(at, slot)
            {
                return Some(found);
            }
        }
        if !is_full {
            return None;
        }
        bucket = table.after(bucket);
    }
    None
}

/// An empty slot for a tag; `None` where there is not one in the whole table.
pub(crate) fn vacancy(arena: &Arena, table: Table, tag: u32) -> Option<Index> {
    let mut bucket = table.home(tag);
    for _ in 0..table.buckets() {
        let line_at = table.at() + bucket * LINE_WORDS;
        if let Some(at) = (line_at..line_at + LINE_WORDS).find(|&at| arena.load(at) == 0) {
            return Some(at);
        }
        bucket = table.after(bucket);
    }
    None
}

/// Empties a slot, and fills it again with a later entry whose search passed its full bucket, and so on. `moved` is
/// called between an entry's arrival at its new slot and its departure from the old one.
pub(crate) fn vacate(arena: &Arena, table: Table, at: Index, moved: impl Fn()) {
    let (mut hole, mut bucket) = (at, table.bucket_of(at));
    while is_full(arena, table, bucket)
        && let Some((from, slot)) = successor(arena, table, bucket)
    {
        arena.store(hole, slot.0);
        moved();
        (hole, bucket) = (from, table.bucket_of(from));
    }
    arena.store(hole, Slot::EMPTY.0);
}

pub(crate) fn slots(arena: &Arena, table: Table, bucket: u32) -> impl Iterator<Item = (Index, Slot)> {
    let line_at = table.at() + bucket * LINE_WORDS;
    (line_at..line_at + LINE_WORDS).map(|at| (at, Slot(arena.load(at))))
}

pub(crate) fn is_full(arena: &Arena, table: Table, bucket: u32) -> bool {
    slots(arena, table, bucket).all(|(_, slot)| !slot.is_empty())
}

/// An entry behind the bucket whose search passes it.
fn successor(arena: &Arena, table: Table, passed: u32) -> Option<(Index, Slot)> {
    let mask = table.buckets() - 1;
    let mut bucket = table.after(passed);
    while bucket != passed {
        let distance = bucket.wrapping_sub(passed) & mask;
        let passes = |slot: Slot| bucket.wrapping_sub(table.home(slot.tag())) & mask >= distance;
        let found = slots(arena, table, bucket).find(|(_, slot)| !slot.is_empty() && passes(*slot));
        if found.is_some() || !is_full(arena, table, bucket) {
            return found;
        }
        bucket = table.after(bucket);
    }
    None
}
