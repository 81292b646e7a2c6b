//! Where the shards' tables are, and how many shards there are.

use super::Table;
use crate::sync::{AtomicU64, Ordering};

/// Close together, since every reader and writer needs them first, and they hardly ever change.
pub(crate) struct Tables {
    words: Box<[AtomicU64]>,
    /// The number of shards, less one: the place of a word. While the map grows, some of the upper half have no table.
    mask: AtomicU64,
}

#[allow(clippy::cast_possible_truncation, reason = "of a hash the low bits are meant, and a mask has no others")]
impl Tables {
    /// Room for as many shards as there may be one day.
    pub(crate) fn new(shards: u32, max_shards: u32) -> Self {
        let words = (0..max_shards).map(|_| AtomicU64::new(Table::NONE.0)).collect();
        let tables = Self { words, mask: AtomicU64::new(0) };
        tables.set_mask(shards - 1);
        tables
    }

    /// ORDER: pairs with `set_mask`: the growth before is complete.
    #[inline(always)]
    pub(crate) fn mask(&self) -> u32 {
        self.mask.load(Ordering::Acquire) as u32
    }

    /// ORDER: pairs with `mask`.
    pub(crate) fn set_mask(&self, mask: u32) {
        assert!((mask as usize) < self.words.len(), "the map has no more shards than it may have");
        self.mask.store(mask.into(), Ordering::Release);
    }

    /// Where a hash leads.
    #[inline(always)]
    pub(crate) fn of_hash(&self, hash: u64) -> Located<'_> {
        let mask = self.mask();
        let index = hash as u32 & mask;
        // SAFETY: it is the mask or less, and there are more words than any mask that `set_mask` stores.
        let word = unsafe { self.words.get_unchecked(index as usize) };
        Located { mask, index, table: seen(word), word }
    }

    /// A shard's table; none until the shard has its entries.
    #[inline]
    pub(crate) fn of(&self, shard: u32) -> Table {
        seen(&self.words[shard as usize])
    }

    /// Shows readers a table. ORDER: pairs with `seen`.
    pub(crate) fn publish(&self, shard: u32, table: Table) {
        self.words[shard as usize].store(table.0, Ordering::Release);
    }
}

/// ORDER: pairs with `Tables::publish`: who sees a table's word sees the table, and in it what was there before.
#[inline(always)]
fn seen(word: &AtomicU64) -> Table {
    Table(word.load(Ordering::Acquire))
}

/// Where a hash led when someone looked.
pub(crate) struct Located<'m> {
    pub(crate) mask: u32,
    /// The shard by that mask. It has no table where growth has not come there yet.
    pub(crate) index: u32,
    pub(crate) table: Table,
    word: &'m AtomicU64,
}

impl Located<'_> {
    /// Whether the shard has the same table still.
    #[inline(always)]
    pub(crate) fn stands(&self) -> bool {
        self.word.load(Ordering::Relaxed) == self.table.0
    }
}
