//! What a drain does about what goes wrong, and where it is over. Not for when it tries again, which is the backoff's.

use super::Drain;
use crate::error::BufferError;
use logagent_component::{SinkError, chain};
use std::io;
use std::time::Instant;

/// A sink that fails so often in a row is opened anew. Before that it may hold records, and go on with them.
const OPEN_AFTER: u32 = 3;

/// A range that can't be read is given up after so many tries.
const READ_TRIES: u32 = 8;

/// What went wrong.
pub(super) enum Failure {
    /// The sink.
    Sink(SinkError),
    /// It has dropped what it was given.
    Lost,
    /// A segment that is there can't be opened: for want of descriptors, or of the right to.
    Open(io::Error),
    /// What is there can't be read.
    Read(io::Error),
    /// The file with the position.
    Position(io::Error),
    Ring(BufferError),
}

impl Failure {
    fn what(&self) -> &'static str {
        match self {
            Self::Sink(_) | Self::Lost | Self::Position(_) | Self::Ring(_) => {
                "a sink does not take records from its buffer"
            }
            Self::Open(_) => "a buffer segment can't be opened",
            Self::Read(_) => "a buffer segment can't be read",
        }
    }

    fn error(&self) -> String {
        match self {
            Self::Sink(error) => chain(error),
            Self::Lost => "it lost records that it was given".into(),
            Self::Open(error) | Self::Read(error) | Self::Position(error) => chain(error),
            Self::Ring(error) => chain(error),
        }
    }
}

impl Drain {
    pub(super) fn succeed(&mut self) {
        self.backoff.succeed();
        self.control.set_failing(false);
        if self.complaint.end() {
            tracing::info!(sink = self.store.name, "the sink takes records from its buffer again");
        }
    }

    pub(super) fn fail(&mut self, failure: &Failure, now: Instant) {
        self.backoff.fail(now, fastrand::f64(), None);
        self.control.set_failing(true);
        self.store.meter.buffer.update(|counts| counts.drain_errors += 1);
        if self.complaint.is_due(now) {
            let (sink, error) = (&self.store.name, failure.error());
            tracing::error!(sink, error, "{}; records wait, and it is tried again", failure.what());
        }
        match failure {
            Failure::Sink(_) if self.backoff.failures() >= OPEN_AFTER => self.sink = None,
            Failure::Read(error) => self.give_up_reading(error),
            _ => {}
        }
    }

    fn give_up_reading(&mut self, error: &io::Error) {
        self.read_failures += 1;
        if self.read_failures >= READ_TRIES {
            self.read_failures = 0;
            self.reader.give_up(&self.store, error);
        }
    }
}
