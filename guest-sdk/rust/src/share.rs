//! A share of what comes, as a threshold, and the two ways to keep to it. Pure: neither clock nor chance.

use crate::ConfigError;

/// How many values a hash has: 2^64.
const ALL: u128 = 1 << 64;

/// A share of all hashes, the lowest ones.
///
/// ```
/// let half = logagent_sdk::Share::new(0.5).unwrap();
/// assert!(half.has(u64::MAX / 2) && !half.has(u64::MAX / 2 + 1));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// 0 to `ALL`; a hash below it is within the share.
    threshold: u128,
}

impl Share {
    /// `None` unless the share is 0 to 1.
    ///
    /// ```
    /// assert!(logagent_sdk::Share::new(1.1).is_none());
    /// ```
    #[must_use]
    pub fn new(share: f64) -> Option<Self> {
        // Exact but for what lies below one hash: 2^64 only moves the exponent.
        #[expect(clippy::cast_possible_truncation, reason = "the share is at most 1, and a part of a hash is none")]
        let threshold = |share: f64| (share * ALL as f64) as u128;
        (0.0..=1.0).contains(&share).then(|| Self { threshold: threshold(share) })
    }

    /// The share that stands at this key of a configuration.
    ///
    /// # Errors
    /// None stands there, or what is not 0 to 1.
    ///
    /// ```
    /// let error = logagent_sdk::Share::configured("rate", Some(2.0)).unwrap_err();
    /// assert_eq!(error.to_string(), "rate: found the number 2, allowed: a number from 0 to 1");
    /// ```
    pub fn configured(key: &str, share: Option<f64>) -> Result<Self, ConfigError> {
        share.and_then(Self::new).ok_or_else(|| {
            let found = share.map_or_else(|| "no value".into(), |share| format!("the number {share}"));
            ConfigError::new(key, found, "a number from 0 to 1")
        })
    }

    /// So many of so many; all where they are more, or there are none.
    ///
    /// ```
    /// use logagent_sdk::Share;
    /// assert_eq!(Share::of(1, 4), Share::new(0.25).unwrap());
    /// assert_eq!(Share::of(5, 4), Share::new(1.0).unwrap());
    /// ```
    #[must_use]
    pub fn of(part: u64, whole: u64) -> Self {
        let threshold = (u128::from(part) << 64).checked_div(whole.into()).unwrap_or(ALL);
        Self { threshold: threshold.min(ALL) }
    }

    /// Whether a hash is within. A larger share has what a smaller one has, and more.
    ///
    /// ```
    /// assert!(logagent_sdk::Share::new(1.0).unwrap().has(u64::MAX));
    /// ```
    #[must_use]
    pub fn has(&self, hash: u64) -> bool {
        u128::from(hash) < self.threshold
    }
}

/// What a run of records has saved up towards the next one that is kept (error diffusion): each adds the share, and a
/// whole keeps a record. Of n records n times the share are kept, give or take one.
///
/// ```
/// use logagent_sdk::{Share, Spread};
/// let (third, mut spread) = (Share::of(1, 3), Spread::default());
/// assert_eq!([(); 6].map(|()| spread.has_next(&third)), [false, true, false, false, true, false]);
/// ```
#[derive(Clone, Debug)]
pub struct Spread {
    saved: u128,
}

impl Default for Spread {
    /// Half of one: what is kept of few records is neither too much nor too little.
    fn default() -> Self {
        Self { saved: ALL / 2 }
    }
}

impl Spread {
    /// Whether the next one is kept.
    ///
    /// ```
    /// use logagent_sdk::{Share, Spread};
    /// assert!(!Spread::default().has_next(&Share::of(0, 1)));
    /// ```
    pub fn has_next(&mut self, share: &Share) -> bool {
        self.saved += share.threshold;
        let is_whole = self.saved >= ALL;
        if is_whole {
            self.saved -= ALL;
        }
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_is_the_share_of_all_hashes() {
        let cases = [(0.0, 0), (1.0, ALL), (0.5, ALL / 2), (0.1, 1_844_674_407_370_955_264), (f64::MIN_POSITIVE, 0)];
        for (share, threshold) in cases {
            assert_eq!(Share::new(share).unwrap().threshold, threshold, "{share}");
        }
        assert!([-0.1, 1.1, f64::NAN, f64::INFINITY].into_iter().all(|share| Share::new(share).is_none()));
        let (nothing, everything) = (Share::new(0.0).unwrap(), Share::new(1.0).unwrap());
        assert!(!nothing.has(0) && everything.has(u64::MAX));
    }

    #[test]
    fn a_part_of_a_whole_is_a_share_whatever_their_sizes() {
        let cases = [(0, 1, 0), (1, 2, ALL / 2), (3, 2, ALL), (0, 0, ALL), (u64::MAX, u64::MAX, ALL), (1, u64::MAX, 1)];
        for (part, whole, threshold) in cases {
            assert_eq!(Share::of(part, whole).threshold, threshold, "{part} of {whole}");
        }
    }

    #[test]
    fn of_any_run_the_share_is_kept_give_or_take_one() {
        for share in [0.0, 0.01, 0.1, 0.3, 1.0 / 3.0, 0.5, 0.9, 1.0] {
            let (rate, mut spread) = (Share::new(share).unwrap(), Spread::default());
            let mut kept = 0;
            for seen in 1..=10_000 {
                kept += u32::from(spread.has_next(&rate));
                assert!((f64::from(kept) - f64::from(seen) * share).abs() <= 0.5 + 1e-9, "{share}: {kept} of {seen}");
            }
        }
    }
}
