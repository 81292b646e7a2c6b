//! The hash of a key: keyed, so that nobody who does not know the key can make keys meet in a shard or a bucket.
//!
//! Short keys, which nearly all are, get a multilinear hash: the sum of the key's words, each times a random number of
//! 128 bits, modulo 2^128, of which the upper half is the hash (Lemire and Kaser, "Strongly universal string hashing is
//! fast", The Computer Journal 57, 2014; the idea is Carter and Wegman's, 1979). Two keys that were chosen without
//! knowing the numbers have independent hashes, whatever they are: that is proven, not hoped. It takes a quarter of
//! SipHash's instructions, which count on a path that has two hundred. What it does not withstand is an opponent who
//! can measure single operations to the nanosecond; what filters remember is seen through batches.
//!
//! Longer keys get SipHash-1-3 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012).

use crate::Namespace;
use siphasher::sip::SipHasher13;

/// Words of the longest key that is short: 32 bytes, which hold an identifier, an address or a digest.
const SHORT_WORDS: usize = 4;

/// A map's hash, with its key.
pub(crate) struct Hash {
    sip: SipHasher13,
    /// For nothing, the length with the namespace, and each word.
    factors: [u128; SHORT_WORDS + 2],
}

impl Hash {
    /// The key of 128 bits stands for all the numbers: SipHash makes them of it.
    pub(crate) fn new(seed: [u64; 2]) -> Self {
        let sip = SipHasher13::new_with_keys(seed[0], seed[1]);
        let half = |number: usize| u128::from(sip.hash(&number.to_le_bytes()));
        Self { sip, factors: std::array::from_fn(|index| half(2 * index) << 64 | half(2 * index + 1)) }
    }

    #[inline]
    pub(crate) fn of(&self, namespace: Namespace, key: &[u8]) -> u64 {
        let (words, rest) = key.as_chunks::<8>();
        if key.len() > SHORT_WORDS * 8 {
            return self.of_long(namespace, key);
        }
        let [none, first, factors @ ..] = &self.factors;
        // The length tells keys apart that differ in zeroes at their ends.
        let mut sum = none.wrapping_add(times(first, key.len() as u64 | u64::from(namespace.0) << 32));
        for (word, factor) in words.iter().zip(factors) {
            sum = sum.wrapping_add(times(factor, u64::from_le_bytes(*word)));
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            sum = sum.wrapping_add(times(&factors[words.len() % SHORT_WORDS], u64::from_le_bytes(last)));
        }
        upper_half(sum)
    }

    #[cold]
    fn of_long(&self, namespace: Namespace, key: &[u8]) -> u64 {
        upper_half(times(&self.factors[1], u64::from(namespace.0))) ^ self.sip.hash(key)
    }
}

#[inline]
fn times(factor: &u128, word: u64) -> u128 {
    factor.wrapping_mul(u128::from(word))
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "64 bits are left")]
const fn upper_half(sum: u128) -> u64 {
    (sum >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const NAMESPACE: Namespace = Namespace(3);

    #[test]
    fn keys_that_differ_in_one_bit_or_in_length_have_hashes_of_their_own() {
        let hash = Hash::new([1, 2]);
        let mut keys: Vec<Vec<u8>> = (0..80).map(|length| vec![0; length]).collect();
        for length in [1, 7, 8, 9, 16, 31, 32, 33, 64] {
            keys.extend((0..length * 8).map(|bit| {
                let mut key = vec![0; length];
                key[bit / 8] = 1 << (bit % 8);
                key
            }));
        }
        let hashes: HashSet<u64> = keys.iter().map(|key| hash.of(NAMESPACE, key)).collect();
        assert_eq!(hashes.len(), keys.len());
    }

    #[test]
    fn namespaces_and_seeds_have_hashes_of_their_own() {
        for key in [&b"short"[..], &[7; 100]] {
            let [first, second] = [[1, 2], [1, 3]].map(Hash::new);
            let hashes = [first.of(NAMESPACE, key), first.of(Namespace(4), key), second.of(NAMESPACE, key)];
            assert_eq!(hashes.into_iter().collect::<HashSet<_>>().len(), 3, "{key:?}");
        }
    }

    /// Numbers that count up, which log lines have, fill all buckets of both ends of the hash alike.
    #[test]
    fn counted_keys_are_spread_over_shards_and_buckets() {
        let hash = Hash::new([5, 6]);
        let (mut low, mut high) = ([0_u32; 256], [0_u32; 256]);
        for number in 0..1_u64 << 16 {
            let [.., top] = hash.of(NAMESPACE, &number.to_le_bytes()).to_le_bytes();
            let [bottom, ..] = hash.of(NAMESPACE, format!("user-{number}").as_bytes()).to_le_bytes();
            low[usize::from(bottom)] += 1;
            high[usize::from(top)] += 1;
        }
        // 256 each, give or take six standard deviations of a fair draw.
        let fair = 256 - 96..256 + 96;
        assert!(low.iter().chain(&high).all(|count| fair.contains(count)), "{low:?} {high:?}");
    }
}
