//! What is asked of the maps: keys, and who draws which, all made before a clock starts. Knows no map.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, Zipf};

pub(crate) type Key = [u8; 16];
pub(crate) type Value = [u8; 64];

/// Entries of a map: with 100 bytes each, three times the last-level cache of the machine this was made on.
pub(crate) const ENTRIES: usize = 1_000_000;

/// As YCSB's default (Cooper et al., "Benchmarking Cloud Serving Systems with YCSB", SoCC 2010).
const ZIPF_EXPONENT: f64 = 0.99;

/// How many keys all threads add to in the contended case.
pub(crate) const HOT_KEYS: usize = 64;

/// Draws of a stream, which threads go through again and again: half a million reach most of the map's lines.
pub(crate) const DRAWS: usize = 1 << 19;

/// How many draws a thread makes between two looks at the clock, and so many keys a batched call has.
pub(crate) const CHUNK: usize = 1_000;

/// Fixed, so that each run asks the same.
const SEED: u64 = 0x1065_a9e7;

/// What all maps hold, in the order in which it is put in: no map has the popular keys side by side.
pub(crate) fn keys() -> Vec<Key> {
    let mut random = StdRng::seed_from_u64(SEED);
    (0..ENTRIES).map(|_| random.random()).collect()
}

/// A value for this key.
pub(crate) fn value_of(key: &Key) -> Value {
    std::array::from_fn(|at| key[at % key.len()])
}

/// How keys are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Skew {
    Uniform,
    Zipf,
    Hot,
}

impl Skew {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Zipf => "Zipf 0.99",
            Self::Hot => "64 hot keys",
        }
    }
}

/// What one thread asks for, in order.
pub(crate) struct Stream {
    pub(crate) keys: Vec<Key>,
    /// From 0 to 99 for each key: which operation it is, by the mix.
    pub(crate) draws: Vec<u8>,
}

/// A part of it.
#[derive(Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub(crate) keys: &'a [Key],
    pub(crate) draws: &'a [u8],
}

impl Stream {
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Chunk<'_>> + Clone {
        let whole = self.keys.chunks_exact(CHUNK).zip(self.draws.chunks_exact(CHUNK));
        whole.map(|(keys, draws)| Chunk { keys, draws })
    }
}

/// The streams of one way to draw, one for each thread.
pub(crate) struct Streams {
    pub(crate) skew: Skew,
    pub(crate) threads: Vec<Stream>,
}

impl Streams {
    pub(crate) fn draw(skew: Skew, keys: &[Key], threads: usize) -> Self {
        let mut popular: Vec<Key> = keys.to_vec();
        popular.shuffle(&mut StdRng::seed_from_u64(SEED + 1));
        let stream = |thread: usize| {
            let mut random = StdRng::seed_from_u64(SEED + 2 + thread as u64);
            let keys = (0..DRAWS).map(|_| popular[rank(skew, popular.len(), &mut random)]).collect();
            Stream { keys, draws: (0..DRAWS).map(|_| random.random_range(0..100)).collect() }
        };
        Self { skew, threads: (0..threads).map(stream).collect() }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is from 1 to the count")]
#[expect(clippy::cast_precision_loss, reason = "a million")]
fn rank(skew: Skew, count: usize, random: &mut impl Rng) -> usize {
    match skew {
        Skew::Uniform => random.random_range(0..count),
        Skew::Hot => random.random_range(0..HOT_KEYS),
        Skew::Zipf => {
            let zipf = Zipf::new(count as f64, ZIPF_EXPONENT).expect("a positive count and exponent");
            zipf.sample(random) as usize - 1
        }
    }
}

/// How many of 100 operations are writes.
#[derive(Clone, Copy)]
pub(crate) struct Mix {
    pub(crate) sets: u8,
}

impl Mix {
    pub(crate) fn name(self) -> String {
        format!("{}/{} get/set", 100 - self.sets, self.sets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zipf_draws_a_few_keys_much_more_often_than_others() {
        let keys = keys();
        let streams = Streams::draw(Skew::Zipf, &keys, 1);
        let mut counts = std::collections::HashMap::new();
        streams.threads[0].keys.iter().for_each(|key| *counts.entry(*key).or_insert(0_usize) += 1);
        // Rank 1 of a million has a share of 1 / H(1e6, 0.99), which is 6.3 %.
        let most = counts.values().max().unwrap();
        assert!((DRAWS / 18..DRAWS / 14).contains(most), "{most}");
    }

    #[test]
    fn threads_draw_different_keys_and_each_run_the_same() {
        let keys = keys();
        let [first, again] = [0, 1].map(|_| Streams::draw(Skew::Uniform, &keys, 2));
        assert_ne!(first.threads[0].keys, first.threads[1].keys);
        assert_eq!(first.threads[1].keys, again.threads[1].keys);
    }
}
