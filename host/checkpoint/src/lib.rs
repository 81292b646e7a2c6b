//! Checkpoints on disk: how far each file was delivered, so that the next run goes on there. One small file, written
//! anew each time something has changed. Not for deciding what was delivered: lanes do, by what sinks confirm.

mod directory;
mod file;
mod format;
mod keeper;

pub use directory::Directory;
pub use file::CheckpointError;
pub use keeper::{Deliveries, Keeper, Outputs};
