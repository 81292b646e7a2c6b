//! Opening a buffer: its directory, its key, and what a run before has left there.

use super::spares::Spares;
use super::{Store, Writer};
use crate::books::Books;
use crate::disk::Disk;
use crate::error::BufferError;
use crate::key::{Key, random};
use crate::position::{Position, PositionFile};
use crate::quarantine::Quarantine;
use crate::recover::{self, Recovered};
use crate::settings::BufferConfig;
use logagent_component::Signal;
use logagent_telemetry::SinkMeter;
use rustix::fs::{FlockOperation, flock};
use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex, OnceLock};

impl Store {
    pub(crate) fn open(config: &BufferConfig, disk: Box<dyn Disk>, meter: Arc<SinkMeter>) -> Result<Self, BufferError> {
        let directory = config.directory.clone();
        let key = match &config.key_file {
            None => None,
            Some(path) => Some(Key::read(path).map_err(|source| BufferError::KeyFile { path: path.clone(), source })?),
        };
        let lock = lock(&directory)?;
        let directory_file = File::open(&directory).map_err(BufferError::io(&directory, "open"))?;
        let path = directory.join("position");
        let (file, position) = PositionFile::open(&path).map_err(BufferError::io(&path, "open"))?;
        let recovered = recover::recover(&directory, position, key.as_ref())?;
        tell(&config.name, &recovered, position);
        let Recovered { segments, position, next, torn, unreadable, missing } = recovered;
        let quarantine = Quarantine::new(&directory);
        let missing: u64 = missing.iter().map(|gap| gap.end() - gap.start() + 1).sum();
        let damaged = unreadable.len() as u64 + missing;
        put_aside(&directory, &quarantine, unreadable);
        let books = Books::new(segments, position, meter.clone());
        meter.buffer.update(|counts| (counts.torn, counts.corrupt) = (counts.torn + torn, counts.corrupt + damaged));
        Ok(Self {
            name: config.name.clone(),
            directory,
            directory_file,
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
    for gap in &recovered.missing {
        let (first, last) = (gap.start(), gap.end());
        tracing::error!(sink, first, last, "buffer segments with these numbers are missing; their records are lost");
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
