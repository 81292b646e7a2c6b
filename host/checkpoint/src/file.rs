//! The file and the one before it: written so that one of both is whole at any moment.

use crate::format::{self, Checkpointed, FormatError};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

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
    /// What is there is none.
    #[error("{}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: FormatError,
    },
}

/// Where the file is.
#[derive(Clone, Debug)]
pub(crate) struct CheckpointFile {
    directory: PathBuf,
}

/// What was found at the start.
pub(crate) struct Found {
    pub(crate) all: Option<Checkpointed>,
    /// The file itself was not to be used, and why; `all` is what the one before says, if any.
    pub(crate) damaged: Option<CheckpointError>,
}

impl CheckpointFile {
    pub(crate) fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    fn path(&self) -> PathBuf {
        self.directory.join("checkpoints")
    }

    /// The last but one.
    fn before(&self) -> PathBuf {
        self.directory.join("checkpoints.before")
    }

    /// Reads the file, or where it is damaged, the one before.
    pub(crate) fn read(&self) -> Found {
        match read(&self.path()) {
            Ok(all) => Found { all, damaged: None },
            Err(error) => Found { all: read(&self.before()).ok().flatten(), damaged: Some(error) },
        }
    }

    /// Writes the file anew: durable once this has returned (rename(2), fsync(2)). What was there is the one before then.
    pub(crate) fn write(&self, all: &Checkpointed) -> Result<(), CheckpointError> {
        let (path, fresh) = (self.path(), self.directory.join("checkpoints.new"));
        let failed = |path: &Path, action| {
            let path = path.to_owned();
            move |source| CheckpointError::Io { path, action, source }
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)
            .map_err(failed(&self.directory, "make"))?;
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&fresh).map_err(failed(&fresh, "open"))?;
        file.write_all(&format::write(all)).map_err(failed(&fresh, "write"))?;
        file.sync_all().map_err(failed(&fresh, "sync"))?;
        self.keep_before().map_err(failed(&path, "link"))?;
        std::fs::rename(&fresh, &path).map_err(failed(&path, "rename"))?;
        let directory = File::open(&self.directory).map_err(failed(&self.directory, "open"))?;
        directory.sync_all().map_err(failed(&self.directory, "sync"))
    }

    /// A second name for the file that is about to be replaced: at no moment is there none under the first.
    fn keep_before(&self) -> io::Result<()> {
        let link = self.directory.join("checkpoints.link");
        match std::fs::remove_file(&link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        match std::fs::hard_link(self.path(), &link) {
            Ok(()) => std::fs::rename(&link, self.before()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Takes both away: the next run is to begin anew.
    pub(crate) fn remove(&self) -> Result<(), CheckpointError> {
        for path in [self.path(), self.before()] {
            match std::fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(CheckpointError::Io { path, action: "remove", source });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn read(path: &Path) -> Result<Option<Checkpointed>, CheckpointError> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let all = format::read(&bytes);
            all.map(Some).map_err(|source| CheckpointError::Format { path: path.to_owned(), source })
        }
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CheckpointError::Io { path: path.to_owned(), action: "read", source }),
    }
}
