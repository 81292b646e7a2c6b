//! The files that the agent writes: from where on each is its own, so that a line which a kill has torn can be cut off
//! there. What was in a file before is never touched.

use super::Shared;
use crate::file::CheckpointError;
use crate::format::Output;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;

/// What sinks ask of the runs before, and leave for those to come.
#[derive(Clone)]
pub struct Outputs(Arc<Shared>);

impl Outputs {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// From which byte on the file under this path was written by the agent alone; `None` where it never was, or is
    /// shorter by now.
    #[must_use]
    pub fn own_from(&self, path: &Path) -> Option<u64> {
        let file = regular(path)?;
        self.0.ledger().own_from(file.dev(), file.ino()).filter(|&from| from <= file.len())
    }

    /// The agent writes the file under this path from now on. Durable once this has returned.
    ///
    /// # Errors
    /// [`CheckpointError`] where it could not be written down.
    pub fn own(&self, path: &Path) -> Result<(), CheckpointError> {
        let Some(file) = regular(path) else { return Ok(()) };
        let from = self.own_from(path).unwrap_or(file.len());
        let output = Output { path: path.to_owned(), device: file.dev(), inode: file.ino(), from };
        self.0.ledger().own(output);
        self.0.write()
    }
}

fn regular(path: &Path) -> Option<Metadata> {
    path.metadata().ok().filter(Metadata::is_file)
}
