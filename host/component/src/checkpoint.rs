//! How far files were delivered, kept from one run of the agent to the next. How it is kept is not said here.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long a file that can't be found is remembered: a file system that is not mounted, a log that comes back.
pub const REMEMBERED: Duration = Duration::from_secs(7 * 24 * 3600);

/// Of so many files at most that a run has parted with: each rotation may leave one, and all are written each second.
pub const MOST_REMEMBERED: usize = 10_000;

/// How far a file was delivered, and how it is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The source's name in the configuration.
    pub source: Arc<str>,
    /// Where the file was found last.
    pub path: PathBuf,
    /// The device that it is on, as stat(2) has it.
    pub device: u64,
    /// Its inode there. Inodes are used again, hence the fingerprint.
    pub inode: u64,
    /// What it begins with.
    pub fingerprint: Fingerprint,
    /// All bytes before this were delivered, dropped on purpose, or both.
    pub offset: u64,
}

/// What a file begins with: it tells a file from one that has got its inode, or has taken its contents' place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// How many of the first bytes it is made of; none where the file was empty.
    pub bytes: u32,
    /// The first eight bytes of their SHA-256.
    pub hash: u64,
}

/// A file that is being read, as far as it was delivered.
pub trait Mark: Send + Sync {
    /// As of now. `None` once the file is over, so that nothing needs to be kept of it.
    fn checkpoint(&self) -> Option<Checkpoint>;

    /// Up to where its records have been cut so far, and up to where all were delivered: numbers that only grow, over
    /// truncations, too.
    fn progress(&self) -> Progress;
}

/// How far a file has come in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// All bytes before this were given to filters, or will be at once.
    pub framed: u64,
    /// All bytes before this were delivered, dropped on purpose, or both.
    pub delivered: u64,
}

/// What is kept of all files.
pub trait Checkpoints: Send + Sync {
    /// What was kept of a source's files by the run before.
    fn kept(&self, source: &str) -> Vec<Checkpoint>;

    /// Keeps this one's, from now on, in place of what was kept of the same file.
    fn keep(&self, mark: Arc<dyn Mark>);

    /// Keeps this as it is, for as long as [`REMEMBERED`] says, in place of the oldest where they are more than
    /// [`MOST_REMEMBERED`]: nobody reads the file any more, but it may come again.
    fn carry(&self, checkpoint: Checkpoint);
}
