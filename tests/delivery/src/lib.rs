//! A simulation of delivery: writers, an agent of the real parts, its disk, its clock, and what crashes leave. A seed is
//! one history, the same each time. Nothing here waits, has threads or reads the system's clock for a decision.
//!
//! Real: the lane, its ring and its flights; the file source's discovery, streams, framing, fingerprints and resumption,
//! over files in memory; the file sink behind its opened file (holding back, encoding, writing, syncing, mending); the
//! checkpoints from their marks to their bytes.
//!
//! Doubles, each by what its original promises: the disk that sinks and checkpoints write to (`disk`), a remote
//! destination, filters, the dead letters, the clock. The sink's cutting of a torn line, or of what lies behind
//! the checkpoints, at its start is done here, and so is the lanes' waiting for each other (`exact`).

mod agent;
mod bug;
mod clock;
mod disk;
mod exact;
mod faults;
mod filter;
mod history;
mod letters;
mod logs;
mod memory;
mod plan;
mod remote;
mod told;
mod verdict;

pub use bug::Bug;
pub use history::simulate;
pub use told::Told;
