//! What makes a file or directory the same one under another name. What it begins with is `fingerprint`.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::time::SystemTime;

/// A file as the system tells it from all others that exist: no two open files share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl Identity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// A directory that isn't held open. Its inode may be used again as soon as it is gone, hence its birth, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    identity: Identity,
    born: Option<SystemTime>,
}

impl Directory {
    /// `None` where it is no directory.
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        let directory = || Self { identity: Identity::of(metadata), born: metadata.created().ok() };
        metadata.is_dir().then(directory)
    }
}
