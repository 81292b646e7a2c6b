//! The sinks `file`, `stdout` and `blackhole`, and the encodings that records are written in. A *target* is a
//! configured sink; each lane gets its own end of it by `lane()`. Delivered means written: the system has the
//! bytes, and the disk where `fsync` asks for it. Knows nothing of pipelines, configuration text or checkpoints.
//!
//! ```text
//! deliver ─▶ held (flush) ─▶ pen (raw | json | msgpack) ─▶ output (one lock) ─▶ medium: regular file, rotated
//!                        └─▶ queue ─▶ a thread's pen ─────────────────────────▶ FIFO, terminal, stdout
//! ```

mod attempts;
mod blackhole;
mod dead_letters;
mod file;
mod stdout;

mod detached;
mod flush;
mod held;
mod inline;
mod over;
mod pen;
mod shed;

mod clock;
mod failure;
mod medium;
mod output;

mod attributes;
mod json;
mod msgpack;
mod raw;
mod tokens;

#[cfg(test)]
mod fixture;

pub use blackhole::Blackhole;
pub use clock::Steady;
pub use dead_letters::DeadLetterFile;
pub use file::{FileConfig, FileTarget, Mode, OnBegun, Rotate, has_rotated, put_aside_name};
pub use flush::Flush;
pub use logagent_component::Fsync;
pub use over::{Disk, Over, sink_over};
pub use pen::Encoding;
pub use shed::{Brimful, Shed, ShedConfig, ShedPolicy};
pub use stdout::{StdoutConfig, StdoutTarget};
