//! Where a file goes on that the run before has read: what was kept of it, if it is still the same file. Opens what
//! was renamed while no one looked.

use super::identity::Identity;
use logagent_component::{Checkpoint, Checkpoints};
use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What was kept of the files that have not been found yet.
#[derive(Default)]
pub(super) struct Resume {
    kept: HashMap<Identity, Checkpoint>,
}

impl Resume {
    pub(super) fn new(checkpoints: Option<&dyn Checkpoints>, source: &str) -> Self {
        let kept = checkpoints.map(|checkpoints| checkpoints.kept(source)).unwrap_or_default();
        let identified = |it: Checkpoint| (Identity { device: it.device, inode: it.inode }, it);
        Self { kept: kept.into_iter().map(identified).collect() }
    }

    /// Where this file, of `size` bytes, goes on; `None` where it is none that was kept.
    /// The offset of one that is compressed counts what it holds, whatever its size.
    pub(super) fn take(&mut self, identity: Identity, path: &Path, file: &File, size: Option<u64>) -> Option<u64> {
        let kept = self.kept.remove(&identity)?;
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
        directories.into_iter().flat_map(|directory| within(directory, |file| self.kept.contains_key(&file))).collect()
    }
}

/// The paths of these files, whatever their names are, in this directory.
pub(super) fn within(directory: &Path, is_meant: impl Fn(Identity) -> bool) -> Vec<PathBuf> {
    let is_meant = |path: &PathBuf| {
        // A link is found by its target's name.
        let metadata = path.symlink_metadata().ok().filter(|metadata| metadata.is_file());
        metadata.is_some_and(|metadata| is_meant(Identity::of(&metadata)))
    };
    let entries = directory.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(is_meant).collect()
}
