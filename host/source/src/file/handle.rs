//! A file's descriptor, which may be closed while nothing is read from it. Who may be closed is discovery's to say, and so
//! is opening it again: a lane only says that it wants to read.

use logagent_component::Signal;
use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The descriptor of one file.
pub(super) struct Handle {
    file: Mutex<Option<Arc<File>>>,
    /// A lane wants to read what is closed.
    is_wanted: AtomicBool,
    discovery: Arc<Signal>,
}

impl Handle {
    pub(super) fn new(file: File, discovery: Arc<Signal>) -> Self {
        Self { file: Mutex::new(Some(Arc::new(file))), is_wanted: AtomicBool::new(false), discovery }
    }

    /// `None` while it is closed. It stays open for as long as this is held.
    pub(super) fn get(&self) -> Option<Arc<File>> {
        self.lock().clone()
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().is_some()
    }

    pub(super) fn close(&self) {
        *self.lock() = None;
    }

    pub(super) fn open(&self, file: File) {
        *self.lock() = Some(Arc::new(file));
        self.is_wanted.store(false, Ordering::Relaxed);
    }

    /// Asks discovery to open it.
    pub(super) fn want(&self) {
        if !self.is_wanted.swap(true, Ordering::Relaxed) {
            self.discovery.raise();
        }
    }

    /// Whether a lane waits until it is open.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.load(Ordering::Relaxed)
    }

    /// Nobody will open it again.
    pub(super) fn give_up(&self) {
        self.is_wanted.store(false, Ordering::Relaxed);
    }

    /// Tells discovery that a descriptor is free.
    pub(super) fn end(&self) {
        self.close();
        self.discovery.raise();
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<File>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
