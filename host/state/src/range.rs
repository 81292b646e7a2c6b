//! Going through a namespace, or a shard.
//!
//! The order is that of the hash: first the bits that choose the shard, the lowest first, then the bits that choose the
//! bucket, the highest first. Neither a larger table nor a split changes it: a split parts a shard's run of the first
//! bits in two, a larger table parts a bucket's run of the second. So a place in that order, with the number of shard
//! bits that it was come to with, is a cursor that stays right whatever grows meanwhile. (Redis' SCAN counts its cursor
//! with reversed bits for the same reason.)

use crate::arena::Arena;
use crate::call::UnixMs;
use crate::flat::Values;
use crate::lock::{Held, Intent};
use crate::map::Map;
use crate::shard::{Found, found_at};
use crate::stats::{Entry, Operation};
use crate::table::{self, TAG_BITS, Table};
use crate::{MAX_SHARDS, Namespace};
use std::ops::Range;

/// Where a [`range`](Map::range) goes on; the default is the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The bits that choose the shard, reversed, so that they count from the lowest.
    shard: u32,
    /// How many of them the shard was chosen by, where `tag` is in its middle.
    bits: u32,
    /// The hash's top bits.
    tag: u32,
}

const CURSOR_BITS_SHIFT: u32 = TAG_BITS;
const CURSOR_SHARD_SHIFT: u32 = 32;

impl Cursor {
    /// The cursor as a number, for those who can keep nothing else.
    #[must_use]
    pub fn to_bits(self) -> u64 {
        let Self { shard, bits, tag } = self;
        u64::from(shard) << CURSOR_SHARD_SHIFT | u64::from(bits << CURSOR_BITS_SHIFT) | u64::from(tag)
    }

    /// The cursor of such a number. One that was made up begins somewhere, or at the end.
    #[must_use]
    pub fn from_bits(number: u64) -> Self {
        let shard = u32::try_from(number >> CURSOR_SHARD_SHIFT).expect("32 bits are left").min(MAX_SHARDS);
        let low = u32::try_from(number & u64::from(u32::MAX)).expect("32 bits are left");
        let bits = (low >> CURSOR_BITS_SHIFT).min(SHARD_BITS);
        Self { shard, bits, tag: low & ((1 << TAG_BITS) - 1) }
    }
}

/// A part of a namespace, as [`range`](Map::range) gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The keys.
    pub keys: Values,
    /// Their values, in the same order.
    pub values: Values,
}

impl Page {
    fn bytes(&self) -> usize {
        self.keys.bytes.len() + self.values.bytes.len()
    }
}

const SHARD_BITS: u32 = MAX_SHARDS.ilog2();

/// What a range shows.
struct Wanted<'a> {
    namespace: Namespace,
    prefix: &'a [u8],
    tags: Range<u32>,
}

impl Map {
    /// Entries of a namespace whose keys begin with `prefix`, from the cursor on: a page of about `most_bytes` of keys
    /// and values, and where to go on. It goes through all of the map, a bucket at a time under its shard's lock.
    ///
    /// Weakly consistent: a key that is there all the time is seen once, also through growth; one that comes or goes
    /// meanwhile may be seen or not.
    pub fn range(
        &self,
        namespace: Namespace,
        prefix: &[u8],
        mut cursor: Cursor,
        now: UnixMs,
        most_bytes: usize,
        page: &mut Page,
    ) -> Option<Cursor> {
        page.keys.clear();
        page.values.clear();
        while cursor.shard < MAX_SHARDS {
            let wanted = Wanted { namespace, prefix, tags: cursor.tag..0 };
            cursor = self.step(cursor, wanted, now, page);
            if page.bytes() >= most_bytes {
                break;
            }
        }
        (cursor.shard < MAX_SHARDS).then_some(cursor)
    }

    /// Shows a bucket, in the shard at the cursor and in those that were split from it since the cursor came there.
    fn step(&self, cursor: Cursor, mut wanted: Wanted<'_>, now: UnixMs, page: &mut Page) -> Cursor {
        let index = self.locate(u64::from(cursor.shard.reverse_bits() >> (u32::BITS - SHARD_BITS)));
        let held = self.hold_patiently(index, Operation::Range, now);
        let bits = if cursor.tag == 0 { held.core.bits() } else { cursor.bits };
        wanted.tags.end = end_of_bucket(held.core.table, cursor.tag);
        self.visit(held, bits, &wanted, page);
        if wanted.tags.end < 1 << TAG_BITS {
            return Cursor { bits, tag: wanted.tags.end, ..cursor };
        }
        Cursor { shard: cursor.shard + (MAX_SHARDS >> bits), bits: 0, tag: 0 }
    }

    /// Shows a shard, then those that were split from it, which had not been when it had `bits`. They can't hold what
    /// this one has shown: it was split before, or will be after.
    fn visit(&self, held: Held<'_>, bits: u32, wanted: &Wanted<'_>, page: &mut Page) {
        held.show(wanted, page);
        let (index, now, split) = (held.index, held.now, bits..held.core.bits());
        drop(held);
        for bit in split {
            let twin = self.hold_patiently(index | 1 << bit, Operation::Range, now);
            self.visit(twin, bit + 1, wanted, page);
        }
    }

    /// Takes out all entries of a namespace.
    pub fn clear(&self, namespace: Namespace) {
        let mut index = 0;
        while index <= self.mask() {
            let mut held = self.hold_patiently(index, Operation::Clear, UnixMs(0));
            if held.core.rest.classes[table::class(namespace)] > 0 {
                held.drain(|found| found.entry.meta.namespace() == namespace, |held, found| held.take_out(found));
            }
            index += 1;
        }
    }

    /// Takes expired entries out of the next `most_shards` shards, and splits those that growth has not come to.
    pub fn sweep(&self, now: UnixMs, most_shards: u32) {
        for _ in 0..most_shards.min(self.shards()) {
            let turn = self.swept.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if let Ok(mut held) = self.hold(turn & u64::from(self.mask()), Intent::patient(Operation::Sweep, now)) {
                held.expire();
            }
        }
    }

    /// Shows all entries of one shard, under its lock: what the shard was at one instant. To see the whole map, go on
    /// `while index < map.shards()`, asking anew each time. A shard that growth adds comes after the one that it was
    /// split from; what it shows replaces what was seen of the same keys before. `each` may read the map, but not write to it: writers of the shard wait
    /// for it.
    pub fn export_shard(&self, index: u32, now: UnixMs, each: &mut dyn FnMut(Entry<'_>)) {
        if index >= self.shards() {
            return;
        }
        let held = self.hold_patiently(index, Operation::Export, now);
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for found in held.core.each(&self.arena).filter(|found| found.entry.lives(&self.arena, now)) {
            key.clear();
            value.clear();
            found.entry.key(&self.arena, &mut key);
            found.entry.value(&self.arena, &mut value);
            let namespace = found.entry.meta.namespace();
            each(Entry { namespace, key: &key, value: &value, expiry: found.entry.expiry(&self.arena) });
        }
    }
}

/// The first tag behind those that have the bucket of `tag` for their home.
fn end_of_bucket(table: Table, tag: u32) -> u32 {
    (table.home(tag) + 1) << table.shift()
}

impl Held<'_> {
    /// Shows the entries whose tags are wanted: from the first one's home on to where no search goes on.
    fn show(&self, wanted: &Wanted<'_>, page: &mut Page) {
        let (arena, table) = (&self.map.arena, self.core.table);
        let (mut bucket, last) = (table.home(wanted.tags.start), table.home(wanted.tags.end - 1));
        let mut is_behind = false;
        for _ in 0..table.buckets() {
            let slots = table::slots(arena, table, bucket);
            let tagged = slots.filter(|(_, slot)| !slot.is_empty() && wanted.tags.contains(&slot.tag()));
            tagged.filter_map(|(at, slot)| found_at(arena, at, slot)).for_each(|found| self.add(&found, wanted, page));
            is_behind |= bucket == last;
            if is_behind && !table::is_full(arena, table, bucket) {
                return;
            }
            bucket = (bucket + 1) & (table.buckets() - 1);
        }
    }

    fn add(&self, found: &Found, wanted: &Wanted<'_>, page: &mut Page) {
        let arena = &self.map.arena;
        if found.entry.meta.namespace() != wanted.namespace || !found.entry.lives(arena, self.now) {
            return;
        }
        let start = page.keys.bytes.len();
        add(arena, &mut page.keys, |arena, into| found.entry.key(arena, into));
        if page.keys.bytes[start..].starts_with(wanted.prefix) {
            add(arena, &mut page.values, |arena, into| found.entry.value(arena, into));
        } else {
            page.keys.bytes.truncate(start);
            page.keys.lengths.pop();
        }
    }
}

fn add(arena: &Arena, to: &mut Values, get: impl FnOnce(&Arena, &mut Vec<u8>) -> Option<usize>) {
    let length = get(arena, &mut to.bytes).and_then(|bytes| u32::try_from(bytes).ok());
    to.lengths.push(length.unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_the_same_as_a_number() {
        for (shard, bits, tag) in [(0, 0, 0), (MAX_SHARDS - 1, 16, (1 << TAG_BITS) - 1), (5, 3, 77)] {
            let cursor = Cursor { shard, bits, tag };
            assert_eq!(Cursor::from_bits(cursor.to_bits()), cursor);
        }
    }

    #[test]
    fn a_number_that_was_made_up_is_some_place_or_the_end() {
        let map = Map::new(crate::Options { shards: 4, max_shards: 8, ..crate::Options::default() }).unwrap();
        let quota = crate::Quota { budget_bytes: 1 << 20, when_full: crate::WhenFull::Evict };
        let namespace = map.namespace("n", quota).unwrap();
        for number in (0..64).map(|bit| u64::MAX >> bit).chain((0..64).map(|bit| 1 << bit)) {
            let (mut cursor, mut page) = (Some(Cursor::from_bits(number)), Page::default());
            while let Some(next) = cursor {
                cursor = map.range(namespace, b"", next, UnixMs(0), 1, &mut page);
            }
        }
    }
}
