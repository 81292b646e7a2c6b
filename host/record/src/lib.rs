//! The record as it lies in the ring: its descriptor, byte for byte as `wit/LAYOUT.md` has it, and the verdicts
//! that filters answer with. Knows nothing of where records come from, go to, or how the ring keeps them.

mod bodies;
mod descriptor;
mod severity;
mod verdict;

pub use bodies::{Bodies, Cursor, InRun, Run, Runs};
pub use descriptor::{Descriptor, Flags};
pub use severity::{Severities, Severity};
pub use verdict::{Verdict, Vocabulary};
