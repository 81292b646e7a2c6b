//! Where records go that a filter fails on.

use crate::{SinkError, StreamInfo};
use std::sync::Arc;

/// Takes records that a filter failed on, so that they can be looked at and replayed. Shared by all lanes.
pub trait DeadLetters: Send + Sync {
    /// Puts records aside, durably once it has answered.
    ///
    /// # Errors
    /// [`SinkError`] where they can't be written: they are then not put aside.
    fn put(&self, letters: &[DeadLetter<'_>]) -> Result<(), SinkError>;
}

/// A record that a filter failed on, as it came to that filter.
#[derive(Clone, Debug)]
pub struct DeadLetter<'a> {
    /// The pipeline that it was in.
    pub pipeline: &'a str,
    /// The filter that failed.
    pub filter: &'a str,
    /// The SHA-256 of the filter's component, in hexadecimal.
    pub component: &'a str,
    /// Which generation of the filter it was.
    pub generation: u64,
    /// The failure's kind, as metrics name it.
    pub kind: &'static str,
    /// What is known of the failure.
    pub reason: &'a str,
    /// Where the record came from; `None` for one that a filter made.
    pub origin: Option<Origin>,
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
