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

#[derive(Debug)]
pub(crate) struct Adaptive {
    /// How many records are to be kept in a window.
    target: u64,
    window_nanoseconds: u64,
    /// How many records of each key there were, by window and key: each of three windows has the map that the third
    /// before it has left, so that the counts of one can be asked for without those of the others.
    counts: [Counter; 3],
    /// By window.
    levels: Table<Level>,
    /// The last batch's window, and its level.
    current: Option<(u64, Level)>,
    window: u64,
    groups: Groups,
}

/// The names of the counts in the state. They are counted up as numbers, and read as a table's values.
const COUNTS: [&str; 3] = ["count 0", "count 1", "count 2"];

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Adaptive {
    pub(crate) fn new(target: u64, window: Duration) -> Self {
        // What is counted in a window is wanted until the next has ended.
        let kept = 3 * window;
        Self {
            target,
            window_nanoseconds: u64::try_from(window.as_nanos()).unwrap_or(u64::MAX),
            counts: COUNTS.map(|name| Counter::new(name).expiring(kept)),
            levels: Table::new("level").expiring(kept),
            current: None,
            window: 0,
            groups: Groups::default(),
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
        let Self { counts, window, groups, .. } = self;
        let last = window.wrapping_sub(1);
        let before = counts[place(last)].get(groups.iter().map(|group| id(last, group.key)));
        let counts = &mut counts[place(*window)];
        groups.iter().for_each(|group| counts.add(&id(*window, group.key), group.records.len() as i64));
        for ((group, before), after) in groups.iter().zip(before).zip(counts.run()) {
            let start = XxHash64::oneshot(*window, group.key);
            // What another lane counts comes before or behind these.
            let first = after.cast_unsigned().saturating_sub(group.records.len() as u64);
            for (number, &record) in (first..).zip(group.records) {
                // A key that is more common than it was is sampled as what it has become.
                let share = level.of((number + 1).max(before.cast_unsigned()));
                if !share.has(number.wrapping_mul(GOLDEN).wrapping_add(start)) {
                    drop(record);
                }
            }
        }
    }

    /// The window's level: what the first lane in it has found, for all.
    fn level(&mut self) -> Level {
        if let Some((_, level)) = self.current.filter(|&(window, _)| window == self.window) {
            return level;
        }
        let key = self.window.to_be_bytes();
        let get = || self.levels.get([key]).pop().flatten();
        let level = get().unwrap_or_else(|| {
            let level = Level::new(&mut self.counts_before(), self.target);
            match self.levels.insert([(key, level)])[..] {
                [Outcome::NotDone] => get().unwrap_or(level),
                _ => level,
            }
        });
        self.current = Some((self.window, level));
        level
    }

    /// How many records each key had in the window before.
    fn counts_before(&self) -> Vec<u64> {
        let last = self.window.wrapping_sub(1);
        let counts = Table::<i64>::new(COUNTS[place(last)]).entries();
        let of_last = counts.filter(|(id, _)| id.starts_with(&last.to_be_bytes()));
        of_last.map(|(_, count)| count.cast_unsigned()).collect()
    }
}

/// Which of the three maps a window's counts are in.
fn place(window: u64) -> usize {
    usize::try_from(window % 3).unwrap_or(0)
}

/// What a key's count in a window is kept under.
fn id(window: u64, key: &[u8]) -> Vec<u8> {
    [&window.to_be_bytes(), key].concat()
}
