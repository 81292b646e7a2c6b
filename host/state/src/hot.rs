//! Which keys are asked for most: a sample of what batched calls ask for, counted by Space-Saving (Metwally, Agrawal,
//! El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams", ICDT 2005). A key whose share of
//! the sample is more than one in [`PLACES`] has a place, whatever else came; a count is too high by no more than what
//! the place had when the key took it.

use crate::Namespace;
use crate::flat::Flat;
use crate::stats::HotKey;
use parking_lot::Mutex;

/// Keys that are counted at once: hashes in 32 cache lines, which a sample goes through.
const PLACES: usize = 256;

/// Of so many keys one is counted, on the average: finding it in its batch and counting it take a microsecond at most,
/// so that each key costs no more than one nanosecond.
const RATE: u64 = 1024;

/// After so many samples all counts are halved: what was hot 16 million keys ago counts for half of what is now.
const HALVED_AFTER: u64 = 1 << 14;

/// As many bytes of a key as are kept.
pub(crate) const MOST_KEPT: usize = 64;

/// Of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014).
const SPLITMIX: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

pub(crate) struct Hot(Mutex<Sketch>);

struct Sketch {
    /// Samples, halved with the counts.
    samples: u64,
    /// By place; what is looked through for each sample.
    hashes: Vec<u64>,
    counts: Vec<Count>,
    keys: Vec<Kept>,
}

#[derive(Clone, Copy)]
struct Count {
    samples: u64,
    /// What the place had when its key took it.
    inherited: u64,
}

#[derive(Clone, Copy)]
struct Kept {
    namespace: Namespace,
    bytes: [u8; MOST_KEPT],
    length: usize,
}

/// How far a caller is from the next key that it samples.
#[derive(Debug, Default)]
pub(crate) struct Sampler {
    skip: u64,
    drawn: u64,
}

impl Sampler {
    /// The next sample of the `count` keys of a call, from the index `at` on, which is moved behind it. How many are left
    /// out is drawn by lot: batches may have a rhythm.
    #[inline]
    fn next(&mut self, at: &mut u64, count: u64) -> Option<u64> {
        if self.skip >= count - *at {
            self.skip -= count - *at;
            return None;
        }
        let index = *at + self.skip;
        *at = index + 1;
        self.skip = self.draw();
        Some(index)
    }

    /// From 0 to twice the rate.
    #[cold]
    fn draw(&mut self) -> u64 {
        self.drawn = self.drawn.wrapping_add(SPLITMIX[0]);
        let mixed = (self.drawn ^ self.drawn >> 30).wrapping_mul(SPLITMIX[1]);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(SPLITMIX[2]);
        (mixed ^ mixed >> 31) % (2 * RATE - 1)
    }
}

impl Hot {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Sketch {
            samples: 0,
            hashes: Vec::with_capacity(PLACES),
            counts: Vec::with_capacity(PLACES),
            keys: Vec::with_capacity(PLACES),
        }))
    }

    /// Counts a sample of the keys that someone asks for, whose hashes are these.
    #[inline]
    pub(crate) fn sample(&self, sampler: &mut Sampler, namespace: Namespace, keys: Flat<'_>, hashes: &[u64]) {
        let mut at = 0;
        while let Some(index) = sampler.next(&mut at, hashes.len() as u64) {
            self.note(namespace, keys, hashes, index);
        }
    }

    /// Where another counts at this moment, the sample is lost: nobody waits.
    #[cold]
    fn note(&self, namespace: Namespace, keys: Flat<'_>, hashes: &[u64], index: u64) {
        let Ok(index) = usize::try_from(index) else { return };
        if let (Some(Some(key)), Some(mut sketch)) = (keys.iter().nth(index), self.0.try_lock()) {
            sketch.count(namespace, key, hashes[index]);
        }
    }

    /// The keys with the largest shares, the largest first.
    pub(crate) fn list(&self, most: usize) -> Vec<HotKey> {
        let sketch = self.0.lock();
        let mut all: Vec<HotKey> = (0..sketch.hashes.len()).map(|place| sketch.shown(place)).collect();
        drop(sketch);
        all.sort_by(|left, right| right.share.total_cmp(&left.share).then_with(|| left.key.cmp(&right.key)));
        all.retain(|key| key.share > 0.0);
        all.truncate(most);
        all
    }
}

impl Sketch {
    fn count(&mut self, namespace: Namespace, key: &[u8], hash: u64) {
        let place = self.hashes.iter().position(|&known| known == hash);
        let place = place.unwrap_or_else(|| self.admit(namespace, key, hash));
        self.counts[place].samples += 1;
        self.samples += 1;
        if self.samples >= HALVED_AFTER {
            self.halve();
        }
    }

    /// A place for a key: a new one, or that of the key with the lowest count, which the newcomer inherits.
    fn admit(&mut self, namespace: Namespace, key: &[u8], hash: u64) -> usize {
        let kept = Kept::of(namespace, key);
        if self.hashes.len() < PLACES {
            self.hashes.push(hash);
            self.counts.push(Count { samples: 0, inherited: 0 });
            self.keys.push(kept);
            return self.hashes.len() - 1;
        }
        let place = (0..PLACES).min_by_key(|&place| self.counts[place].samples).unwrap_or(0);
        self.hashes[place] = hash;
        self.counts[place].inherited = self.counts[place].samples;
        self.keys[place] = kept;
        place
    }

    fn halve(&mut self) {
        self.samples /= 2;
        for count in &mut self.counts {
            count.samples /= 2;
            count.inherited /= 2;
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "samples are fewer than 2^52")]
    fn shown(&self, place: usize) -> HotKey {
        let (Count { samples, inherited }, kept) = (self.counts[place], &self.keys[place]);
        HotKey {
            namespace: kept.namespace,
            key: kept.bytes[..kept.length.min(MOST_KEPT)].to_vec(),
            key_bytes: kept.length,
            share: (samples - inherited) as f64 / self.samples.max(1) as f64,
        }
    }
}

impl Kept {
    fn of(namespace: Namespace, key: &[u8]) -> Self {
        let mut bytes = [0; MOST_KEPT];
        let start = &key[..key.len().min(MOST_KEPT)];
        bytes[..start.len()].copy_from_slice(start);
        Self { namespace, bytes, length: key.len() }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    const NAMESPACE: Namespace = Namespace(3);

    fn sketch(keys: impl Iterator<Item = u64>) -> Hot {
        let hot = Hot::new();
        for key in keys {
            hot.0.lock().count(NAMESPACE, &key.to_le_bytes(), key);
        }
        hot
    }

    #[test]
    fn what_is_asked_for_often_is_listed_with_its_share_among_very_many_others() {
        // Every fifth is 1, every tenth 2, and no other comes twice.
        let keys = (0..60_000).map(|number| match number % 10 {
            0 | 5 => 1,
            3 => 2,
            _ => 100 + number,
        });
        let hottest = sketch(keys).list(2);
        assert_eq!(
            [1_u64, 2].map(|key| key.to_le_bytes().to_vec()),
            [&hottest[0], &hottest[1]].map(|it| it.key.clone())
        );
        for (found, share) in hottest.iter().zip([0.2, 0.1]) {
            assert!((found.share - share).abs() < 0.01, "{found:?}");
            assert_eq!(found.namespace, NAMESPACE);
        }
    }

    #[test]
    fn what_was_hot_long_ago_gives_way_to_what_is_hot_now() {
        let keys = std::iter::repeat_n(1, 200_000).chain(std::iter::repeat_n(2, 50_000));
        assert_eq!(sketch(keys).list(1)[0].key, 2_u64.to_le_bytes());
    }

    #[test]
    fn of_a_long_key_its_beginning_and_its_length_are_kept() {
        let hot = Hot::new();
        hot.0.lock().count(NAMESPACE, &[7; 1000], 1);
        let [found] = &hot.list(10)[..] else { panic!("one key") };
        assert_eq!((found.key.as_slice(), found.key_bytes), (&[7; MOST_KEPT][..], 1000));
    }

    #[test]
    fn one_in_so_many_keys_is_a_sample_however_long_the_batches_are() {
        for batch in [1, 7, 256, 1000, 100_000] {
            let (mut sampler, mut samples) = (Sampler::default(), 0);
            let batches = 10_240_000 / batch;
            for _ in 0..batches {
                let mut at = 0;
                while let Some(index) = sampler.next(&mut at, batch) {
                    assert!(index < batch);
                    samples += 1;
                }
            }
            let expected = batches * batch / RATE;
            assert!(samples > expected * 9 / 10 && samples < expected * 11 / 10, "{samples} of {expected}");
        }
    }
}
