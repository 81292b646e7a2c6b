//! How many records of one key may be kept in a window, so that all keys together come to the target. Pure.
//!
//! It is the max-min fair share (Bertsekas and Gallager, "Data Networks", second edition, 6.5.2): what a key does not need
//! is left to those that want more, which get the same each. So rare keys are kept whole, however common others are.

use logagent_sdk::Share;

use crate::shape::Bucket;

/// Parts of a record that a level counts in: where there are more keys than records to keep, each has a part of one.
const PARTS: u64 = 1 << 20;

/// A number of records, the same for all keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// In `PARTS` of a record.
    parts: u64,
}

impl Level {
    /// The level at which keys come to `target` records; buckets ascend by their keys' counts. Where all keys together have
    /// fewer, one may take all that is left: that of no keys at all is the target.
    pub(crate) fn new(buckets: &[Bucket], target: u64) -> Self {
        let positive = |bucket: &Bucket| Some((u64::try_from(bucket.keys).ok()?, u64::try_from(bucket.records).ok()?));
        let buckets = buckets.iter().filter_map(positive).filter(|&(keys, _)| keys > 0);
        let mut keys_left: u64 = buckets.clone().map(|(keys, _)| keys).sum();
        let (mut left, mut largest) = (target, 0);
        for (keys, records) in buckets {
            // All that are left, if they had as many as these.
            let wanted = u128::from(records) * u128::from(keys_left) / u128::from(keys);
            if wanted > left.into() {
                return Self::of_parts(u128::from(left) * u128::from(PARTS) / u128::from(keys_left));
            }
            (left, keys_left, largest) = (left.saturating_sub(records), keys_left - keys, records / keys);
        }
        Self::of_parts((u128::from(largest) + u128::from(left)) * u128::from(PARTS))
    }

    fn of_parts(parts: u128) -> Self {
        Self { parts: u64::try_from(parts).unwrap_or(u64::MAX) }
    }

    /// The share of a key's records that is kept, where it has so many.
    pub(crate) fn of(self, count: u64) -> Share {
        Share::of(self.parts, count.saturating_mul(PARTS))
    }

    /// As the state has it: lanes agree on the smallest.
    pub(crate) fn number(self) -> i64 {
        i64::try_from(self.parts).unwrap_or(i64::MAX)
    }

    pub(crate) fn from_number(number: i64) -> Self {
        Self { parts: u64::try_from(number).unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// As if each key were alone in its bucket.
    fn buckets(counts: &[u64]) -> Vec<Bucket> {
        let mut counts = counts.to_vec();
        counts.sort_unstable();
        counts.into_iter().map(|count| Bucket { keys: 1, records: count.cast_signed() }).collect()
    }

    fn records(level: Level) -> f64 {
        level.parts as f64 / PARTS as f64
    }

    #[test]
    fn what_rare_keys_leave_is_shared_by_the_common_ones() {
        let cases: [(&[u64], u64, f64); 7] = [
            (&[1000, 2, 1000, 10], 112, 50.0),
            (&[1000, 1000, 1000], 100, 33.333_333),
            (&[1; 1000], 1, 0.001),
            (&[7], 5, 5.0),
            // Less than the target: the most common one may become more by what is left.
            (&[3, 4], 10, 7.0),
            (&[], 10, 10.0),
            (&[1 << 62, 1 << 62], 10, 5.0),
        ];
        for (counts, target, expected) in cases {
            let level = records(Level::new(&buckets(counts), target));
            assert!((level - expected).abs() < 1e-5, "{counts:?} {target}: {level}");
        }
    }

    #[test]
    fn keys_of_one_bucket_count_as_alike() {
        let rare = Bucket { keys: 10, records: 20 };
        let common = Bucket { keys: 4, records: 4200 };
        assert_eq!(records(Level::new(&[rare, Bucket::default(), common], 420)), 100.0);
        // Lanes change a bucket's two numbers one after the other.
        let (no_keys, no_records) = (Bucket { keys: -1, records: 5 }, Bucket { keys: 1, records: -5 });
        assert_eq!(records(Level::new(&[no_keys, rare, no_records, common], 420)), 100.0);
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_to_the_target(counts in prop::collection::vec(1..10_000_u64, 0..50), target in 1..100_000_u64) {
            let level = records(Level::new(&buckets(&counts), target));
            let kept: f64 = counts.iter().map(|&count| (count as f64).min(level)).sum();
            let wanted = counts.iter().sum::<u64>().min(target) as f64;
            prop_assert!((kept - wanted).abs() < 0.01, "{} of {}", kept, wanted);
        }
    }
}
