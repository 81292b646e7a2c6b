//! A canary's way from its first share of the batches to all of them, or back. Pure: counts and the clock are
//! arguments. Not for choosing its batches, nor for telling anyone what was judged.
//!
//! Errors are counted by record. Drops are compared by batch: batches are what is drawn, and the records of one are
//! alike, so that a rate over records would look surer than it is. The rates' difference is held against the limit only
//! as far as chance can't have made it: less four standard errors of a ratio of two sums (Cochran, Sampling Techniques,
//! 3rd ed., 1977, chapter 2.11).

use std::fmt;
use std::time::{Duration, Instant};

/// How a canary goes forward, and when it goes back. Shares are above 0 and at most 1.
#[derive(Clone, Debug, PartialEq)]
pub struct CanaryPolicy {
    /// The share that it starts with; the next is the first of `steps` above it.
    pub share: f64,
    /// The shares, ascending; the last is 1.
    pub steps: Vec<f64>,
    /// How long a step lasts at least.
    pub every: Duration,
    /// It is given up where the share of its records that it fails on is above this.
    pub errors_above: f64,
    /// It is given up where the share that it drops differs by more than this from what the filter drops.
    pub drops_differ_above: f64,
}

/// Of fewer records one is more than a thousandth, the limit that is meant where none is set: an error rate is taken as
/// if as many as are missing had gone well. And a step in which the canary has had fewer shows nothing, so it goes on.
const LEAST_RECORDS: u64 = 1000;

/// From fewer batches, how much they differ among themselves can't be told.
const LEAST_BATCHES: u64 = 20;

/// Each look is one more chance to be wrong, and there are thousands in a step: fewer would give up a good canary sooner
/// or later.
const STANDARD_ERRORS: f64 = 4.0;

/// Which of the two decides over a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decider {
    /// The filter itself.
    Incumbent,
    /// Its canary.
    Canary,
}

/// What one of the two did with a batch, or with its part of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Records that it decided over.
    pub(crate) records: u64,
    /// Those that it dropped.
    pub(crate) drops: u64,
}

/// What was counted since a step began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepCounts {
    /// When it began.
    pub since: Instant,
    /// Records that the canary decided over.
    pub records: u64,
    /// Those that it failed on, which are none of `records`.
    pub errors: u64,
    /// Those that it dropped.
    pub drops: u64,
    /// Records that the filter itself decided over; in the last step, those of the one before.
    pub filter_records: u64,
    /// Those that the filter dropped.
    pub filter_drops: u64,
}

/// What is to be done with a canary.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Nothing.
    Stay,
    /// It gets this share from now on.
    Share(f64),
    /// It takes the filter's place.
    Promote,
    /// It is given up.
    Abort(Reason),
}

/// Why a canary is given up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reason {
    /// It fails too often.
    Errors {
        /// Records that it failed on.
        errors: u64,
        /// All that it was given.
        records: u64,
        /// The share of them that is too many.
        limit: f64,
    },
    /// It drops too much, or too little.
    Drops {
        /// The share that it drops.
        canary: f64,
        /// The share that the filter drops.
        incumbent: f64,
        /// The difference that is too much.
        limit: f64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Errors { errors, records, limit } => {
                write!(f, "it failed on {errors} of {records} records (abort_if.errors_above: {}%)", 100.0 * limit)
            }
            Self::Drops { canary, incumbent, limit } => write!(
                f,
                "it drops {:.2}% of its records, the filter {:.2}% (abort_if.drops_differ_above: {}%)",
                100.0 * canary,
                100.0 * incumbent,
                100.0 * limit
            ),
        }
    }
}

/// One canary, on its way.
#[derive(Debug)]
pub(crate) struct Canary {
    policy: CanaryPolicy,
    share: f64,
    /// When this step began.
    since: Instant,
    /// In this step.
    errors: u64,
    canary: Draws,
    /// Since the last step that left the filter any.
    incumbent: Draws,
}

impl Canary {
    pub(crate) fn new(policy: CanaryPolicy, now: Instant) -> Self {
        let share = policy.share;
        Self { policy, share, since: now, errors: 0, canary: Draws::default(), incumbent: Draws::default() }
    }

    /// Counts a batch.
    pub(crate) fn note(&mut self, decider: Decider, drawn: Drawn) {
        match decider {
            Decider::Incumbent => self.incumbent.add(drawn),
            Decider::Canary => self.canary.add(drawn),
        }
    }

    /// Counts records that the canary failed on, of which those of `note` are none.
    pub(crate) fn fail(&mut self, records: u64) {
        self.errors += records;
    }

    /// What is to be done now; where it is a share, that one's step begins.
    pub(crate) fn advance(&mut self, now: Instant) -> Step {
        if let Some(reason) = self.reason_to_abort() {
            return Step::Abort(reason);
        }
        let is_over = now.saturating_duration_since(self.since) >= self.policy.every;
        if !is_over || self.canary.records + self.errors < LEAST_RECORDS {
            return Step::Stay;
        }
        let Some(&share) = self.policy.steps.iter().find(|&&step| step > self.share) else { return Step::Promote };
        self.begin(share, now);
        Step::Share(share)
    }

    pub(crate) fn counts(&self) -> StepCounts {
        let Self { since, errors, canary, incumbent, .. } = self;
        StepCounts {
            since: *since,
            records: canary.records,
            errors: *errors,
            drops: canary.drops,
            filter_records: incumbent.records,
            filter_drops: incumbent.drops,
        }
    }

    fn begin(&mut self, share: f64, now: Instant) {
        (self.share, self.since, self.errors, self.canary) = (share, now, 0, Draws::default());
        if share < 1.0 {
            // At the last step the filter gets none, and the canary is held against what it last did.
            self.incumbent = Draws::default();
        }
    }

    /// Why it is to be given up as of now, where it is.
    pub(crate) fn reason_to_abort(&self) -> Option<Reason> {
        let records = self.canary.records + self.errors;
        let limit = self.policy.errors_above;
        if self.errors as f64 > limit * records.max(LEAST_RECORDS) as f64 {
            return Some(Reason::Errors { errors: self.errors, records, limit });
        }
        let limit = self.policy.drops_differ_above;
        let (canary, incumbent) = (&self.canary, &self.incumbent);
        if !(canary.is_enough() && incumbent.is_enough()) {
            return None;
        }
        let by_chance = STANDARD_ERRORS * (canary.variance() + incumbent.variance()).sqrt();
        let (canary, incumbent) = (canary.rate(), incumbent.rate());
        let is_too_much = (canary - incumbent).abs() > limit + by_chance;
        is_too_much.then_some(Reason::Drops { canary, incumbent, limit })
    }
}

/// Batches, as far as the rate of their drops needs them. Sums of squares leave integers behind.
#[derive(Debug, Default)]
struct Draws {
    batches: u64,
    records: u64,
    drops: u64,
    records_squared: f64,
    drops_squared: f64,
    product: f64,
}

impl Draws {
    fn add(&mut self, Drawn { records, drops }: Drawn) {
        if records == 0 {
            return;
        }
        self.batches += 1;
        self.records += records;
        self.drops += drops;
        let (records, drops) = (records as f64, drops as f64);
        self.records_squared += records * records;
        self.drops_squared += drops * drops;
        self.product += records * drops;
    }

    fn is_enough(&self) -> bool {
        self.records >= LEAST_RECORDS && self.batches >= LEAST_BATCHES
    }

    fn rate(&self) -> f64 {
        self.drops as f64 / self.records as f64
    }

    /// The rate's, as far as the batches' differences show it.
    fn variance(&self) -> f64 {
        let (rate, batches) = (self.rate(), self.batches as f64);
        let squares = self.drops_squared - 2.0 * rate * self.product + rate * rate * self.records_squared;
        let sum = self.records as f64;
        // What should be 0 can be a little below it.
        squares.max(0.0) * batches / ((batches - 1.0) * sum * sum)
    }
}

#[cfg(test)]
mod tests;
