//! The share that is kept, as a threshold, and the two ways to keep it. Pure: neither clock nor chance.

/// How many values a hash has: 2^64.
const ALL: u128 = 1 << 64;

/// A share of all hashes, the lowest ones.
#[derive(Debug)]
pub(crate) struct Rate {
    /// 0 to `ALL`; a hash below it is kept.
    threshold: u128,
}

impl Rate {
    /// `None` unless the share is 0 to 1.
    pub(crate) fn new(share: f64) -> Option<Self> {
        // Exact but for what lies below one hash: 2^64 only moves the exponent.
        #[expect(clippy::cast_possible_truncation, reason = "the share is at most 1, and a part of a hash is none")]
        let threshold = |share: f64| (share * ALL as f64) as u128;
        (0.0..=1.0).contains(&share).then(|| Self { threshold: threshold(share) })
    }

    /// A higher rate keeps what a lower one keeps, and more.
    pub(crate) fn keeps(&self, hash: u64) -> bool {
        u128::from(hash) < self.threshold
    }
}

/// What a run of records has saved up towards the next one that is kept (error diffusion): each adds the rate, and a
/// whole keeps a record. Of n records n times the rate are kept, give or take one.
#[derive(Debug)]
pub(crate) struct Spread {
    saved: u128,
}

impl Default for Spread {
    /// Half of one: what is kept of few records is neither too much nor too little.
    fn default() -> Self {
        Self { saved: ALL / 2 }
    }
}

impl Spread {
    pub(crate) fn keeps_next(&mut self, rate: &Rate) -> bool {
        self.saved += rate.threshold;
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
            assert_eq!(Rate::new(share).unwrap().threshold, threshold, "{share}");
        }
        assert!([-0.1, 1.1, f64::NAN, f64::INFINITY].into_iter().all(|share| Rate::new(share).is_none()));
        let (nothing, everything) = (Rate::new(0.0).unwrap(), Rate::new(1.0).unwrap());
        assert!(!nothing.keeps(0) && everything.keeps(u64::MAX));
    }

    #[test]
    fn of_any_run_the_share_is_kept_give_or_take_one() {
        for share in [0.0, 0.01, 0.1, 0.3, 1.0 / 3.0, 0.5, 0.9, 1.0] {
            let (rate, mut spread) = (Rate::new(share).unwrap(), Spread::default());
            let mut kept = 0;
            for seen in 1..=10_000 {
                kept += u32::from(spread.keeps_next(&rate));
                assert!((f64::from(kept) - f64::from(seen) * share).abs() <= 0.5 + 1e-9, "{share}: {kept} of {seen}");
            }
        }
    }
}
