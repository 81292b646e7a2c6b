//! A state map in one file: written as a whole or not at all, and read back as a whole or not at all. docs/state.md
//! ("On disk") is the format. Not for when: the agent decides that, and brings the time.

mod format;

mod block;

mod replace;
mod save;

mod cursor;
mod read;
mod restore;

pub use read::DamageError;
pub use restore::{RestoreError, Restored, restore};
pub use save::{SaveError, Saved, save};

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Moves a file that [`restore`] refused out of the way of the next snapshot, for inspection: beside it, with
/// `.refused` behind its name. One that was refused before is replaced, so that they don't add up.
///
/// # Errors
/// The system's, where it has no such file, or can't rename it.
pub fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = beside(path, ".refused")?;
    std::fs::rename(path, &aside)?;
    Ok(aside)
}

/// The path with this behind its name.
fn beside(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "the path names no file"))?;
    let mut name = name.to_owned();
    name.push(suffix);
    Ok(path.with_file_name(name))
}

#[cfg(test)]
mod tests;
