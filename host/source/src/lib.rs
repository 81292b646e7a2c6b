//! The sources of LogAgent: files that are followed, and standard input. They find streams, read their bytes into
//! the space that a lane offers, and cut them into records. What becomes of the records, how often a lane asks,
//! and where checkpoints are kept is not known here.

mod attributes;
mod cri;
mod file;
mod lines;
mod multiline;
mod ready;
mod stdin;
#[cfg(test)]
mod testing;

pub use file::{BadPattern, FileSource, FileSourceConfig, Patterns, ReadFrom, SteppedFiles};
pub use lines::Lines;
pub use multiline::{Multiline, Preset};
pub use stdin::StdinSource;
