//! What a map must offer to be measured. The dynamic call is made once for many operations; the loop over them is
//! compiled for each map.

use crate::workload::{Chunk, Key, Mix, Value, value_of};
use hdrhistogram::Histogram;
use std::hint::black_box;
use std::time::Instant;

/// A map of 16-byte keys to 64-byte values.
pub(crate) trait Store: Sync {
    /// Where a get puts the value: whatever the map's users would have.
    type Into: Default;
    fn get(&self, key: &Key, into: &mut Self::Into) -> bool;
    fn set(&self, key: &Key, value: &Value);
    /// Many at once, where the map has a form for it.
    fn get_many(&self, keys: &[Key], into: &mut Self::Into) -> usize {
        keys.iter().filter(|key| self.get(key, into)).count()
    }
}

/// A map of 16-byte keys to numbers.
pub(crate) trait Counters: Sync {
    /// What a thread keeps from one call to the next.
    type Scratch: Default;
    /// The sum.
    fn add(&self, key: &Key, operand: i64) -> i64;
    /// Many at once, where the map has a form for it.
    fn add_many(&self, keys: &[Key], operand: i64, _: &mut Self::Scratch) -> i64 {
        keys.iter().map(|key| self.add(key, operand)).sum()
    }
}

/// A thread's part: carries out one chunk after the other.
pub(crate) type Worker<'a> = Box<dyn FnMut(Chunk<'_>) + 'a>;

/// How long operations took, in nanoseconds, the clock's own cost included.
pub(crate) struct Times {
    pub(crate) gets: Histogram<u64>,
    pub(crate) sets: Histogram<u64>,
}

impl Times {
    pub(crate) fn new() -> Self {
        // Three digits: the bounds of a bucket are at most 0.1 % apart.
        let empty = || Histogram::new(3).expect("three digits are allowed");
        Self { gets: empty(), sets: empty() }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.gets += &other.gets;
        self.sets += &other.sets;
    }
}

/// Any [`Store`], as the groups use it.
pub(crate) trait Mixed: Sync {
    fn fill(&self, keys: &[Key]);
    fn mixed(&self, mix: Mix) -> Worker<'_>;
    fn batched_gets(&self) -> Worker<'_>;
    fn time(&self, mix: Mix, chunk: Chunk<'_>, times: &mut Times);
}

impl<S: Store> Mixed for S {
    fn fill(&self, keys: &[Key]) {
        keys.iter().for_each(|key| self.set(key, &value_of(key)));
    }

    fn mixed(&self, mix: Mix) -> Worker<'_> {
        let (mut into, value) = (S::Into::default(), value_of(&[7; 16]));
        Box::new(move |chunk| {
            for (key, draw) in chunk.keys.iter().zip(chunk.draws) {
                if *draw < mix.sets {
                    self.set(key, &value);
                } else {
                    assert!(self.get(key, &mut into), "a key is missing");
                    black_box(&mut into);
                }
            }
        })
    }

    fn batched_gets(&self) -> Worker<'_> {
        let mut into = S::Into::default();
        Box::new(move |chunk| {
            assert_eq!(self.get_many(chunk.keys, &mut into), chunk.keys.len(), "a key is missing");
            black_box(&mut into);
        })
    }

    fn time(&self, mix: Mix, chunk: Chunk<'_>, times: &mut Times) {
        let (mut into, value) = (S::Into::default(), value_of(&[7; 16]));
        for (key, draw) in chunk.keys.iter().zip(chunk.draws) {
            let is_set = *draw < mix.sets;
            let started = Instant::now();
            if is_set {
                self.set(key, &value);
            } else {
                black_box(self.get(key, &mut into));
            }
            let elapsed = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let histogram = if is_set { &mut times.sets } else { &mut times.gets };
            histogram.record(elapsed).expect("it grows by itself");
        }
    }
}

/// Any [`Counters`], as the groups use it.
pub(crate) trait Added: Sync {
    fn fill(&self, keys: &[Key]);
    fn adds(&self) -> Worker<'_>;
    fn batched_adds(&self) -> Worker<'_>;
}

impl<C: Counters> Added for C {
    fn fill(&self, keys: &[Key]) {
        keys.iter().for_each(|key| _ = self.add(key, 1));
    }

    fn adds(&self) -> Worker<'_> {
        Box::new(|chunk| chunk.keys.iter().for_each(|key| _ = black_box(self.add(key, 1))))
    }

    fn batched_adds(&self) -> Worker<'_> {
        let mut scratch = C::Scratch::default();
        Box::new(move |chunk| _ = black_box(self.add_many(chunk.keys, 1, &mut scratch)))
    }
}
