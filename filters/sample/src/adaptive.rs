//! The adaptive mode: in each window of time a key's share is what keeps all keys to the target, as they were in the
//! window before. Counting keys over a window and sampling by them in the next is the way of Honeycomb's dynsampler
//! (<https://github.com/honeycombio/dynsampler-go>); how much each key gets is [`Level`]'s business.
//!
//! Which of a key's records are kept follows from their numbers in the key's sequence, over all lanes: the multiples of the
//! golden ratio, modulo 1, lie as evenly as can be however many there are (Knuth, "The Art of Computer Programming",
//! volume 3, 6.4), so that what is kept differs from the share by a record or two, and a stream with a period does not meet
//! the same places over and over. No lane needs to know what another decided.

use std::time::Duration;

use logagent_conditions::Groups;
use logagent_sdk::Batch;
use logagent_sdk::state::{Counter, Outcome, Table};
use twox_hash::XxHash64;

use crate::level::Level;
use crate::shape::{BUCKETS, Bucket, Changes};

#[derive(Debug)]
pub(crate) struct Adaptive {
    /// How many records are to be kept in a window.
    target: u64,
    window_nanoseconds: u64,
    /// How many records of each key there were, by window and key.
    counts: Counter,
    /// How many keys there were of how many records, by window and bucket.
    shapes: Counter,
    /// By window.
    levels: Table<Level>,
    /// The last batch's window, and its level.
    current: Option<(u64, Level)>,
    window: u64,
    groups: Groups,
    changes: Changes,
}

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Adaptive {
    pub(crate) fn new(target: u64, window: Duration) -> Self {
        // What is counted in a window is wanted until the next has ended.
        let kept = 3 * window;
        Self {
            target,
            window_nanoseconds: u64::try_from(window.as_nanos()).unwrap_or(u64::MAX),
            counts: Counter::new("count").expiring(kept),
            shapes: Counter::new("shape").expiring(kept),
            levels: Table::new("level").expiring(kept),
            current: None,
            window: 0,
            groups: Groups::default(),
            changes: Changes::new(),
        }
    }

    /// Begins with a batch.
    pub(crate) fn begin(&mut self, batch: &Batch<'_>) {
        self.window = batch.observed_unix_nano() / self.window_nanoseconds;
        self.groups.begin(batch.observed_unix_nano());
    }

    /// Adds a record of a key.
    pub(crate) fn add(&mut self, key: &[u8], record: usize) {
        self.groups.add(key, record);
    }

    /// Counts the records that were added, and names those that are dropped.
    pub(crate) fn decide(&mut self, mut drop: impl FnMut(usize)) {
        self.groups.end();
        let level = self.level();
        let Self { counts, window, groups, changes, .. } = self;
        let before = counts.get(groups.iter().map(|group| id(window.wrapping_sub(1), group.key)));
        groups.iter().for_each(|group| counts.add(&id(*window, group.key), group.records.len() as i64));
        for ((group, before), after) in groups.iter().zip(before).zip(counts.run()) {
            let (before, after) = (before.cast_unsigned(), after.cast_unsigned());
            // What another lane counts comes before or behind these.
            let first = after.saturating_sub(group.records.len() as u64);
            changes.grow(first, after);
            let start = XxHash64::oneshot(*window, group.key);
            for (number, &record) in (first..).zip(group.records) {
                // A key that is more common than it was is sampled as what it has become.
                let share = level.of(before.max(number + 1));
                if !share.has(number.wrapping_mul(GOLDEN).wrapping_add(start)) {
                    drop(record);
                }
            }
        }
        self.note();
    }

    /// Tells the other lanes what the batch has changed.
    fn note(&mut self) {
        let Self { shapes, changes, window, .. } = self;
        for (index, Bucket { keys, records }) in changes.take() {
            let [of_keys, of_records] = ids(*window, index);
            shapes.add(&of_keys, keys);
            shapes.add(&of_records, records);
        }
        shapes.run();
    }

    /// The window's level: what the first lane in it has found, for all.
    fn level(&mut self) -> Level {
        if let Some((_, level)) = self.current.filter(|&(window, _)| window == self.window) {
            return level;
        }
        let key = self.window.to_be_bytes();
        let get = || self.levels.get([key]).pop().flatten();
        let level = get().unwrap_or_else(|| {
            let level = Level::new(&self.last_shape(), self.target);
            match self.levels.insert([(key, level)])[..] {
                [Outcome::NotDone] => get().unwrap_or(level),
                _ => level,
            }
        });
        self.current = Some((self.window, level));
        level
    }

    /// How many keys had how many records in the window before.
    fn last_shape(&self) -> Vec<Bucket> {
        let last = self.window.wrapping_sub(1);
        let numbers = self.shapes.get((0..BUCKETS).flat_map(|index| ids(last, index)));
        numbers.as_chunks().0.iter().map(|&[keys, records]| Bucket { keys, records }).collect()
    }
}

/// What a key's count in a window is kept under.
fn id(window: u64, key: &[u8]) -> Vec<u8> {
    [&window.to_be_bytes(), key].concat()
}

/// What a bucket's keys in a window are kept under, and their records.
fn ids(window: u64, index: usize) -> [Vec<u8>; 2] {
    [b'k', b'r'].map(|number| [&window.to_be_bytes()[..], &index.to_be_bytes(), &[number]].concat())
}
