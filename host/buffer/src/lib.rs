//! A sink's buffer on the disk: deliveries are appended to segments and confirmed, and a thread empties the segments
//! into the sink behind, at that sink's pace, over failures and restarts. Knows nothing of what that sink is, nor of
//! configuration text.
//!
//! ```text
//! deliver ─▶ packer ─▶ store (one lock): segments on the disk ─▶ reader ─▶ ring ─▶ the sink behind ─▶ position
//!                        │ what can't be written waits, and holds its lane's ring
//!                        └ keeper: fdatasync, tries again, drops what is too old
//! ```
//!
//! docs/buffers.md says what is promised; `format` how it lies on the disk.

mod settings;

mod buffers;
mod target;

mod store;

mod keeper;

mod control;
mod drain;
mod outgoing;

mod inspect;
mod leftover;
mod recover;

pub mod fuzzing;

mod books;
mod disk;
mod error;
mod format;
mod key;
mod pack;
mod position;
mod quarantine;
mod walk;

#[cfg(test)]
mod fixture;

pub use buffers::Buffers;
pub use control::Open;
pub use error::BufferError;
pub use inspect::{Inspection, PositionView, SegmentView, inspect, verify};
pub use key::check_key;
pub use leftover::tell_leftovers;
pub use logagent_component::Fsync;
pub use settings::{BufferConfig, Letterbox, Settings, WhenFull};
pub use target::{BufferTarget, Panicked};
