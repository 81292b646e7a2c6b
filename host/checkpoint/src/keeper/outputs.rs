//! The files that the agent writes: from where on each is its own, so that a line which a kill has torn can be cut off
//! there; and how long each was at a checkpoint, where its sink delivers exactly once. What was in a file before is never
//! touched.

use super::Shared;
use crate::file::CheckpointError;
use crate::format::Output;
use logagent_component::{Appended, Extent};
use std::fs::Metadata;
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
        self.0.ledger().own_from(&Extent::of(&file)).filter(|&from| from <= file.len())
    }

    /// The file that the agent was last known to write under this path.
    #[must_use]
    pub fn known(&self, path: &Path) -> Option<Extent> {
        self.0.ledger().output(path)
    }

    /// The agent writes the file under this path from now on. Durable once this has returned.
    ///
    /// # Errors
    /// [`CheckpointError`] where it could not be written down.
    pub fn own(&self, path: &Path) -> Result<(), CheckpointError> {
        self.note(path);
        self.0.write()
    }

    /// The same, durable with the next checkpoint: for a lane, which may be what a checkpoint waits for.
    pub fn note(&self, path: &Path) {
        let Some(file) = regular(path) else { return };
        let from = self.own_from(path).unwrap_or(file.len());
        let (path, file) = (path.to_owned(), Extent::of(&file));
        // Another sink may have it written exactly.
        let bytes = self.kept(&path).filter(|kept| kept.is_of_same_file(&file)).map(|kept| kept.bytes);
        self.0.ledger().own(Output::new(path, file, from, bytes));
    }

    /// The agent writes no more, and all that it has written is whole: what comes behind is others'. Durable with the next
    /// checkpoint.
    pub fn leave(&self) {
        for output in self.0.ledger().outputs() {
            if let Some(file) = regular(&output.path).map(|file| Extent::of(&file))
                && output.extent(0).is_of_same_file(&file)
            {
                output.from = file.bytes;
            }
        }
    }

    /// How long the file under this path was at the last checkpoint of the run before: what lies behind is read again.
    /// `None` where that isn't known, and once this run's records move.
    #[must_use]
    pub fn kept(&self, path: &Path) -> Option<Extent> {
        let has_begun = self.0.lanes.get().is_some();
        self.0.ledger().length(path).filter(|_| !has_begun)
    }

    /// Keeps the length of this file, found under this path, with the checkpoints, for as long as it lives. Called within
    /// [`change`](Self::change).
    pub fn follow(&self, path: &Path, file: &Arc<dyn Appended>) {
        self.0.ledger().follow(path.to_owned(), Arc::downgrade(file));
    }

    /// Lets a file be opened whose length is kept, also in the place of another, while nothing is written: what was written
    /// before is complete then, and where the file begins to be this run's is durable once this has returned.
    ///
    /// # Errors
    /// [`CheckpointError`] where it could not be written down; where it is [`CheckpointError::Busy`], nothing was done.
    pub fn change(&self, act: &mut dyn FnMut()) -> Result<(), CheckpointError> {
        self.0.write_after(act)
    }
}

fn regular(path: &Path) -> Option<Metadata> {
    path.metadata().ok().filter(Metadata::is_file)
}
