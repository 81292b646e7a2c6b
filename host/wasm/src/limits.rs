//! What an instance may use.

use crate::program::{MOST_INSTANCES, MOST_MEMORIES, MOST_TABLES};
use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};
use wasmtime::ResourceLimiter;

/// The limits of one instance, as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How much processor time one call may take.
    pub time: Duration,
    /// How much linear memory it may have, in bytes; the window does not count.
    pub memory: usize,
    /// How much one call may answer, patch and new records together, in bytes.
    pub output: usize,
    /// How many records one call may make, copies to outputs included.
    pub emits: usize,
    /// How many lines a second it may log.
    pub log_lines: u32,
}

impl Limits {
    /// What the configuration says where it says nothing.
    pub const DEFAULT: Self =
        Self { time: Duration::from_millis(100), memory: 64 << 20, output: 16 << 20, emits: 1 << 16, log_lines: 100 };
}

/// The processor time of the running call: on a busy machine, what other processes take of the clock's time is no fault
/// of the filter's.
#[derive(Clone, Copy)]
pub(crate) struct CallClock {
    began: Instant,
    /// How much the call may take.
    limit: Duration,
    /// When the thread's time was looked at last, and what it was.
    looked: Option<(Instant, Duration)>,
}

/// How old a look at the thread's time may be when a call begins: so much more may be counted as the call's. Asking the
/// kernel at each call would cost as much as a short call does.
const LOOK_AGE: Duration = Duration::from_micros(200);

impl Default for CallClock {
    fn default() -> Self {
        Self { began: Instant::now(), limit: Duration::ZERO, looked: None }
    }
}

impl CallClock {
    /// A call begins, which may take this long.
    pub(crate) fn begin(&mut self, limit: Duration) {
        (self.began, self.limit) = (Instant::now(), limit);
        if self.looked.is_none_or(|(at, _)| self.began.duration_since(at) > LOOK_AGE) {
            self.looked = Some((self.began, thread_time()));
        }
    }

    /// The next call is another thread's.
    pub(crate) fn forget(&mut self) {
        self.looked = None;
    }

    /// When its time is over, if it never waits for the processor.
    pub(crate) fn end(&self) -> Option<Instant> {
        self.began.checked_add(self.limit)
    }

    /// How much of its processor time the running call has left.
    pub(crate) fn left(&self) -> Duration {
        let used = self.looked.map_or(Duration::ZERO, |(_, before)| thread_time().saturating_sub(before));
        self.limit.saturating_sub(used)
    }

    /// Whether it has any. The kernel is asked only once the clock's time is over.
    pub(crate) fn has_time(&self) -> bool {
        self.began.elapsed() < self.limit || !self.left().is_zero()
    }
}

pub(crate) fn thread_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// How many entries all tables of an instance have together. No filter needs more: they hold function pointers, of
/// which each costs the host 8 bytes.
const TABLE_ENTRIES: usize = 100_000;

/// Answers wasmtime whether an instance may grow.
pub(crate) struct Limiter {
    memory_bytes: usize,
    /// Of all its tables; none is given back before the instance is.
    table_entries: usize,
    /// More was wanted since the call began.
    pub(crate) is_exhausted: bool,
}

impl Limiter {
    pub(crate) fn new(memory_bytes: usize) -> Self {
        Self { memory_bytes, table_entries: 0, is_exhausted: false }
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let is_within = desired <= self.memory_bytes;
        self.is_exhausted |= !is_within;
        Ok(is_within)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let entries = self.table_entries.saturating_add(desired.saturating_sub(current));
        let is_within = entries <= TABLE_ENTRIES;
        if is_within {
            self.table_entries = entries;
        }
        Ok(is_within)
    }

    fn instances(&self) -> usize {
        MOST_INSTANCES
    }

    fn tables(&self) -> usize {
        MOST_TABLES
    }

    fn memories(&self) -> usize {
        MOST_MEMORIES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_tables_of_an_instance_are_bounded_together() {
        let mut limiter = Limiter::new(0);
        let mut grow = |current, desired| limiter.table_growing(current, desired, None).unwrap();
        assert!(grow(0, TABLE_ENTRIES - 10));
        assert!(grow(0, 5), "a second table");
        assert!(!grow(5, 11), "which may not grow by 6");
        assert!(grow(5, 10));
        assert!(!grow(0, 1), "nor may a third have anything");
        assert!(grow(0, 0));
        assert!(!grow(0, usize::MAX));
    }
}
