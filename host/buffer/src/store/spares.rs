//! Files of segments that have arrived, kept for the next ones: a file system writes over blocks that it has given out
//! before for far less than it gives out new ones, and a sync of them has no sizes to write down.

use std::fs::{File, OpenOptions};
use std::io::Result;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// While one is written, another may be emptied, and a third may wait: more are never in turn where a sink keeps up.
const MOST: usize = 2;

/// What the names of spare files begin with.
pub(crate) const PREFIX: &str = "spare.";

#[derive(Default)]
pub(super) struct Spares(Mutex<Vec<(PathBuf, u64)>>);

impl Spares {
    /// Keeps a file for later, or removes it.
    pub(super) fn keep(&self, path: &Path) {
        let mut spares = self.lock();
        if spares.len() < MOST {
            let number = (0..MOST).find(|number| !spares.iter().any(|(known, _)| known.ends_with(name(*number))));
            let spare = path.with_file_name(name(number.unwrap_or(0)));
            if let Ok(length) = path.metadata().map(|found| found.len())
                && std::fs::rename(path, &spare).is_ok()
            {
                spares.push((spare, length));
                return;
            }
        }
        // One that is gone already is as well; one that stays is removed at the next start.
        drop(std::fs::remove_file(path));
    }

    /// A file of this name for a new segment, and how long it is.
    pub(super) fn open(&self, path: &Path) -> Result<(File, u64)> {
        let spare = self.lock().pop();
        let mut options = OpenOptions::new();
        options.read(true).write(true).mode(0o600);
        if let Some((spare, length)) = spare
            && std::fs::rename(&spare, path).is_ok()
        {
            return Ok((options.open(path)?, length));
        }
        // One that a failure has left behind holds nothing: a segment's number is used again only where that is so.
        Ok((options.create(true).truncate(true).open(path)?, 0))
    }

    /// Gives the space back that they take.
    pub(super) fn clear(&self) {
        for (path, _) in self.lock().drain(..) {
            drop(std::fs::remove_file(path));
        }
    }

    /// How much space they take.
    pub(super) fn bytes(&self) -> u64 {
        self.lock().iter().map(|(_, bytes)| bytes).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(PathBuf, u64)>> {
        // A list can't be left half changed by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn name(number: usize) -> String {
    format!("{PREFIX}{number}")
}
