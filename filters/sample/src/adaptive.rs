//! The adaptive mode: in each window of time a key's share is what keeps all keys to the target, as they were in the
//! window before. Counting keys over a window and sampling by them in the next is the way of Honeycomb's dynsampler
//! (<https://github.com/honeycombio/dynsampler-go>); how much each key gets is [`Level`]'s business. Where more comes than
//! in the window before, the level is lowered as soon as that shows.
//!
//! Which of a key's records are kept follows from their numbers in the key's sequence, over all lanes: the multiples of the
//! golden ratio, modulo 1, lie as evenly as can be however many there are (Knuth, "The Art of Computer Programming",
//! volume 3, 6.4), so that what is kept differs from the share by a record or two, and a stream with a period does not meet
//! the same places over and over. No lane needs to know what another decided.

use std::time::Duration;

use logagent_conditions::Groups;
use logagent_sdk::Batch;
use logagent_sdk::state::{self, Counter, Fold, Items, Value};
use twox_hash::XxHash64;

use crate::level::Level;
use crate::shape::{BUCKETS, Bucket, Changes};

#[derive(Debug)]
pub(crate) struct Adaptive {
    /// How many records are to be kept in a window.
    target: u64,
    window_nanoseconds: u64,
    /// How long what is counted in a window is kept: it is wanted until the next has ended.
    ttl: Duration,
    /// How many records of each key there were, by window and key.
    counts: Counter,
    /// How many keys there were of how many records, by window and bucket.
    shapes: Counter,
    window: u64,
    groups: Groups,
    changes: Changes,
    /// How many records were kept here since the level was looked at.
    kept: u64,
}

/// A group's place in its key's sequence.
struct Place {
    /// How many of the key came before, in this window.
    first: u64,
    /// How many came in the last one.
    last: u64,
    /// Where the sequence of this key and window starts.
    start: u64,
}

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// As often as a lane has kept so much of the target, it looks whether the level still holds: so a surge costs a
/// sixteenth, and a window some looks.
const LOOKS: u64 = 16;

impl Adaptive {
    pub(crate) fn new(target: u64, window: Duration) -> Self {
        let ttl = 3 * window;
        Self {
            target,
            window_nanoseconds: u64::try_from(window.as_nanos()).unwrap_or(u64::MAX),
            ttl,
            counts: Counter::new("sampled").expiring(ttl),
            shapes: Counter::new("shape").expiring(ttl),
            window: 0,
            groups: Groups::default(),
            changes: Changes::new(),
            kept: 0,
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
    pub(crate) fn decide(&mut self, drop: impl FnMut(usize)) {
        self.groups.end();
        if self.groups.is_empty() {
            return;
        }
        let places = self.count();
        let level = self.published().unwrap_or_else(|| self.publish(self.window.wrapping_sub(1)));
        let mut dropped = self.dropped(&places, level);
        self.kept += (self.groups.iter().map(|group| group.records.len()).sum::<usize>() - dropped.len()) as u64;
        if self.kept > self.target / LOOKS {
            self.kept = 0;
            dropped = self.dropped(&places, self.publish(self.window));
        }
        dropped.into_iter().for_each(drop);
    }

    /// Adds the batch to the counts of all lanes.
    fn count(&mut self) -> Vec<Place> {
        let Self { counts, shapes, window, groups, changes, .. } = self;
        let last = counts.get(groups.iter().map(|group| id(window.wrapping_sub(1), group.key)));
        groups.iter().for_each(|group| counts.add(&id(*window, group.key), group.records.len() as i64));
        let all = groups.iter().zip(last).zip(counts.run());
        let places = all.map(|((group, last), after)| {
            let after = after.cast_unsigned();
            // What another lane counts comes before or behind these.
            let first = after.saturating_sub(group.records.len() as u64);
            changes.grow(first, after);
            Place { first, last: last.cast_unsigned(), start: XxHash64::oneshot(*window, group.key) }
        });
        let places = places.collect();
        for (index, Bucket { keys, records }) in changes.take() {
            let [of_keys, of_records] = ids(*window, index);
            shapes.add(&of_keys, keys);
            shapes.add(&of_records, records);
        }
        shapes.run();
        places
    }

    fn dropped(&self, places: &[Place], level: Level) -> Vec<usize> {
        let mut dropped = Vec::new();
        for (group, &Place { first, last, start }) in self.groups.iter().zip(places) {
            for (number, &record) in (first..).zip(group.records) {
                // A key that is more common than it was is sampled as what it has become.
                let share = level.of(last.max(number + 1));
                if !share.has(number.wrapping_mul(GOLDEN).wrapping_add(start)) {
                    dropped.push(record);
                }
            }
        }
        dropped
    }

    /// The window's level, where a lane has found one.
    fn published(&self) -> Option<Level> {
        let level = state::get(&self.level_key());
        level.iter().next().flatten().and_then(i64::read).map(Level::from_number)
    }

    /// Finds the level for keys as they were in `window`, and tells it to all lanes; answers theirs, if it is lower.
    fn publish(&self, window: u64) -> Level {
        let level = Level::new(&self.shape(window), self.target);
        let lowest = state::fold(&self.level_key(), Fold::Min, &[level.number()], Some(self.ttl));
        lowest.first().map_or(level, |&lowest| Level::from_number(lowest))
    }

    fn level_key(&self) -> Items {
        let mut keys = Items::default();
        keys.push_parts(&[b"level\0", &self.window.to_be_bytes()]);
        keys
    }

    /// How many keys had how many records in a window.
    fn shape(&self, window: u64) -> Vec<Bucket> {
        let numbers = self.shapes.get((0..BUCKETS).flat_map(|index| ids(window, index)));
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
