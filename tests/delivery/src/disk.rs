//! A disk with a page cache: what was written is there until the power is cut, what was synced is there afterwards. Names
//! are as in a journaling file system: their changes survive in the order in which they were made, those that were
//! synced at least. Files that are appended to lose a tail that was not synced, from any byte on.

use crate::faults::Faults;
use logagent_checkpoint::Directory;
use logagent_component::Extent;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A disk, and everyone's hold of it.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<State>>);

type Names = BTreeMap<String, usize>;

struct State {
    /// By number; one without a name is still there for who has it open.
    files: Vec<File>,
    names: Names,
    durable_names: Names,
    /// All names after each change that was not synced.
    changes: Vec<Names>,
    faults: Faults,
}

#[derive(Default)]
struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
}

impl Disk {
    pub(crate) fn new(faults: Faults) -> Self {
        let (files, changes) = (Vec::new(), Vec::new());
        let (names, durable_names) = (Names::new(), Names::new());
        Self(Arc::new(Mutex::new(State { files, names, durable_names, changes, faults })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with it.
    pub(crate) fn faults<T>(&self, act: impl FnOnce(&mut Faults) -> T) -> T {
        act(&mut self.state().faults)
    }

    /// A file that is appended to, as the sink opens it: made where it is missing, its name synced.
    pub(crate) fn append(&self, name: &str) -> Appended {
        let mut state = self.state();
        let file = state.names.get(name).copied().unwrap_or_else(|| state.create(name));
        state.sync_names();
        Appended { disk: self.clone(), file }
    }

    /// What a file holds, for all who ask now.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.state();
        state.names.get(name).map_or_else(Vec::new, |&file| state.files[file].bytes.clone())
    }

    /// Cuts a file off, durably.
    pub(crate) fn truncate(&self, name: &str, length: usize) {
        let mut state = self.state();
        let file = state.names[name];
        state.files[file].bytes.truncate(length);
        state.files[file].durable = state.files[file].bytes.clone();
    }

    /// The system has written all changes of names by itself, as it does within seconds.
    pub(crate) fn settle_names(&self) {
        self.state().sync_names();
    }

    /// Loses what was not synced, from a random byte or change on.
    pub(crate) fn cut_power(&self) {
        let mut state = self.state();
        let changes = state.changes.len();
        let survived = state.faults.below(changes + 1);
        let names = survived.checked_sub(1).map_or_else(|| state.durable_names.clone(), |it| state.changes[it].clone());
        (state.names, state.durable_names) = (names.clone(), names);
        state.changes.clear();
        let State { files, faults, .. } = &mut *state;
        files.iter_mut().for_each(|file| file.lose_tail(faults));
    }
}

impl File {
    fn lose_tail(&mut self, faults: &mut Faults) {
        if self.bytes == self.durable {
            return;
        }
        let kept = if self.bytes.starts_with(&self.durable) { self.durable.len() } else { 0 };
        let left = kept + faults.part_of(self.bytes.len() - kept);
        self.bytes.truncate(left);
        self.durable = self.bytes.clone();
    }
}

impl State {
    fn create(&mut self, name: &str) -> usize {
        self.files.push(File::default());
        self.names.insert(name.to_owned(), self.files.len() - 1);
        self.changed();
        self.files.len() - 1
    }

    fn changed(&mut self) {
        self.changes.push(self.names.clone());
    }

    fn sync_names(&mut self) {
        self.durable_names = self.names.clone();
        self.changes.clear();
    }

    fn file(&self, name: &str) -> Result<usize> {
        self.names.get(name).copied().ok_or_else(|| ErrorKind::NotFound.into())
    }

    /// Writes behind what is there, as much as there is time and space for.
    fn put(&mut self, file: usize, bytes: &[u8]) -> Result<usize> {
        let (count, failure) = self.faults.write(bytes.len());
        self.files[file].bytes.extend_from_slice(&bytes[..count]);
        match failure {
            Some(error) if count == 0 => Err(error),
            _ => Ok(count),
        }
    }

    fn put_all(&mut self, file: usize, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            let count = self.put(file, bytes)?;
            bytes = &bytes[count..];
        }
        Ok(())
    }
}

/// A file that is open for appending.
pub(crate) struct Appended {
    disk: Disk,
    file: usize,
}

impl std::io::Write for Appended {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.disk.state().put(self.file, bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl logagent_component::Appended for Appended {
    fn extent(&self) -> Result<Extent> {
        let bytes = self.disk.state().files[self.file].bytes.len() as u64;
        Ok(Extent { device: 0, inode: self.file as u64, born: None, bytes })
    }

    fn sync(&self) -> Result<()> {
        let mut state = self.disk.state();
        state.faults.step()?;
        if !state.faults.lies {
            let file = &mut state.files[self.file];
            file.durable.clone_from(&file.bytes);
        }
        Ok(())
    }
}

impl logagent_sink::Disk for Appended {
    fn sync(&mut self) -> Result<()> {
        logagent_component::Appended::sync(self)
    }

    fn undo(&mut self, bytes: u64) -> bool {
        let mut state = self.disk.state();
        if state.faults.step().is_err() {
            return false;
        }
        if !state.faults.keeps {
            let file = &mut state.files[self.file].bytes;
            let bytes = usize::try_from(bytes).expect("they are in memory");
            file.truncate(file.len() - bytes);
        }
        true
    }

    fn is_gone(&self) -> bool {
        self.disk.state().faults.has_stopped()
    }
}

impl Directory for Disk {
    fn path(&self, name: &str) -> PathBuf {
        name.into()
    }

    fn make(&self) -> Result<()> {
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Vec<u8>> {
        let state = self.state();
        Ok(state.files[state.file(name)?].bytes.clone())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut state = self.state();
        state.faults.step()?;
        let file = state.names.get(name).copied().unwrap_or_else(|| state.create(name));
        state.files[file].bytes.clear();
        state.put_all(file, bytes)?;
        state.faults.step()?;
        let file = &mut state.files[file];
        file.durable.clone_from(&file.bytes);
        Ok(())
    }

    fn link(&self, from: &str, to: &str) -> Result<()> {
        let mut state = self.state();
        state.faults.step()?;
        let file = state.file(from)?;
        if state.names.contains_key(to) {
            return Err(Error::from(ErrorKind::AlreadyExists));
        }
        state.names.insert(to.to_owned(), file);
        state.changed();
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        let mut state = self.state();
        state.faults.step()?;
        let file = state.file(from)?;
        state.names.remove(from);
        state.names.insert(to.to_owned(), file);
        state.changed();
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<()> {
        let mut state = self.state();
        state.faults.step()?;
        state.names.remove(name).ok_or(ErrorKind::NotFound)?;
        state.changed();
        Ok(())
    }

    fn sync(&self) -> Result<()> {
        let mut state = self.state();
        state.faults.step()?;
        state.sync_names();
        Ok(())
    }
}
