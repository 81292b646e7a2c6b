//! Watching files for changes of any kind: written in place, replaced by a rename, a link on the way to them turned
//! elsewhere, removed and put back. Notices by inotify (through `notify`), and by looking once a second, where that
//! can't be had, misses something, or costs more than it is worth.

use super::Request;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often the files are looked at without being told.
const POLL: Duration = Duration::from_secs(1);

/// A file that is being written changes again within this time. A replacement is one step, and waits for no more.
const SETTLE: Duration = Duration::from_millis(10);

/// A file that never comes to rest is loaded as it is.
const SETTLE_AT_MOST: Duration = Duration::from_secs(2);

/// What a file is, as far as it can be seen without reading it: device, inode, size, time of its last change.
type Look = Option<(u64, u64, u64, i64, i64)>;

/// What files were when they were looked at: before they were read, so that no change after that is missed.
#[derive(Default)]
pub(crate) struct Seen(Vec<(PathBuf, Look)>);

impl Seen {
    /// Looks at files that are about to be read.
    pub(crate) fn look(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        self.0.extend(files.into_iter().map(|path| (path.clone(), look(&path))));
    }
}

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// As soon as the system tells.
    Events,
    /// Within a second. For runs that end by themselves: the system takes 16 ms to close what tells of events, and the
    /// process waits for it at its end.
    Looks,
}

/// A thread that watches.
pub(super) struct Watch {
    files: Sender<Note>,
}

enum Note {
    /// Something has happened in a directory.
    Stirred,
    /// These are the files from now on.
    Files(Vec<PathBuf>),
}

impl Watch {
    /// Watches these files; asks for a reload where one changes, or is not what was seen of it.
    pub(super) fn start(seen: Seen, files: Vec<PathBuf>, by: By, requests: Sender<Request>) -> Self {
        let (notes, noted) = channel();
        let watcher = if by == By::Events { tell(notes.clone()) } else { None };
        let mut watcher = Files { watcher, directories: BTreeSet::new(), looks: seen.0 };
        watcher.look_at(files);
        let watch = move || while watcher.wait(&noted, &requests) {};
        if let Err(error) = std::thread::Builder::new().name("watch".into()).spawn(watch) {
            tracing::warn!(%error, "changed files are not noticed; SIGHUP reloads them");
        }
        Self { files: notes }
    }

    /// Watches these files from now on.
    pub(super) fn look_at(&self, files: Vec<PathBuf>) {
        // Where the thread is gone, that was told.
        drop(self.files.send(Note::Files(files)));
    }
}

/// Sends a note for each event.
fn tell(notes: Sender<Note>) -> Option<RecommendedWatcher> {
    let watcher = notify::recommended_watcher(move |_| drop(notes.send(Note::Stirred)));
    watcher.map_err(|error| tracing::warn!(%error, "files are looked at once a second")).ok()
}

struct Files {
    watcher: Option<RecommendedWatcher>,
    directories: BTreeSet<PathBuf>,
    looks: Vec<(PathBuf, Look)>,
}

impl Files {
    /// Waits for a note or the next look; answers whether to go on.
    fn wait(&mut self, noted: &Receiver<Note>, requests: &Sender<Request>) -> bool {
        match noted.recv_timeout(POLL) {
            Ok(Note::Files(files)) => self.look_at(files),
            Ok(Note::Stirred) | Err(RecvTimeoutError::Timeout) => {
                if self.has_changed() {
                    self.settle();
                    return requests.send(Request::Files).is_ok();
                }
            }
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// Takes the looks anew, so that what changed is seen once.
    fn has_changed(&mut self) -> bool {
        let mut has_changed = false;
        for (path, known) in &mut self.looks {
            let found = look(path);
            has_changed |= found != *known;
            *known = found;
        }
        has_changed
    }

    fn settle(&mut self) {
        let started = Instant::now();
        loop {
            std::thread::sleep(SETTLE);
            if !self.has_changed() || started.elapsed() > SETTLE_AT_MOST {
                return;
            }
        }
    }

    /// Keeps the looks of files that stay: what changed in the meantime must be seen.
    fn look_at(&mut self, files: Vec<PathBuf>) {
        let known = |path: &PathBuf| self.looks.iter().find(|(known, _)| known == path).map(|(_, look)| *look);
        self.looks = files
            .into_iter()
            .map(|path| (known(&path).unwrap_or_else(|| look(&path)), path))
            .map(|(look, path)| (path, look))
            .collect();
        let wanted: BTreeSet<PathBuf> = self.looks.iter().flat_map(|(path, _)| directories(path)).collect();
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.directories.difference(&wanted) {
            // One that was removed is watched no more as it is.
            drop(watcher.unwatch(gone));
        }
        for new in wanted.difference(&self.directories) {
            if let Err(error) = watcher.watch(new, RecursiveMode::NonRecursive) {
                tracing::debug!(directory = %new.display(), %error, "it is looked at once a second");
            }
        }
        self.directories = wanted;
    }
}

/// The directories in which a change of the file shows: where its name is, and where links lead.
fn directories(path: &Path) -> Vec<PathBuf> {
    let parent = |path: &Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    let target = std::fs::canonicalize(path).ok();
    [Some(parent(path)), target.as_deref().map(parent)].into_iter().flatten().collect()
}

fn look(path: &Path) -> Look {
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
}

#[cfg(test)]
mod tests;
