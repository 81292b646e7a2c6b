//! What exact delivery into files needs of others: files whose lengths are kept with the checkpoints, and lanes that
//! stand still while both are looked at. How it is kept is not said here.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::time::{Duration, UNIX_EPOCH};

/// A file, and how long it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The device that it is on, as stat(2) has it.
    pub device: u64,
    /// Its inode there, which another file gets when this one is gone.
    pub inode: u64,
    /// When it was made, in nanoseconds since the Unix epoch, where the file system says so: other files with its inode
    /// were made at other times.
    pub born: Option<u64>,
    /// Its length.
    pub bytes: u64,
}

impl Extent {
    /// As stat(2) has it.
    #[must_use]
    pub fn of(found: &Metadata) -> Self {
        Self { device: found.dev(), inode: found.ino(), born: born(found), bytes: found.len() }
    }

    /// Whether both are the same file, however long.
    #[must_use]
    pub fn is_of_same_file(&self, other: &Self) -> bool {
        let born = self.born.zip(other.born);
        (self.device, self.inode) == (other.device, other.inode) && born.is_none_or(|(one, other)| one == other)
    }
}

/// As statx(2) has it.
fn born(found: &Metadata) -> Option<u64> {
    let since = found.created().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since.as_nanos()).ok()
}

/// A file that a sink appends to.
pub trait Appended: Send + Sync {
    /// Which it is now, and how long.
    ///
    /// # Errors
    /// The system's.
    fn extent(&self) -> io::Result<Extent>;

    /// Brings all that was written to the disk, without holding up who writes.
    ///
    /// # Errors
    /// The system's. What it could not bring there it has forgotten: the sink is not to be written any more.
    fn sync(&self) -> io::Result<()>;
}

/// All that takes records from sources to sinks, to be stopped for a moment.
pub trait Lanes: Send + Sync {
    /// Does this while nothing is read, and all that was read is where it belongs; answers whether that came about
    /// within so long a time, in which they are asked to come to rest. They go on then, whatever came of it.
    fn while_still(&self, patience: Duration, act: &mut dyn FnMut()) -> bool;
}
