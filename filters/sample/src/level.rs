//! How many records of one key may be kept in a window, so that all keys together come to the target. Pure.
//!
//! It is the max-min fair share (Bertsekas and Gallager, "Data Networks", second edition, 6.5.2): what a key does not need
//! is left to those that want more, which get the same each. So rare keys are kept whole, however common others are.

use logagent_sdk::Share;
use logagent_sdk::state::Value;

/// Parts of a record that a level counts in: where there are more keys than records to keep, each has a part of one.
const PARTS: u64 = 1 << 20;

/// A number of records, the same for all keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Level {
    /// In `PARTS` of a record.
    parts: u64,
}

impl Level {
    /// The level at which keys of these counts come to `target` records. Where all of them together are fewer, one key
    /// may take all that is left: that of no count at all is the target.
    pub(crate) fn new(counts: &mut [u64], target: u64) -> Self {
        counts.sort_unstable();
        let mut left = target;
        for (index, &count) in counts.iter().enumerate() {
            let keys = counts.len() - index;
            if count.saturating_mul(keys as u64) > left {
                let parts = u128::from(left) * u128::from(PARTS) / keys as u128;
                return Self { parts: u64::try_from(parts).unwrap_or(u64::MAX) };
            }
            left -= count;
        }
        Self { parts: counts.last().unwrap_or(&0).saturating_add(left).saturating_mul(PARTS) }
    }

    /// The share of a key's records that is kept, where it has so many.
    pub(crate) fn of(self, count: u64) -> Share {
        Share::of(self.parts, count.saturating_mul(PARTS))
    }
}

impl Value for Level {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.parts.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        Some(Self { parts: u64::from_le_bytes(bytes.try_into().ok()?) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_rare_keys_leave_is_shared_by_the_common_ones() {
        let cases: [(&[u64], u64, f64); 8] = [
            (&[1000, 2, 1000, 10], 112, 50.0),
            (&[1000, 1000, 1000], 100, 33.333_333),
            (&[1; 1000], 1, 0.001),
            (&[7], 5, 5.0),
            // Less than the target: the most common one may become more by what is left.
            (&[3, 4], 10, 7.0),
            (&[], 10, 10.0),
            (&[0, 0], 10, 10.0),
            (&[u64::MAX, u64::MAX], 10, 5.0),
        ];
        for (counts, target, records) in cases {
            let level = Level::new(&mut counts.to_vec(), target).parts as f64 / PARTS as f64;
            assert!((level - records).abs() < 1e-5, "{counts:?} {target}: {level}");
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_to_the_target(counts in prop::collection::vec(0..10_000_u64, 0..50), target in 1..100_000_u64) {
            let level = Level::new(&mut counts.clone(), target);
            let kept: f64 = counts.iter().map(|&count| (count as f64).min(level.parts as f64 / PARTS as f64)).sum();
            let wanted = counts.iter().sum::<u64>().min(target) as f64;
            prop_assert!((kept - wanted).abs() < 0.01, "{} of {}", kept, wanted);
        }
    }
}
