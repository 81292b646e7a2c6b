//! Where records go that a filter fails on, or a sink gives up.

use crate::{GivenUp, SinkError, StreamInfo};
use logagent_record::Descriptor;
use std::sync::Arc;

/// Takes records that a filter failed on or a sink gave up, so that they can be looked at and replayed. Shared by all lanes.
pub trait DeadLetters: Send + Sync {
    /// Puts records aside, durably once it has answered.
    ///
    /// # Errors
    /// [`SinkError`] where they can't be written: they are then not put aside.
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError>;
}

/// A record that a filter failed on or a sink gave up, as it came to there.
#[derive(Clone, Debug)]
pub struct DeadLetter<'a> {
    /// The pipeline that it was in.
    pub pipeline: &'a str,
    /// Who could not do with it what is to be done.
    pub by: Culprit<'a>,
    /// The failure's kind, as metrics name it.
    pub kind: &'static str,
    /// What is known of the failure.
    pub reason: &'a str,
    /// The stream that the record came from; `None` for one that a filter made.
    pub stream: Option<&'a StreamInfo>,
    /// Where it begins, in bytes from the stream's start; `None` where that is not known any more.
    pub position: Option<u64>,
    /// When its batch was read, in nanoseconds since the Unix epoch.
    pub observed_unix_nano: u64,
    /// When it happened, in nanoseconds since the Unix epoch; 0 unknown.
    pub time_unix_nano: u64,
    /// OpenTelemetry's severity number; 0 unknown.
    pub severity: u8,
    /// Its body.
    pub body: &'a [u8],
    /// Its attributes: a MessagePack map, or nothing.
    pub attributes: &'a [u8],
}

impl<'a> DeadLetter<'a> {
    /// That of a record which a sink has given up; where it began is not known here.
    #[must_use]
    pub fn of_sink(pipeline: &'a str, given: &GivenUp<'a>, record: &Descriptor) -> Self {
        let delivery = given.delivery;
        Self {
            pipeline,
            by: Culprit::Sink(given.sink),
            kind: given.why.kind(),
            reason: given.reason,
            stream: delivery.stream(record),
            position: None,
            observed_unix_nano: delivery.observed_unix_nano,
            time_unix_nano: record.time_unix_nano,
            severity: record.severity,
            body: delivery.body(record),
            attributes: delivery.attributes(record),
        }
    }
}

/// Who could not do with a record what is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Culprit<'a> {
    /// A filter that failed.
    Filter {
        /// Its name in the configuration.
        name: &'a str,
        /// The SHA-256 of its component, in hexadecimal.
        component: &'a str,
        /// Which generation of the filter it was.
        generation: u64,
    },
    /// The sink of this name.
    Sink(&'a str),
}

/// Where a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The stream.
    pub stream: Arc<StreamInfo>,
    /// Where it begins, in bytes from the stream's start.
    pub position: u64,
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at byte {} (source {})", self.stream.name, self.position, self.stream.source_name)
    }
}
