//! How many keys have how many records, in so few numbers that all lanes keep them up to date with each batch, and a level
//! is found without a walk over all keys. Pure.
//!
//! Counts up to 15 have a bucket each, and beyond there are eight to each doubling, as in HdrHistogram
//! (<https://hdrhistogram.github.io/HdrHistogram/>). A bucket knows its keys and their records, so that a key which is
//! alone in one is known exactly.

/// Counts below it have a bucket each.
const EXACT: u64 = 16;
/// Buckets to a doubling, as a power of two.
const SPLIT: u32 = 3;
/// As many as a count of 64 bits needs.
pub(crate) const BUCKETS: usize = bucket(u64::MAX) + 1;

/// The keys of one bucket, and all of their records; or how both change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) keys: i64,
    pub(crate) records: i64,
}

/// What a batch changes.
#[derive(Debug)]
pub(crate) struct Changes(Vec<Bucket>);

impl Changes {
    pub(crate) fn new() -> Self {
        Self(vec![Bucket::default(); BUCKETS])
    }

    /// A key had so many records, and now has more.
    pub(crate) fn grow(&mut self, from: u64, to: u64) {
        if from > 0 {
            self.add(from, -1);
        }
        self.add(to, 1);
    }

    fn add(&mut self, count: u64, sign: i64) {
        let change = &mut self.0[bucket(count)];
        change.keys += sign;
        change.records += sign * count.cast_signed();
    }

    /// The buckets that change, by index. None of them does any more.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = (usize, Bucket)> {
        let changes = self.0.iter_mut().map(std::mem::take).enumerate();
        changes.filter(|(_, change)| *change != Bucket::default())
    }
}

/// The bucket of a count. They ascend.
const fn bucket(count: u64) -> usize {
    let index = if count < EXACT {
        count
    } else {
        let doublings = count.ilog2() - EXACT.ilog2();
        let within = (count >> (count.ilog2() - SPLIT)) & ((1 << SPLIT) - 1);
        EXACT + ((doublings as u64) << SPLIT) + within
    };
    #[expect(clippy::cast_possible_truncation, reason = "it is below 500")]
    let index = index as usize;
    index
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_counts_have_a_bucket_each_and_large_ones_an_eighth_of_a_doubling() {
        let cases = [(0, 0), (15, 15), (16, 16), (17, 16), (18, 17), (31, 23), (32, 24), (35, 24), (36, 25), (63, 31)];
        for (count, expected) in cases {
            assert_eq!(bucket(count), expected, "{count}");
        }
        assert_eq!(BUCKETS, 496);
    }

    proptest! {
        #[test]
        fn a_larger_count_is_in_no_lower_bucket_and_an_eighth_more_in_a_higher_one(count in 16..u64::MAX / 2) {
            prop_assert!(bucket(count) <= bucket(count + 1));
            prop_assert!(bucket(count) < bucket(count + count / 8 + 1));
        }

        #[test]
        fn changes_add_up_to_where_keys_have_come(steps in prop::collection::vec((0..5_usize, 1..100_u64), 0..50)) {
            let (mut counts, mut changes, mut buckets) = ([0; 5], Changes::new(), vec![Bucket::default(); BUCKETS]);
            for (key, more) in steps {
                changes.grow(counts[key], counts[key] + more);
                counts[key] += more;
                for (index, change) in changes.take() {
                    buckets[index].keys += change.keys;
                    buckets[index].records += change.records;
                }
            }
            let mut expected = vec![Bucket::default(); BUCKETS];
            for count in counts.into_iter().filter(|count| *count > 0) {
                expected[bucket(count)].keys += 1;
                expected[bucket(count)].records += count.cast_signed();
            }
            prop_assert_eq!(buckets, expected);
        }
    }
}
