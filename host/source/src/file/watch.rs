//! What the system tells of changes, as it comes: new bytes go to the stream's lane at once, all else asks
//! discovery to look. Events are hints, never the truth: discovery finds the same by itself, only later.

use super::identity::Directory;
use super::open::OpenFile;
use super::patterns::Patterns;
use logagent_component::Signal;
use notify::event::{CreateKind, Event, EventKind, ModifyKind, RemoveKind};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The open files by every path under which an event may name them.
pub(super) type Paths = HashMap<PathBuf, Arc<OpenFile>>;

/// The watched directories and the thread that hears of them.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    paths: Arc<Mutex<Paths>>,
    directories: HashMap<PathBuf, Directory>,
    is_complete: bool,
}

/// The end that lives on the watcher's thread.
struct Listener {
    paths: Arc<Mutex<Paths>>,
    patterns: Arc<Patterns>,
    signal: Arc<Signal>,
}

impl Watch {
    /// Watches nothing yet.
    pub(super) fn new(patterns: &Arc<Patterns>, signal: &Arc<Signal>) -> Self {
        let paths = Arc::<Mutex<Paths>>::default();
        let listener = Listener { paths: paths.clone(), patterns: patterns.clone(), signal: signal.clone() };
        let watcher = notify::recommended_watcher(move |event| listener.hear(event));
        let mut watch = Self { watcher: None, paths, directories: HashMap::new(), is_complete: true };
        match watcher {
            Ok(watcher) => watch.watcher = Some(watcher),
            Err(error) => watch.give_up(&error),
        }
        watch
    }

    /// Hears nothing: whoever has it looks by itself.
    pub(super) fn deaf() -> Self {
        Self { watcher: None, paths: Arc::default(), directories: HashMap::new(), is_complete: true }
    }

    /// Whether all directories are watched, so that looking often would be waste.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Replaces the files that events may name.
    pub(super) fn know(&self, paths: Paths) {
        let earlier = std::mem::replace(&mut *lock(&self.paths), paths);
        // Thousands of entries, for which the watcher's thread need not wait.
        drop(earlier);
    }

    /// Watches these directories, and no others.
    pub(super) fn cover(&mut self, candidates: Vec<PathBuf>) {
        let mut earlier = std::mem::take(&mut self.directories);
        for path in candidates {
            let Some(now) = std::fs::metadata(&path).ok().and_then(|metadata| Directory::of(&metadata)) else {
                continue;
            };
            if earlier.remove(&path) != Some(now) && !self.directories.contains_key(&path) {
                self.watch(&path);
            }
            self.directories.insert(path, now);
        }
        for path in earlier.into_keys() {
            // A directory that is gone has lost its watch already.
            let _ = self.watcher.as_mut().map(|watcher| watcher.unwatch(&path));
        }
    }

    fn watch(&mut self, path: &Path) {
        let Some(watcher) = &mut self.watcher else { return };
        // The name may have been watched for a directory that has moved away.
        let _ = watcher.unwatch(path);
        match watcher.watch(path, RecursiveMode::NonRecursive) {
            Err(error) if !matches!(error.kind, ErrorKind::PathNotFound) => self.give_up(&error),
            _ => {}
        }
    }

    fn give_up(&mut self, error: &notify::Error) {
        if std::mem::replace(&mut self.is_complete, false) {
            tracing::warn!(%error, "can't watch every directory for changes, looking more often instead");
        }
    }
}

impl Listener {
    fn hear(&self, event: notify::Result<Event>) {
        if event.is_ok_and(|event| !self.asks_for_a_look(&event)) {
            return;
        }
        self.signal.raise();
    }

    /// Answers new bytes itself. This runs for each write(2) of each file.
    fn asks_for_a_look(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::Modify(ModifyKind::Data(_)) => {
                let paths = lock(&self.paths);
                event.paths.iter().filter_map(|path| paths.get(path)).for_each(|file| file.ready.raise());
                false
            }
            // Discovery's own looking causes these.
            EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)) => false,
            // A busy directory like /tmp has many files that are no one's business here.
            EventKind::Create(CreateKind::File) | EventKind::Remove(RemoveKind::File) => {
                event.paths.iter().any(|path| self.patterns.includes(path) || lock(&self.paths).contains_key(path))
            }
            _ => true,
        }
    }
}

fn lock(paths: &Mutex<Paths>) -> std::sync::MutexGuard<'_, Paths> {
    // The map is only ever replaced as a whole.
    paths.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::until;
    use std::fs::{create_dir, rename, write};

    #[test]
    fn a_directory_that_has_taken_anothers_name_is_watched_in_its_place() {
        let root = tempfile::tempdir().unwrap();
        let (directory, path) = (root.path().join("d"), root.path().join("d/a.log"));
        let patterns = Arc::new(Patterns::new(&[path.to_string_lossy().into_owned()], &[]).unwrap());
        let mut watch = Watch::new(&patterns, &Arc::default());
        for round in 0..3 {
            create_dir(&directory).unwrap();
            write(&path, "").unwrap();
            let file = Arc::new(OpenFile::open(&path, 0, &"s".into()).unwrap().unwrap().0);
            watch.cover(vec![directory.clone()]);
            watch.know(Paths::from([(path.clone(), file.clone())]));
            file.ready.clear();
            write(&path, "grown").unwrap();
            until("an event", || file.ready.is_raised());
            rename(&directory, root.path().join(format!("old{round}"))).unwrap();
        }
        assert!(watch.is_complete());
    }

    #[test]
    fn a_directory_that_can_not_be_watched_is_no_failure_but_makes_looking_worthwhile() {
        let mut watch = Watch::new(&Arc::new(Patterns::new(&[], &[]).unwrap()), &Arc::default());
        watch.cover(vec!["/nowhere".into()]);
        assert!(watch.is_complete(), "what isn't there is looked for in any case");
        watch.give_up(&notify::Error::new(ErrorKind::MaxFilesWatch));
        assert!(!watch.is_complete());
    }
}
