//! One moment's view of what was read and of what was written: positions in inputs, and lengths of outputs whose sinks
//! deliver exactly once. "What lies before these positions is in the outputs before these lengths, and nothing else."

use super::Shared;
use crate::file::CheckpointError;
use crate::format::Checkpointed;
use logagent_component::{Appended, Extent};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How long lanes may take to come to rest. Most have confirmed all that they read within a few milliseconds; those that
/// have come wait for the others meanwhile, so a sink that stalls must not hold them for long.
const PATIENCE: Duration = Duration::from_millis(200);

/// An output whose sink is open and delivers exactly once.
pub(super) type Exact = (PathBuf, Arc<dyn Appended>);

impl Shared {
    /// Writes what is to be kept now, if it is not what was written last.
    pub(super) fn write(&self) -> Result<(), CheckpointError> {
        let _turn = self.turn();
        let exact = self.ledger().exact();
        if exact.is_empty() {
            return self.put_down(self.look(&exact)?, &exact);
        }
        let mut found = Ok(None);
        self.while_still(&mut || found = self.look(&exact))?;
        self.put_down(found?, &exact)
    }

    /// Does this while nothing is in flight, and has it written what is to be kept then before anything moves.
    pub(super) fn write_after(&self, act: &mut dyn FnMut()) -> Result<(), CheckpointError> {
        let _turn = self.turn();
        let mut written = Ok(());
        self.while_still(&mut || {
            act();
            let exact = self.ledger().exact();
            written = self.look(&exact).and_then(|found| self.put_down(found, &exact));
        })?;
        written
    }

    /// Does this at one moment for all lanes, if they run yet.
    fn while_still(&self, act: &mut dyn FnMut()) -> Result<(), CheckpointError> {
        match self.lanes.get().and_then(Option::as_ref) {
            Some(lanes) => lanes.while_still(PATIENCE, act).then_some(()).ok_or(CheckpointError::Busy),
            None => {
                act();
                Ok(())
            }
        }
    }

    fn look(&self, exact: &[Exact]) -> Result<Option<Checkpointed>, CheckpointError> {
        let extents = exact.iter().map(extent).collect::<Result<Vec<_>, _>>()?;
        let mut ledger = self.ledger();
        if self.lanes.get().is_some() {
            // All outputs that there are have been opened. What grows no more would fall behind the positions.
            ledger.forget_lengths();
        }
        for (path, extent) in extents {
            ledger.note_length(path, extent);
        }
        let found = ledger.changed(super::unix_seconds());
        Ok(found.map(|(files, outputs)| Checkpointed { once: self.once, files, outputs }))
    }

    /// Outputs first: the disk must not know of more than it has.
    fn put_down(&self, found: Option<Checkpointed>, exact: &[Exact]) -> Result<(), CheckpointError> {
        let Some(all) = found else { return Ok(()) };
        for (path, file) in exact {
            file.sync().map_err(|source| CheckpointError::Io { path: path.clone(), action: "sync", source })?;
        }
        self.file.write(&all)?;
        self.ledger().written(all);
        Ok(())
    }
}

fn extent((path, file): &Exact) -> Result<(PathBuf, Extent), CheckpointError> {
    let extent = file.extent();
    let extent = extent.map_err(|source| CheckpointError::Io { path: path.clone(), action: "look at", source })?;
    Ok((path.clone(), extent))
}

#[cfg(test)]
mod tests;
