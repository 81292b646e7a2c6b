//! When a failing filter is left alone, as configured. Not for counting its failures.

use std::time::Duration;

use crate::reader::Section;

const DEFAULT_FAILURES: u32 = 32;
const MAX_FAILURES: u32 = 100_000;
const DEFAULT_OPEN_FOR: Duration = Duration::from_secs(10);
const MIN_OPEN_FOR: Duration = Duration::from_millis(100);
const MAX_OPEN_FOR: Duration = Duration::from_secs(3600);

/// When a filter that keeps failing is no longer called, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Breaker {
    /// The failures after which it opens, 1 to 100000.
    pub failures: u32,
    /// How long it stays open before the filter is tried again, 100 ms to 1 h.
    pub open_for: Duration,
}

impl Breaker {
    pub(super) fn read(mut section: Section<'_>) -> Self {
        let breaker = Self {
            failures: section.count("failures", 1..=MAX_FAILURES, DEFAULT_FAILURES),
            open_for: section.duration("open_for", MIN_OPEN_FOR..=MAX_OPEN_FOR, DEFAULT_OPEN_FOR),
        };
        section.finish();
        breaker
    }
}
