//! Where records come from: sources find streams, lanes read them.

use crate::{Intake, Records, Signal};
use std::path::PathBuf;
use std::sync::Arc;
use std::task::Waker;

/// A configured source. It runs on a thread of its own, finds streams (files, connections) and hands them to the
/// lanes; the bytes go from the stream into a lane's ring without passing through here.
pub trait Source: Send {
    /// Hands over streams until no more can come, or until `signal` says stop. Dropping `intake` tells the lanes
    /// that this source has no more.
    ///
    /// # Errors
    /// [`SourceError`] where the source can't go on; one bad stream is no such error.
    fn run(self: Box<Self>, intake: Intake, signal: &Arc<Signal>) -> Result<(), SourceError>;
}

/// One ordered run of records: a file, a connection, a partition. A lane owns it and calls it from one thread.
pub trait Stream: Send {
    /// Where its records come from.
    fn info(&self) -> &Arc<StreamInfo>;

    /// Keeps the waker of the lane that has taken the stream, to be called whenever `is_ready` becomes true.
    fn register(&mut self, lane: Waker);

    /// Whether a `read` may find something. Cheap: asked for every stream in each round of the lane.
    fn is_ready(&self) -> bool;

    /// Whether what comes in the meantime waits without holding anyone up, as a file's bytes do and a pipe's don't.
    /// A lane that has read all of a patient stream may then let it be until the batch is due.
    fn is_patient(&self) -> bool {
        false
    }

    /// The least space that the next `read` needs to get on, in bytes.
    fn wanted(&self) -> usize;

    /// Reads what is there now straight into the ring.
    ///
    /// # Errors
    /// [`SourceError`] where the stream can't be read any more; the lane then closes it.
    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError>;

    /// Cuts bytes that `read` gave into records, until they are used up or `records` is full; answers how many
    /// bytes are done with. What is left is offered again, or taken back by `unread`.
    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize;

    /// Takes back the last bytes that `read` gave: an unfinished record. The next `read` gives them again. So what
    /// one batch holds of a stream was read in one run, with nothing of another stream in between.
    fn unread(&mut self, fragment: &[u8]);

    /// How far the stream has been framed: a number that only this stream understands, and that only grows.
    fn position(&self) -> u64;

    /// What people know as the place of the record that begins at this position of the stream: its first byte in a
    /// file. `None` where nobody knows.
    fn origin(&self, position: u64) -> Option<u64> {
        Some(position)
    }

    /// All records up to `position` were delivered, dropped on purpose, or both. Called in order.
    fn confirm(&mut self, position: u64);
}

/// What a `read` found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// So many bytes, at least one.
    Bytes(usize),
    /// Nothing now. The stream may still be ready.
    Idle,
    /// Nothing, and nothing will come; what `read` gave before may still have to be framed.
    Ended,
}

/// What is said of a stream, once, for all of its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamInfo {
    /// The source's index in the configuration's order.
    pub source: usize,
    /// The source's name in the configuration.
    pub source_name: Arc<str>,
    /// What people call it: a file's path, `stdin`.
    pub name: Box<str>,
    /// Its attributes, one MessagePack map with OpenTelemetry's names (`log.file.path`).
    pub attributes: Box<[u8]>,
}

/// The streams of a lane, by the index that descriptors carry.
pub type Streams = [Option<Arc<StreamInfo>>];

/// Why a source or a stream can't go on.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file can't be read.
    #[error("{}: {action}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was being done: `open`, `read` …
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Standard input can't be read.
    #[error("stdin: {action}")]
    Stdin {
        /// What was being done.
        action: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
}
