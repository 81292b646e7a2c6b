//! The buffer's files as they are written: entries are appended to the open segment under one lock, whoever they come
//! from; what can't be written now waits, in order, and holds its rings meanwhile. Knows nothing of who reads.

mod append;
mod spares;
mod waiting;

use crate::books::{Books, Reason};
use crate::disk::Disk;
use crate::error::BufferError;
use crate::key::{Key, Nonces, random};
use crate::pack::Packer;
use crate::position::{Position, PositionFile};
use crate::quarantine::Quarantine;
use crate::recover::{self, Recovered};
use crate::settings::{BufferConfig, Settings};
use append::Active;
use logagent_component::{Delivery, Signal};
use logagent_telemetry::SinkMeter;
use rustix::fs::{FlockOperation, flock};
pub(crate) use spares::PREFIX as SPARE_PREFIX;
use spares::Spares;
use std::collections::VecDeque;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::{SystemTime, UNIX_EPOCH};
pub(crate) use waiting::Stuck;

/// What lanes, the keeper and the drain share.
pub(crate) struct Store {
    pub(crate) name: String,
    directory: PathBuf,
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
    /// Written since the last sync, apart from the active segment.
    dirty: Vec<Arc<File>>,
    is_directory_dirty: bool,
}

struct Waiting {
    delivery: Delivery,
    /// Records before this one are written.
    from: usize,
}

impl Store {
    pub(crate) fn open(config: &BufferConfig, disk: Box<dyn Disk>, meter: Arc<SinkMeter>) -> Result<Self, BufferError> {
        let directory = config.directory.clone();
        let key = match &config.key_file {
            None => None,
            Some(path) => Some(Key::read(path).map_err(|source| BufferError::KeyFile { path: path.clone(), source })?),
        };
        let lock = lock(&directory)?;
        let path = directory.join("position");
        let (file, position) = PositionFile::open(&path).map_err(BufferError::io(&path, "open"))?;
        let recovered = recover::recover(&directory, position, key.as_ref())?;
        tell(&config.name, &recovered, position);
        let Recovered { segments, position, next, torn, unreadable } = recovered;
        let quarantine = Quarantine::new(&directory);
        let damaged = unreadable.len() as u64;
        put_aside(&directory, &quarantine, unreadable);
        let books = Books::new(segments, position, meter.clone());
        meter.buffer.update(|counts| (counts.torn, counts.corrupt) = (counts.torn + torn, counts.corrupt + damaged));
        Ok(Self {
            name: config.name.clone(),
            directory,
            disk,
            key,
            nonces: random().map_err(BufferError::io(&path, "make nonces beside"))?,
            packers: AtomicU32::new(0),
            meter,
            settings: Mutex::new(config.settings),
            writer: Mutex::new(Writer::new(next)),
            books: Mutex::new(books),
            position: Mutex::new(file),
            spares: Spares::default(),
            quarantine,
            keeper: Signal::default(),
            is_sync_asked: AtomicBool::new(false),
            drain: OnceLock::new(),
            _lock: lock,
        })
    }

    /// A packer of the buffer's entries.
    pub(crate) fn packer(&self) -> Packer {
        let number = self.packers.fetch_add(1, Ordering::Relaxed);
        Packer::new(self.key.as_ref().map(|key| (key, Nonces::new(self.nonces, number))))
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

    /// Deletes the segments of which all has arrived, and notes how far that is.
    pub(crate) fn retire(&self) -> io::Result<()> {
        let mut done = Vec::new();
        let place = {
            let mut books = self.books();
            done.extend(std::iter::from_fn(|| books.retire()));
            books.drained()
        };
        lock_of(&self.position).write(place)?;
        done.into_iter().for_each(|id| self.spares.keep(&self.path(id)));
        // There may be room now.
        if !self.writer().waiting.is_empty() {
            self.keeper.raise();
        }
        Ok(())
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
}

/// Makes the directory where it is missing, and keeps others off it.
fn lock(directory: &Path) -> Result<File, BufferError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(BufferError::io(directory, "make"))?;
    let path = directory.join("lock");
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path);
    let file = file.map_err(BufferError::io(&path, "open"))?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(BufferError::InUse { path: directory.to_owned() }),
        Err(error) => Err(BufferError::io(path, "lock")(error.into())),
    }
}

fn tell(sink: &str, recovered: &Recovered, position: Position) {
    if position == Position::Damaged {
        tracing::warn!(
            sink,
            "the buffer's position is damaged; what it holds is delivered from its oldest record on, so that records may come twice"
        );
    }
    if recovered.torn > 0 {
        tracing::warn!(sink, segments = recovered.torn, "the ends of buffer segments were torn, and are cut off");
    }
}

/// Takes segments out of the way of which nothing can be read.
fn put_aside(directory: &Path, quarantine: &Quarantine, unreadable: Vec<u64>) {
    for id in unreadable {
        let path = recover::path(directory, id);
        let kept = File::open(&path).and_then(|file| quarantine.keep(&file, id, 0..file.metadata()?.len()));
        tracing::error!(segment = %path.display(), kept = ?kept.ok().flatten(), "nothing of a buffer segment can be read; it is taken away");
        drop(std::fs::remove_file(path));
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
