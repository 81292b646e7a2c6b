//! The directory that checkpoints lie in, one step at a time, so that a test can let the power be cut after each. Says
//! nothing of the order of the steps, nor of what is in the files.

use logagent_failpoint::{self as failpoint, Point};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Result, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A directory of small files. Each step fails as the system call does that it is named after.
#[expect(clippy::missing_errors_doc, reason = "they are the system's, and said once above")]
pub trait Directory: Send + Sync {
    /// Where a file is, for people. An empty name is the directory.
    fn path(&self, name: &str) -> PathBuf;

    /// Makes the directory where it is missing, for its owner alone.
    fn make(&self) -> Result<()>;

    /// All of a file.
    fn read(&self, name: &str) -> Result<Vec<u8>>;

    /// Makes a file, or writes it anew; its bytes, but not its name, survive a power cut once this has returned.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<()>;

    /// Gives a file a second name, which must not be taken.
    fn link(&self, from: &str, to: &str) -> Result<()>;

    /// Gives a file another name, in place of any that has it.
    fn rename(&self, from: &str, to: &str) -> Result<()>;

    /// Takes a name away.
    fn remove(&self, name: &str) -> Result<()>;

    /// The names as they are now survive a power cut once this has returned.
    fn sync(&self) -> Result<()>;
}

/// One of the system's.
pub(crate) struct SystemDirectory(pub(crate) PathBuf);

impl Directory for SystemDirectory {
    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.0.clone() } else { self.0.join(name) }
    }

    fn make(&self) -> Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.0)
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        std::fs::read(self.path(name))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(self.path(name))?;
        failpoint::pass(Point::CheckpointWriteBefore);
        failpoint::pass_having(Point::CheckpointWriteMiddle, || drop(file.write_all(&bytes[..bytes.len() / 2])));
        file.write_all(bytes)?;
        failpoint::pass(Point::CheckpointWriteAfter);
        file.sync_all()?;
        failpoint::pass(Point::CheckpointSyncAfter);
        Ok(())
    }

    fn link(&self, from: &str, to: &str) -> Result<()> {
        std::fs::hard_link(self.path(from), self.path(to))
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        failpoint::pass(Point::CheckpointRenameBefore);
        std::fs::rename(self.path(from), self.path(to))?;
        failpoint::pass(Point::CheckpointRenameAfter);
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<()> {
        std::fs::remove_file(self.path(name))
    }

    fn sync(&self) -> Result<()> {
        File::open(Path::new(&self.0))?.sync_all()?;
        failpoint::pass(Point::CheckpointDirectoryAfter);
        Ok(())
    }
}
