//! Doubles of sources, filters and sinks that a test holds the other end of, and the oracle that says what a run
//! did to its records. They are strict: each checks that the lane keeps its side of the contract. Nothing of it
//! is used outside of tests.

mod counting;
mod deadline;

mod endless;
mod feed;
mod letters;
mod mounted;
mod names;

mod edits;
mod native;
mod seen;

mod probe;
mod tally;

mod numbered;
mod oracle;

pub use counting::{CountingAllocator, allocated_bytes, allocations};
pub use deadline::{DEADLINE, Patience, receive, until};
pub use edits::{copy, emit, replace, stamp};
pub use endless::Endless;
pub use feed::{FedStream, Feed, feed};
pub use letters::{Letter, Letters};
pub use mounted::Mounted;
pub use names::{stream_info, stream_name};
pub use native::Native;
pub use numbered::{numbered, parse_numbered};
pub use oracle::{Findings, Oracle};
pub use probe::{Arrived, Policy, Probe, probe};
pub use seen::Seen;
pub use tally::{Tally, tally};
