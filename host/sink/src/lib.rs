//! The sinks `file`, `stdout` and `blackhole`, and the encodings that records are written in. A *target* is a
//! configured sink; each lane gets its own end of it by `lane()`. Delivered means written: the system has the
//! bytes, the disk perhaps not yet. Knows nothing of pipelines, configuration text or checkpoints.
//!
//! ```text
//! deliver ─▶ held (flush) ─▶ pen (raw | json | msgpack) ─▶ output (one lock) ─▶ regular file
//!                        └─▶ queue ─▶ a thread's pen ─────────────────────────▶ FIFO, terminal, stdout
//! ```

mod blackhole;
mod dead_letters;
mod detached;
mod file;
mod flush;
mod held;
mod inline;
mod output;
mod pen;
mod stdout;

mod attributes;
mod json;
mod msgpack;
mod raw;
mod tokens;

#[cfg(test)]
mod fixture;

pub use blackhole::Blackhole;
pub use dead_letters::DeadLetterFile;
pub use file::{FileConfig, FileTarget};
pub use flush::Flush;
pub use pen::Encoding;
pub use stdout::{StdoutConfig, StdoutTarget};
