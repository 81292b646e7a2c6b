//! Where a file goes on that was read before: what was kept of it, by the run before or by this one when it parted with
//! it, if it is still the same file. Finds what was renamed while no one looked.

use super::identity::Identity;
use logagent_component::{Checkpoint, Checkpoints, MOST_REMEMBERED, REMEMBERED};
use std::collections::HashMap;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// What was kept of the files that have not been found yet.
pub(super) struct Resume {
    /// By the run before.
    kept: HashMap<Identity, Checkpoint>,
    /// By this one, and since when. Not searched for under other names: these were read to their end.
    left: HashMap<Identity, (Checkpoint, Instant)>,
}

impl Resume {
    pub(super) fn new(checkpoints: Option<&dyn Checkpoints>, source: &str) -> Self {
        let kept = checkpoints.map(|checkpoints| checkpoints.kept(source)).unwrap_or_default();
        let identified = |it: Checkpoint| (Identity { device: it.device, inode: it.inode }, it);
        Self { kept: kept.into_iter().map(identified).collect(), left: HashMap::new() }
    }

    /// Nobody finds or reads this file any more, but it may come again.
    pub(super) fn leave(&mut self, identity: Identity, checkpoint: Checkpoint, now: Instant) {
        self.left.insert(identity, (checkpoint, now));
        if self.left.len() > MOST_REMEMBERED
            && let Some((&oldest, _)) = self.left.iter().min_by_key(|(_, (_, since))| *since)
        {
            self.left.remove(&oldest);
        }
    }

    /// Those that were left long ago don't come again.
    pub(super) fn forget_old(&mut self, now: Instant) {
        self.left.retain(|_, (_, since)| now.saturating_duration_since(*since) < REMEMBERED);
    }

    /// Where this file, of `size` bytes, goes on; `None` where it is none that was kept.
    /// The offset of one that is compressed counts what it holds, whatever its size.
    pub(super) fn take(&mut self, identity: Identity, path: &Path, file: &File, size: Option<u64>) -> Option<u64> {
        let left = self.left.remove(&identity).map(|(checkpoint, _)| checkpoint);
        let kept = self.kept.remove(&identity).or(left)?;
        if kept.offset == 0 {
            // Nothing was delivered of it: whose file it was doesn't matter.
            return Some(0);
        }
        let is_same = super::fingerprint::is_of(kept.fingerprint, file).unwrap_or(false);
        let path = path.display();
        let size = size.unwrap_or(u64::MAX);
        if is_same && kept.offset <= size {
            return Some(kept.offset);
        }
        if is_same {
            tracing::warn!(%path, delivered = kept.offset, size, "file was truncated since, reading it from its start");
        } else {
            tracing::info!(%path, "another file has taken the place of one that was read, reading it from its start");
        }
        Some(0)
    }

    /// The paths of files that the patterns did not find, under whatever name they have now in their directories: what
    /// was rotated away while no one looked is read to its end.
    pub(super) fn renamed(&self) -> Vec<PathBuf> {
        let mut directories: Vec<&Path> = self.kept.values().filter_map(|kept| kept.path.parent()).collect();
        directories.sort_unstable();
        directories.dedup();
        let files = directories.into_iter().flat_map(within);
        files.filter(|(file, _)| self.kept.contains_key(file)).map(|(_, path)| path).collect()
    }

    #[cfg(test)]
    pub(super) fn count_left(&self) -> usize {
        self.left.len()
    }
}

/// The files in this directory, whatever their names are.
pub(super) fn within(directory: &Path) -> impl Iterator<Item = (Identity, PathBuf)> + use<> {
    let identified = |path: PathBuf| {
        // A link is found by its target's name.
        let metadata = path.symlink_metadata().ok().filter(Metadata::is_file)?;
        Some((Identity::of(&metadata), path))
    };
    let entries = directory.read_dir().into_iter().flatten().flatten();
    entries.filter_map(move |entry| identified(entry.path()))
}
