//! The configuration: YAML text to plain structs, with every problem reported at once, each at its line and column.
//!
//! Not for acting on a configuration, nor for looking at the system: no path is opened, no component loaded, no glob
//! expanded here. Paths are taken as they are written, so a relative one is relative to the working directory of the
//! process, not to the configuration file.

mod problem;

mod document;
mod positions;

mod reader;
mod references;
mod suggest;
mod units;

mod exact;
mod filters;
mod json;
mod pipelines;
mod priority;
mod settings;
mod sinks;
mod sources;
mod state;

mod load;

mod plan;

mod schema;

pub use filters::{AbortIf, Breaker, Canary, Filter, Limits, OnError, Shadow};
pub use load::{Examined, LoadError, MAX_FILE_BYTES};
pub use pipelines::{Pipeline, Route};
pub use plan::{Changes, FilterChange, FilterParts, Plan};
pub use positions::Positions;
pub use priority::Priority;
pub use problem::{Position, Problem, Problems};
pub use schema::schema;
pub use settings::{Batch, Checkpoints, DeadLetters, Memory};
pub use sinks::{
    Brimful, DiskBuffer, Encoding, FileSink, Flush, Fsync, Keep, Mode, Overflow, Retry, Rotate, Shed, Sink, StdoutSink,
    Unknown,
};
pub use sources::{Compression, FileSource, Format, Multiline, MultilineRule, Preset, ReadFrom, Source, StdinSource};
pub use state::{FilterState, State, WhenFull};

use std::path::PathBuf;
use std::time::Duration;

/// A configuration without problems: every value is in its range, and every name that is referred to exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Where checkpoints, buffers, dead letters and compiled components are kept.
    pub data_dir: PathBuf,
    /// The number of worker threads; `None` is one for each core.
    pub lanes: Option<usize>,
    /// The memory of each lane, and of the agent as a whole.
    pub memory: Memory,
    /// What filters remember.
    pub state: State,
    /// When a batch closes.
    pub batch: Batch,
    /// How often it is written how far files were delivered.
    pub checkpoints: Checkpoints,
    /// How much is kept of what filters failed on or sinks gave up.
    pub dead_letters: DeadLetters,
    /// How long a drain may take before the agent stops all the same.
    pub shutdown_timeout: Duration,
    /// The sources, in the file's order; at least one.
    pub sources: Vec<Named<Source>>,
    /// The filters, in the file's order.
    pub filters: Vec<Named<Filter>>,
    /// The sinks, in the file's order.
    pub sinks: Vec<Named<Sink>>,
    /// The pipelines, in the file's order; at least one.
    pub pipelines: Vec<Named<Pipeline>>,
    /// What is allowed, but hardly meant: a source, filter or sink that no pipeline uses.
    pub warnings: Vec<Problem>,
    /// Where each key stands in the file, for problems that only others can find (a component that doesn't load).
    pub positions: Positions,
}

impl Config {
    /// The smallest `memory.ring_bytes` that this configuration could have.
    #[must_use]
    pub fn least_ring_bytes(&self) -> usize {
        settings::least_ring_bytes(&self.batch, &self.sources)
    }
}

/// What is configured under a name of the user's choice.
#[derive(Debug, Clone)]
pub struct Named<T> {
    /// Letters, digits, `_` and `-`, starting with a letter or digit; at most 64. Safe in a file's name and a label.
    pub name: String,
    /// Where the name stands.
    pub position: Position,
    /// What it names.
    pub spec: T,
}

/// The position does not count: a reload compares these to find what changed, and moving a line changes nothing.
impl<T: PartialEq> PartialEq for Named<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.spec == other.spec
    }
}
