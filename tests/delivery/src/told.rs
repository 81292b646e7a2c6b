//! What came of histories, in numbers. Judges nothing.

use std::ops::AddAssign;

/// What came of a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How often the agent was killed, by a power cut or otherwise.
    pub crashes: u32,
    /// How often it stopped by itself, because a disk or a destination failed.
    pub failures: u32,
    /// Attempts to write that failed, and were made again.
    pub attempts: u64,
    /// Records that sinks gave up.
    pub given_up: u64,
    /// Lines that were written.
    pub lines: usize,
    /// Records that came to sinks, each time that they did.
    pub records: usize,
    /// Records that came more than once.
    pub doubled: usize,
}

impl AddAssign for Told {
    fn add_assign(&mut self, other: Self) {
        self.crashes += other.crashes;
        self.failures += other.failures;
        self.attempts += other.attempts;
        self.given_up += other.given_up;
        self.lines += other.lines;
        self.records += other.records;
        self.doubled += other.doubled;
    }
}
