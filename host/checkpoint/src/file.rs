//! The file and the one before it: written so that one of both is whole at any moment.

use crate::directory::Directory;
use crate::format::{self, Checkpointed, FormatError};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why checkpoints could not be written, or read.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The system does not let them.
    #[error("{}: {action}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was being done: `open`, `write`, `sync` …
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Records are in flight, and stay so for now: what was written can't be told from what was delivered.
    #[error(
        "a sink does not confirm what it has, and nothing can be written down exactly until it does: `logagentctl status` says which waits"
    )]
    Busy,
    /// What is there is none.
    #[error("{}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: FormatError,
    },
}

/// The file, in its directory.
#[derive(Clone)]
pub(crate) struct CheckpointFile {
    directory: Arc<dyn Directory>,
}

/// What was found at the start.
pub(crate) struct Found {
    pub(crate) all: Option<Checkpointed>,
    /// The file itself was not to be used, and why; `all` is what the one before says, if any.
    pub(crate) damaged: Option<CheckpointError>,
}

const NAME: &str = "checkpoints";
/// The last but one.
const BEFORE: &str = "checkpoints.before";
const FRESH: &str = "checkpoints.new";
const LINK: &str = "checkpoints.link";

impl CheckpointFile {
    pub(crate) fn new(directory: Arc<dyn Directory>) -> Self {
        Self { directory }
    }

    /// Reads the file, or where it is damaged, the one before.
    pub(crate) fn read(&self) -> Found {
        match self.read_one(NAME) {
            Ok(all) => Found { all, damaged: None },
            Err(error) => Found { all: self.read_one(BEFORE).ok().flatten(), damaged: Some(error) },
        }
    }

    fn read_one(&self, name: &str) -> Result<Option<Checkpointed>, CheckpointError> {
        let path = self.directory.path(name);
        match self.directory.read(name) {
            Ok(bytes) => format::read(&bytes).map(Some).map_err(|source| CheckpointError::Format { path, source }),
            Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CheckpointError::Io { path, action: "read", source }),
        }
    }

    /// Writes the file anew: durable once this has returned (rename(2), fsync(2)). What was there is the one before then.
    pub(crate) fn write(&self, all: &Checkpointed) -> Result<(), CheckpointError> {
        let failed = |name: &str, action| {
            let path = self.directory.path(name);
            move |source| CheckpointError::Io { path, action, source }
        };
        self.directory.make().map_err(failed("", "make"))?;
        self.directory.write(FRESH, &format::write(all)).map_err(failed(FRESH, "write"))?;
        self.keep_before().map_err(failed(NAME, "link"))?;
        self.directory.rename(FRESH, NAME).map_err(failed(NAME, "rename"))?;
        self.directory.sync().map_err(failed("", "sync"))
    }

    /// A second name for the file that is about to be replaced: at no moment is there none under the first.
    fn keep_before(&self) -> io::Result<()> {
        match self.directory.remove(LINK) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match self.directory.link(NAME, LINK) {
            Ok(()) => self.directory.rename(LINK, BEFORE),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes both away: the next run is to begin anew.
    pub(crate) fn remove(&self) -> Result<(), CheckpointError> {
        for name in [NAME, BEFORE] {
            match self.directory.remove(name) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(CheckpointError::Io { path: self.directory.path(name), action: "remove", source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}
