//! Why a buffer can't be used.

use logagent_component::SinkError;
use std::io;
use std::path::PathBuf;

/// Why a buffer can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum BufferError {
    /// The system does not let it.
    #[error("{}: {action}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was being done: `make`, `open`, `read` …
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// Someone else has it.
    #[error("{}: another agent, or a sink that was just taken out, uses this buffer; try again once it is gone", path.display())]
    InUse {
        /// The directory.
        path: PathBuf,
    },
    /// The key file holds no key.
    #[error("encryption.key_file {}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// What is there was encrypted with another key.
    #[error("{} was encrypted with another key than that of encryption.key_file; put that key back, or move the \
        buffer's directory away", path.display())]
    WrongKey {
        /// The segment.
        path: PathBuf,
    },
    /// What is there is encrypted, and no key is configured.
    #[error("{} is encrypted; name its key in encryption.key_file, or move the buffer's directory away", path.display())]
    NoKey {
        /// The segment.
        path: PathBuf,
    },
    /// A buffer in use can't change this.
    #[error("buffer: encryption can't change while the buffer is in use; this change needs a restart")]
    Encryption,
    /// The sink that it empties into can't be opened.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The memory that records pass through can't be had.
    #[error(transparent)]
    Ring(#[from] logagent_ring::RingError),
}

impl BufferError {
    pub(crate) fn io(path: impl Into<PathBuf>, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, action, source }
    }
}
