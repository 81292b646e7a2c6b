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
    /// The buffer's files.
    Read(io::Error),
    /// The file with the position.
    Position(io::Error),
    Ring(BufferError),
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
        let error = match failure {
            Failure::Sink(error) => chain(error),
            Failure::Lost => "it lost records that it was given".into(),
            Failure::Read(error) | Failure::Position(error) => chain(error),
            Failure::Ring(error) => chain(error),
        };
        if self.complaint.is_due(now) {
            let sink = &self.store.name;
            tracing::error!(
                sink,
                error,
                "a sink does not take records from its buffer; they wait, and it is tried again"
            );
        }
        match failure {
            Failure::Sink(_) if self.backoff.failures() >= OPEN_AFTER => self.sink = None,
            Failure::Read(_) => self.give_up_reading(),
            _ => {}
        }
    }

    fn give_up_reading(&mut self) {
        self.read_failures += 1;
        if self.read_failures >= READ_TRIES {
            self.read_failures = 0;
            self.reader.give_up(&self.store);
        }
    }
}
