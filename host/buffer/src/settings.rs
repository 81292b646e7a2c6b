//! What a buffer is told.

use logagent_component::{DeadLetters, Fsync, Retry};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A buffer.
#[derive(Clone, Debug)]
pub struct BufferConfig {
    /// The sink's name.
    pub name: String,
    /// Where its segments lie; made where it is missing.
    pub directory: PathBuf,
    /// How it fills and empties.
    pub settings: Settings,
    /// The file with the key that entries are encrypted with; not at all where it is `None`.
    pub key_file: Option<PathBuf>,
    /// How much memory records may take on their way from the disk to the sink, in bytes: a power of two.
    pub ring_bytes: usize,
    /// Where records go that the sink gives up; `None` where it gives up none.
    pub letterbox: Option<Letterbox>,
}

/// Where records go that the sink behind a buffer gives up.
#[derive(Clone)]
pub struct Letterbox {
    /// The letters' place.
    pub letters: Arc<dyn DeadLetters>,
    /// The pipeline that they are said to come from: entries don't name theirs.
    pub pipeline: Arc<str>,
}

impl fmt::Debug for Letterbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letterbox").field("pipeline", &self.pipeline).finish_non_exhaustive()
    }
}

/// What may change while a buffer is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The most that all segments together may take, in bytes.
    pub max_bytes: u64,
    /// How long records may wait; for ever where it is `None`.
    pub max_age: Option<Duration>,
    /// What happens to records that come when there is no room.
    pub when_full: WhenFull,
    /// What a record must have reached before it is confirmed.
    pub fsync: Fsync,
    /// How long a segment may get, in bytes, unless a single entry is longer.
    pub segment_bytes: u64,
}

/// What happens to records that come when there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// They wait in the lanes' rings, and the sources with them.
    Wait,
    /// The oldest segment makes room.
    DropOldest,
    /// They are dropped.
    DropNewest,
}

/// A disk that has been given room, or a sink that is back, is found within this time.
pub(crate) const RETRY: Retry = Retry::for_ever(Duration::from_millis(10), Duration::from_secs(2));
