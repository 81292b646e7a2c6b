//! A filter's circuit breaker: whether it is called at all. Pure: the clock is an argument.
//!
//! Closed, it lets calls through, until too many records in a row, or too large a share of the recent ones, were found
//! to break the filter, or starting it again took too much of its lane's time. Open, it lets none through for a while.
//! Half-open, it lets one small call through, which decides (Nygard, Release It!, 2nd ed., 2018, chapter 5).

use logagent_telemetry::BreakerState;
use std::time::{Duration, Instant};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// It opens after this many records in a row that broke the filter; and where as many did within ten seconds, if
    /// they are half of all.
    pub failures: u32,
    /// How long it stays open the first time. Each time that it opens again without having closed doubles it.
    pub open_for: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures: 32, open_for: Duration::from_secs(10) }
    }
}

/// What a call may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Over any number of records.
    Whole,
    /// Over a few, to see.
    Probe,
    /// None.
    Refused,
}

/// A filter that comes back after long is wanted back soon.
const LONGEST_OPEN: Duration = Duration::from_secs(300);

/// Over how long the share of bad records is taken.
const WINDOW: Duration = Duration::from_secs(10);

/// One filter's breaker in one lane.
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: State,
    in_a_row: u32,
    window: Window,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed,
    Open { until: Instant, time: Duration },
    HalfOpen { time: Duration },
}

/// What became of the records since `start`.
#[derive(Debug)]
struct Window {
    start: Option<Instant>,
    records: u64,
    bad: u64,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: State::Closed, in_a_row: 0, window: Window { start: None, records: 0, bad: 0 } }
    }

    /// Its state, for people.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// What the next call may be. `now` is asked only where it matters.
    pub fn admit(&mut self, now: impl FnOnce() -> Instant) -> Admission {
        match self.state {
            State::Closed => return Admission::Whole,
            State::HalfOpen { .. } => {}
            State::Open { until, .. } if now() < until => return Admission::Refused,
            State::Open { time, .. } => self.state = State::HalfOpen { time },
        }
        Admission::Probe
    }

    /// A call over so many records went well.
    pub fn succeed(&mut self, records: u64, now: Instant) {
        self.in_a_row = 0;
        self.window.add(records, 0, now);
        if let State::HalfOpen { .. } = self.state {
            self.close();
        }
    }

    /// So many records were found to break the filter.
    pub fn fail(&mut self, records: u64, now: Instant) {
        let count = u32::try_from(records).unwrap_or(u32::MAX);
        self.in_a_row = self.in_a_row.saturating_add(count);
        self.window.add(records, records, now);
        match self.state {
            State::HalfOpen { time } => self.open(self.longer(time), now),
            State::Closed if self.has_had_enough() => self.open(self.policy.open_for, now),
            _ => {}
        }
    }

    /// It has failed, and is not to be started again before so much time has passed.
    pub fn leave(&mut self, at_least: Duration, now: Instant) {
        let time = match self.state {
            State::Closed => self.policy.open_for,
            State::HalfOpen { time } => self.longer(time),
            State::Open { .. } => return,
        };
        self.open(time.max(at_least), now);
    }

    fn longer(&self, time: Duration) -> Duration {
        (2 * time).min(LONGEST_OPEN.max(self.policy.open_for))
    }

    fn has_had_enough(&self) -> bool {
        let Window { records, bad, .. } = self.window;
        let most = self.policy.failures;
        self.in_a_row >= most || (bad >= u64::from(most) && 2 * bad >= records)
    }

    fn open(&mut self, time: Duration, now: Instant) {
        self.state = State::Open { until: now + time, time };
    }

    fn close(&mut self) {
        self.state = State::Closed;
        self.in_a_row = 0;
        self.window.start = None;
    }
}

impl Window {
    fn add(&mut self, records: u64, bad: u64, now: Instant) {
        if self.start.is_none_or(|start| now.saturating_duration_since(start) >= WINDOW) {
            *self = Self { start: Some(now), records: 0, bad: 0 };
        }
        self.records += records;
        self.bad += bad;
    }
}

#[cfg(test)]
mod tests;
