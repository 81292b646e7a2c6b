//! What decides over records.

use crate::{Decisions, Fault, Streams};
use std::ops::Range;
use std::time::Duration;

/// One live filter in one lane. Called from one thread at a time.
pub trait Filter: Send {
    /// What the filter said of itself.
    fn description(&self) -> &Description;

    /// Decides over one batch. `decisions` is empty at the call, and meaningless after an error.
    ///
    /// # Errors
    /// [`FilterError`] where the filter failed: nothing of the call counts. The next call is served by a fresh
    /// instance.
    fn process(&mut self, batch: &BatchView<'_>, decisions: &mut Decisions) -> Result<(), FilterError>;

    /// Says whether what the last call decided is carried out. Where it can't be, nothing of the call counts, and the next
    /// is served by a fresh instance. Called after each call that has not failed by itself.
    fn conclude(&mut self, is_carried_out: bool) {
        let _ = is_carried_out;
    }

    /// Tells the time, in nanoseconds since the Unix epoch; the filter may emit.
    ///
    /// # Errors
    /// As for `process`.
    fn tick(&mut self, now_unix_nano: u64, decisions: &mut Decisions) -> Result<(), FilterError>;

    /// Processor time that fresh instances took to start since this was asked last, whether or not they did start.
    fn take_restart_time(&mut self) -> Duration {
        Duration::ZERO
    }
}

/// What a filter says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Its name, as its author calls it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Why it drops records; verdicts name these by index.
    pub reasons: Vec<String>,
    /// Its named outputs; verdicts name these by index.
    pub outputs: Vec<String>,
    /// It takes out of records what must not be seen: a record that it fails on must not go on as it was.
    pub redacts: bool,
}

/// A batch as it lies in the ring. Places are bytes from the window's start.
#[derive(Clone)]
pub struct BatchView<'a> {
    /// The first descriptor's place.
    pub descriptors_at: u32,
    /// How many records.
    pub count: u32,
    /// The run that holds all bodies in ascending order, apart from each other; empty where they are not so.
    pub bodies: Range<u32>,
    /// The place of the first of `bytes`.
    pub base: u32,
    /// All bytes that the descriptors point to, and the descriptors.
    pub bytes: &'a [u8],
    /// When the first byte of the batch was read, in nanoseconds since the Unix epoch.
    pub observed_unix_nano: u64,
    /// The streams that the descriptors name.
    pub streams: &'a Streams,
}

impl<'a> BatchView<'a> {
    /// The bytes of a part of one of its records, by their place and length.
    ///
    /// # Panics
    /// Where there are some, and they don't lie in the batch.
    #[must_use]
    pub fn part(&self, at: u32, length: u32) -> &'a [u8] {
        // Where there are none, their place says nothing.
        if length == 0 { &[] } else { &self.bytes[(at - self.base) as usize..][..length as usize] }
    }
}

/// Why a filter failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FilterError {
    /// It said so itself.
    #[error("it answered an error: {0}")]
    Refused(String),
    /// It trapped.
    #[error("it trapped: {0}")]
    Trap(String),
    /// It wanted more memory than it may have, and failed for want of it.
    #[error("it ran out of memory: {}MiB at most (limits.memory); it said: {message}", limit >> 20)]
    Memory {
        /// The limit, in bytes.
        limit: usize,
        /// How it failed.
        message: String,
    },
    /// It went deeper than its stack.
    #[error("it overflowed its stack: {0}")]
    Stack(String),
    /// It ran longer than its limit.
    #[error("it ran longer than {}ms (limits.time)", limit.as_millis())]
    Timeout {
        /// The limit.
        limit: Duration,
    },
    /// What it decided can't be.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// It was not called: its circuit breaker is open.
    #[error("it was not called: it failed again and again, and its circuit breaker is open")]
    Broken,
    /// No fresh instance could be had after an earlier failure.
    #[error("it can't be started again: {0}")]
    Restart(String),
}

impl FilterError {
    /// The kind, as metrics and the report name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) => "error",
            Self::Trap(_) => "trap",
            Self::Memory { .. } => "memory",
            Self::Stack(_) => "stack",
            Self::Timeout { .. } => "timeout",
            Self::Fault(fault) => fault.kind(),
            Self::Broken => "breaker",
            Self::Restart(_) => "restart",
        }
    }

    /// Whether it can be for some of the records that it failed on, so that others are worth trying.
    #[must_use]
    pub fn can_be_a_records(&self) -> bool {
        !matches!(self, Self::Broken | Self::Restart(_))
    }
}
