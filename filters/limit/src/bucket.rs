//! The token bucket: pure, with the clock as an argument.
//!
//! A record takes a token, and as many of another kind as it has bytes, or none where there are too few. Tokens come at
//! the rate, up to the burst: the meter of RFC 2697 (section 3) with one rate and one bucket, whose packets that don't fit
//! take nothing. All is counted in whole numbers, so that no number of small refills comes to more or less than a large
//! one: a nanosecond at a millionth of a token a second is the unit.

use std::time::Duration;

use logagent_sdk::state::Value;

/// Units in a token: 10⁹ nanoseconds of 10⁶ millionths.
const TOKEN: u128 = 1_000_000_000_000_000;

/// How fast tokens of one kind come, and how many may lie there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flow {
    /// In millionths of a token a second, which is in units a nanosecond.
    rate: u64,
    /// In units.
    burst: u128,
}

/// What is limited; at least one of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) records: Option<Flow>,
    pub(crate) bytes: Option<Flow>,
}

/// The tokens of one key, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// Until when tokens have come.
    filled_unix_nano: u64,
    records: u128,
    bytes: u128,
}

impl Flow {
    /// `millionths` of a token a second, and `burst` tokens at most.
    pub(crate) fn new(millionths: u64, burst: u64) -> Self {
        Self { rate: millionths, burst: u128::from(burst) * TOKEN }
    }

    fn after(&self, units: u128, nanoseconds: u64) -> u128 {
        (units + u128::from(nanoseconds) * u128::from(self.rate)).min(self.burst)
    }

    /// How long an empty bucket needs.
    fn fills_in(&self) -> Duration {
        let nanoseconds = self.burst.div_ceil(self.rate.into());
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}

impl Limits {
    /// The bucket as it is by now. One that is not there is full: it is kept no longer than it takes to fill.
    pub(crate) fn filled(&self, bucket: Option<Bucket>, now_unix_nano: u64) -> Bucket {
        let Some(Bucket { filled_unix_nano, records, bytes }) = bucket else {
            let burst = |flow: Option<Flow>| flow.map_or(0, |flow| flow.burst);
            return Bucket { filled_unix_nano: now_unix_nano, records: burst(self.records), bytes: burst(self.bytes) };
        };
        // Another lane's batch may have been read later than this one.
        let passed = now_unix_nano.saturating_sub(filled_unix_nano);
        let after = |flow: Option<Flow>, units: u128| flow.map_or(0, |flow| flow.after(units, passed));
        Bucket {
            filled_unix_nano: filled_unix_nano.max(now_unix_nano),
            records: after(self.records, records),
            bytes: after(self.bytes, bytes),
        }
    }

    /// Takes what a record of so many bytes needs; answers whether it was there.
    pub(crate) fn take(&self, bucket: &mut Bucket, bytes: usize) -> bool {
        let records = self.records.map_or(0, |_| TOKEN);
        let bytes = self.bytes.map_or(0, |_| bytes as u128 * TOKEN);
        let is_there = bucket.records >= records && bucket.bytes >= bytes;
        if is_there {
            bucket.records -= records;
            bucket.bytes -= bytes;
        }
        is_there
    }

    /// After this time a bucket is full, whatever was in it.
    pub(crate) fn fill_in(&self) -> Duration {
        let flows = self.records.into_iter().chain(self.bytes);
        flows.map(|flow| flow.fills_in()).max().unwrap_or_default()
    }
}

impl Value for Bucket {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(&self.filled_unix_nano.to_le_bytes());
        into.extend_from_slice(&self.records.to_le_bytes());
        into.extend_from_slice(&self.bytes.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (filled, tokens) = bytes.split_first_chunk()?;
        let (records, bytes) = tokens.split_first_chunk()?;
        Some(Self {
            filled_unix_nano: u64::from_le_bytes(*filled),
            records: u128::from_le_bytes(*records),
            bytes: u128::from_le_bytes(bytes.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: u64 = 1_000_000_000;

    /// Ten records a second, twenty at once; a hundred bytes a second and at once.
    const LIMITS: Limits = Limits {
        records: Some(Flow { rate: 10_000_000, burst: 20 * TOKEN }),
        bytes: Some(Flow { rate: 100_000_000, burst: 100 * TOKEN }),
    };

    fn passing(limits: &Limits, bucket: &mut Bucket, bytes: &[usize]) -> Vec<bool> {
        bytes.iter().map(|&bytes| limits.take(bucket, bytes)).collect()
    }

    #[test]
    fn a_record_takes_tokens_of_both_kinds_or_none() {
        let mut bucket = LIMITS.filled(None, 0);
        assert_eq!(passing(&LIMITS, &mut bucket, &[60, 60, 40, 1, 0]), [true, false, true, false, true]);
        assert_eq!((bucket.records, bucket.bytes), (17 * TOKEN, 0));
    }

    #[test]
    fn tokens_come_with_time_up_to_the_burst() {
        let mut bucket = LIMITS.filled(None, 0);
        assert!(LIMITS.take(&mut bucket, 100));
        let after = |nanoseconds| LIMITS.filled(Some(bucket), nanoseconds);
        assert_eq!((after(SECOND / 2).records, after(SECOND / 2).bytes), (20 * TOKEN, 50 * TOKEN));
        assert_eq!(after(2 * SECOND).bytes, 100 * TOKEN);
        assert_eq!(LIMITS.fill_in(), Duration::from_secs(2));
    }

    #[test]
    fn a_batch_that_was_read_earlier_gets_no_tokens_and_takes_none_back() {
        let mut bucket = LIMITS.filled(None, 5 * SECOND);
        assert!(LIMITS.take(&mut bucket, 100));
        let earlier = LIMITS.filled(Some(bucket), 2 * SECOND);
        assert_eq!(earlier, bucket);
        assert_eq!(LIMITS.filled(Some(earlier), 6 * SECOND), LIMITS.filled(Some(bucket), 6 * SECOND));
    }

    #[test]
    fn a_kind_that_is_not_limited_is_never_too_little() {
        let limits = Limits { records: None, ..LIMITS };
        let mut bucket = limits.filled(None, 0);
        assert!(passing(&limits, &mut bucket, &[0; 1000]).into_iter().all(|passes| passes));
        assert!(!limits.take(&mut bucket, 101));
    }

    #[test]
    fn a_lower_limit_holds_for_a_bucket_of_a_higher_one() {
        let lower = Limits { records: Some(Flow::new(1, 1)), bytes: None };
        let mut bucket = lower.filled(Some(LIMITS.filled(None, 0)), 0);
        assert_eq!(passing(&lower, &mut bucket, &[1, 1]), [true, false]);
    }

    proptest! {
        #[test]
        fn many_small_refills_come_to_one_large_one(rate in 1..u64::MAX, steps in prop::collection::vec(0..SECOND, 1..50)) {
            let limits = Limits { records: Some(Flow::new(rate, 1_000_000_000_000)), bytes: None };
            let empty = Bucket { filled_unix_nano: 0, records: 0, bytes: 0 };
            let (mut bucket, mut now) = (empty, 0);
            for step in steps {
                now += step;
                bucket = limits.filled(Some(bucket), now);
            }
            prop_assert_eq!(bucket, limits.filled(Some(empty), now));
        }

        #[test]
        fn what_is_written_reads_back(filled_unix_nano in any::<u64>(), records in any::<u128>(), bytes in any::<u128>()) {
            let bucket = Bucket { filled_unix_nano, records, bytes };
            let mut written = Vec::new();
            bucket.write(&mut written);
            prop_assert_eq!(Bucket::read(&written), Some(bucket));
            prop_assert_eq!(Bucket::read(&written[1..]), None);
        }
    }
}
