//! What becomes of files that no pattern finds any more: who was deleted is read to its end and forgotten, who may come
//! again is remembered. Where nothing can be known, because a directory can't be listed, nothing is concluded.

use super::Discovery;
use crate::file::descriptors::Descriptors;
use crate::file::identity::Identity;
use crate::file::resume::within;
use crate::file::tracked::Tracked;
use logagent_component::{Mark, REMEMBERED};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

impl Discovery {
    /// Looks after the files that this look has found no path for.
    pub(super) fn part(&mut self, now: Instant) {
        self.resume.forget_old(now);
        let (mut directories, mut over) = (Directories::default(), Vec::new());
        for (identity, known) in self.files.iter_mut().filter(|(_, known)| known.found_by != self.looks) {
            if known.file.closed_at().is_some() {
                over.push(*identity);
            } else {
                let metadata = known.file.handle.get().and_then(|file| file.metadata().ok());
                known.is_deleted = metadata.as_ref().is_some_and(|metadata| metadata.nlink() == 0);
                known.is_away = !known.is_deleted && directories.have_lost(known);
                if !known.is_away {
                    directories.open_renamed(*identity, known, &mut self.descriptors);
                }
                let patience = if known.is_away { REMEMBERED } else { self.retire };
                // A size that can't be had any more (NFS) is none that changes.
                let size = metadata.map_or_else(|| known.file.read_to(), |metadata| metadata.len());
                known.is_lost(size, now, patience);
            }
        }
        over.into_iter().for_each(|identity| self.leave(identity, now));
    }

    /// Nobody reads this file any more.
    fn leave(&mut self, identity: Identity, now: Instant) {
        let Some(known) = self.files.remove(&identity) else { return };
        if let Some(checkpoint) = known.file.checkpoint().filter(|_| !known.is_deleted) {
            if let Some(checkpoints) = &self.config.checkpoints {
                // Before the mark forgets it: kept twice for a moment rather than not at all.
                checkpoints.carry(checkpoint.clone());
            }
            self.resume.leave(identity, checkpoint, now);
        }
        known.file.forget();
    }
}

/// What one look has learnt of the directories in which files were missed.
#[derive(Default)]
struct Directories {
    can_be_listed: HashMap<PathBuf, bool>,
    files: HashMap<PathBuf, HashMap<Identity, PathBuf>>,
}

impl Directories {
    /// Opens a file that was renamed while its descriptor was closed.
    fn open_renamed(&mut self, identity: Identity, known: &Tracked, descriptors: &mut Descriptors) {
        if known.file.handle.is_open() {
            return;
        }
        let renamed = self.files(parent(&known.path)).get(&identity);
        if renamed.is_some_and(|path| known.file.unpark(path)) {
            descriptors.take(known.file.clone());
        }
    }

    /// Whether the file may be where it was, for all that can be seen.
    fn have_lost(&mut self, known: &Tracked) -> bool {
        let is_hidden = known.path.metadata().is_err_and(|error| error.kind() != ErrorKind::NotFound);
        let mut paths = [Some(&known.path), known.target.as_ref()].into_iter().flatten();
        is_hidden || paths.any(|path| !self.can_be_listed(parent(path)))
    }

    fn can_be_listed(&mut self, directory: &Path) -> bool {
        let list = || directory.read_dir().is_ok_and(|mut entries| entries.all(|entry| entry.is_ok()));
        *self.can_be_listed.entry(directory.to_owned()).or_insert_with(list)
    }

    fn files(&mut self, directory: &Path) -> &HashMap<Identity, PathBuf> {
        self.files.entry(directory.to_owned()).or_insert_with(|| within(directory).collect())
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}
