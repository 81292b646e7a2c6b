//! The buffer's files as they are written: entries are appended to the open segment under one lock, whoever they come
//! from; what can't be written now waits, in order, and holds its rings meanwhile. Knows nothing of who reads.

mod append;
mod open;
mod spares;
mod waiting;

use crate::books::{Books, Reason};
use crate::disk::Disk;
use crate::key::{Key, Nonces};
use crate::leftover::Leftover;
use crate::pack::Packer;
use crate::position::PositionFile;
use crate::quarantine::Quarantine;
use crate::recover;
use crate::settings::Settings;
use append::Active;
use logagent_component::{Delivery, Signal};
use logagent_telemetry::SinkMeter;
pub(crate) use spares::PREFIX as SPARE_PREFIX;
use spares::Spares;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{SystemTime, UNIX_EPOCH};
pub(crate) use waiting::Stuck;

/// What lanes, the keeper and the drain share.
pub(crate) struct Store {
    pub(crate) name: String,
    directory: PathBuf,
    /// Kept open to be synced: there may be no descriptor left when that is due.
    directory_file: File,
    disk: Box<dyn Disk>,
    key: Option<Key>,
    /// What the nonces of this run begin with, and how many packers make some.
    nonces: [u8; 12],
    packers: AtomicU32,
    pub(crate) meter: Arc<SinkMeter>,
    settings: Mutex<Settings>,
    writer: Mutex<Writer>,
    /// Taken after `writer`, never before it.
    books: Mutex<Books>,
    position: Mutex<PositionFile>,
    spares: Spares,
    pub(crate) quarantine: Quarantine,
    /// Raised when the keeper has something to do.
    pub(crate) keeper: Signal,
    /// A lane wants its ring's space back: the disk is asked before it is due.
    is_sync_asked: AtomicBool,
    drain: OnceLock<Thread>,
    /// Held as long as the buffer is in use.
    _lock: File,
}

/// What may be changed by one at a time.
struct Writer {
    active: Option<Active>,
    next: u64,
    /// What could not be written yet, oldest first.
    waiting: VecDeque<Waiting>,
    /// Written, but not known to be on the disk.
    unsynced: Vec<Delivery>,
    /// Written since the last sync, apart from the active segment, and still wanted.
    dirty: Vec<(u64, Arc<File>)>,
    is_directory_dirty: bool,
}

struct Waiting {
    delivery: Delivery,
    /// Records before this one are written.
    from: usize,
}

impl Store {
    /// A packer of the buffer's entries.
    pub(crate) fn packer(&self) -> Packer {
        let number = self.packers.fetch_add(1, Ordering::Relaxed);
        Packer::new(self.key.as_ref().map(|key| (key, Nonces::new(self.nonces, number))))
    }

    /// What it holds, where nobody will empty it.
    pub(crate) fn leftover(&self, directory: PathBuf) -> Leftover {
        let books = self.books();
        Leftover { sink: self.name.clone(), directory, records: books.backlog(), bytes: books.bytes() }
    }

    pub(crate) fn key(&self) -> Option<&Key> {
        self.key.as_ref()
    }

    pub(crate) fn settings(&self) -> Settings {
        *lock_of(&self.settings)
    }

    /// Fills and empties otherwise from now on.
    pub(crate) fn change(&self, settings: Settings) {
        *lock_of(&self.settings) = settings;
        self.keeper.raise();
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        lock_of(&self.books)
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        lock_of(&self.writer)
    }

    /// A segment to be read.
    pub(crate) fn open_segment(&self, segment: u64) -> io::Result<File> {
        self.disk.open(&self.path(segment))
    }

    pub(crate) fn path(&self, segment: u64) -> PathBuf {
        recover::path(&self.directory, segment)
    }

    /// The calling thread is the one that drains, and is woken when there is something to.
    pub(crate) fn register_drain(&self) {
        self.drain.get_or_init(std::thread::current);
    }

    pub(crate) fn wake_drain(&self) {
        if let Some(thread) = self.drain.get() {
            thread.unpark();
        }
    }

    /// Deletes the segments of which all has arrived, and notes how far that is. Where it can't be noted they are deleted
    /// all the same: what is not there has arrived.
    pub(crate) fn retire(&self) -> io::Result<()> {
        let mut done = Vec::new();
        let place = {
            let mut books = self.books();
            done.extend(std::iter::from_fn(|| books.retire()));
            books.drained()
        };
        let noted = lock_of(&self.position).write(place);
        done.iter().for_each(|id| self.spares.keep(&self.path(*id)));
        let mut writer = self.writer();
        writer.forget(&done);
        // There may be room now.
        if !writer.waiting.is_empty() {
            self.keeper.raise();
        }
        noted
    }

    fn remove(&self, segment: u64) {
        // One that is gone already is as well; one that stays is removed at the next start.
        drop(std::fs::remove_file(self.path(segment)));
    }

    /// Drops the oldest segment where all of it is older than records may get; answers whether there may be more.
    pub(crate) fn drop_aged(&self, now: u64) -> bool {
        let Some(max_age) = self.settings().max_age else { return false };
        let limit = now.saturating_sub(u64::try_from(max_age.as_nanos()).unwrap_or(u64::MAX));
        let mut writer = self.writer();
        if self.books().oldest().is_none_or(|segment| segment.seal.entries == 0 || segment.seal.last >= limit) {
            return false;
        }
        self.drop_oldest(&mut writer, Reason::Age)
    }

    /// Has the disk asked before that is due.
    pub(crate) fn ask_sync(&self) {
        self.is_sync_asked.store(true, Ordering::Relaxed);
        self.keeper.raise();
    }

    pub(crate) fn take_sync_asked(&self) -> bool {
        self.is_sync_asked.swap(false, Ordering::Relaxed)
    }

    /// Leaves the files as the next run is to find them.
    pub(crate) fn end(&self) -> io::Result<()> {
        let mut writer = self.writer();
        writer.active.iter_mut().for_each(Active::trim);
        self.close(&mut writer);
        drop(writer);
        self.spares.clear();
        self.sync()?;
        self.sync_position()
    }

    /// Brings the position to the disk.
    pub(crate) fn sync_position(&self) -> io::Result<()> {
        let file = lock_of(&self.position).try_clone()?;
        self.disk.sync(&file)
    }

    /// Records that wait to be written.
    pub(crate) fn is_stuck(&self) -> bool {
        !self.writer().waiting.is_empty()
    }
}

impl Writer {
    fn new(next: u64) -> Self {
        Self {
            active: None,
            next,
            waiting: VecDeque::new(),
            unsynced: Vec::new(),
            dirty: Vec::new(),
            is_directory_dirty: false,
        }
    }

    /// Nobody wants these segments any more: they need not reach the disk, and as long as they are open they take its
    /// space.
    fn forget(&mut self, segments: &[u64]) {
        self.dirty.retain(|(id, _)| !segments.contains(id));
    }
}

fn lock_of<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each change leaves what is behind the lock whole, or fails before it begins.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Now, in nanoseconds since the Unix epoch.
pub(crate) fn unix_nano() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
