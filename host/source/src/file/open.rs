//! An open file, and what discovery and the lane that reads it tell each other about it. Neither finds files nor
//! reads them.

use super::fingerprint::{self, Beginning};
use super::handle::Handle;
use super::identity::Identity;
use super::unpack::Packing;
use crate::attributes;
use crate::ready::Ready;
use logagent_component::{Checkpoint, Fingerprint, Mark, Progress, Signal, StreamInfo};
use logagent_telemetry::SourceMeter;
use rustix::fs::OFlags;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Up to where a compressed file was delivered that is never read again.
pub(super) const FINISHED: u64 = u64::MAX;

/// The source that files are of.
#[derive(Default)]
pub(super) struct Owner {
    pub(super) index: usize,
    pub(super) name: Arc<str>,
    /// Wakes its discovery.
    pub(super) signal: Arc<Signal>,
    pub(super) meter: Arc<SourceMeter>,
    /// Whether compressed files are unpacked.
    pub(super) unpacks: bool,
}

/// Shared by the stream, discovery, and the watcher's thread.
pub(super) struct OpenFile {
    pub(super) handle: Handle,
    /// The name under which it was found.
    pub(super) path: PathBuf,
    pub(super) info: Arc<StreamInfo>,
    pub(super) meter: Arc<SourceMeter>,
    pub(super) ready: Ready,
    /// Up to where the stream has looked.
    read_to: AtomicU64,
    /// Up to where it has framed.
    framed_to: AtomicU64,
    /// Up to where all was delivered.
    confirmed_to: AtomicU64,
    /// The stream's positions, which count what was truncated away, too.
    framed_position: AtomicU64,
    confirmed_position: AtomicU64,
    identity: Identity,
    beginning: Mutex<Beginning>,
    is_forgotten: AtomicBool,
    is_retired: AtomicBool,
    is_closed: AtomicBool,
    is_finished: AtomicBool,
    has_failed: AtomicBool,
    /// How it is compressed; `None` where it is read as it is.
    pub(super) packing: Option<Packing>,
}

impl OpenFile {
    /// Opens what the path leads to; `None` where that is no regular file.
    pub(super) fn open(path: &Path, owner: &Owner) -> io::Result<Option<(Self, Metadata)>> {
        let Some((file, metadata)) = open_regular(path)? else { return Ok(None) };
        let packing = if owner.unpacks { Packing::of(&file)? } else { None };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let whole = path.to_string_lossy();
        let attributes = attributes::map(&[("log.file.path", &whole), ("log.file.name", &name)]);
        let (source, source_name) = (owner.index, owner.name.clone());
        let info = Arc::new(StreamInfo { source, source_name, name: (*whole).into(), attributes });
        let handle = Handle::new(file, owner.signal.clone());
        let identity = Identity::of(&metadata);
        let file = Self::new(handle, path.to_owned(), info, identity, owner.meter.clone());
        Ok(Some((Self { packing, ..file }, metadata)))
    }

    fn new(handle: Handle, path: PathBuf, info: Arc<StreamInfo>, identity: Identity, meter: Arc<SourceMeter>) -> Self {
        Self {
            handle,
            path,
            info,
            meter,
            ready: Ready::new(),
            read_to: AtomicU64::new(0),
            framed_to: AtomicU64::new(0),
            confirmed_to: AtomicU64::new(0),
            framed_position: AtomicU64::new(0),
            confirmed_position: AtomicU64::new(0),
            identity,
            beginning: Mutex::default(),
            is_forgotten: AtomicBool::new(false),
            is_retired: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            is_finished: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
            packing: None,
        }
    }

    /// Closes the descriptor of a file that was delivered as far as it was read; whether it was.
    pub(super) fn park(&self) -> bool {
        let Progress { framed, delivered } = self.progress();
        let is_settled = framed == delivered && !self.ready.is_raised();
        if is_settled {
            // The fingerprint can't be had later.
            self.delivered();
            self.handle.close();
        }
        is_settled
    }

    /// Opens the descriptor again, if the path leads to the same file; whether it does.
    pub(super) fn unpark(&self, path: &Path) -> bool {
        let same = |(_, metadata): &(File, Metadata)| Identity::of(metadata) == self.identity;
        let opened = open_regular(path).ok().flatten().filter(same);
        let is_same = opened.is_some();
        if let Some((file, _)) = opened {
            self.handle.open(file);
            self.ready.raise();
        }
        is_same
    }

    /// All before `offset` was delivered.
    pub(super) fn set_confirmed_to(&self, offset: u64) {
        self.confirmed_to.store(offset, Ordering::Relaxed);
    }

    /// The stream has cut its records up to this position.
    pub(super) fn set_framed_position(&self, position: u64) {
        // ORDER: pairs with `progress`: what filters make of these records is seen after the position.
        self.framed_position.store(position, Ordering::Release);
    }

    /// All before this position was delivered, and `set_confirmed_to` was told.
    pub(super) fn set_confirmed_position(&self, position: u64) {
        // ORDER: pairs with `progress`: whoever sees that it has moved sees the new offset.
        self.confirmed_position.store(position, Ordering::Release);
    }

    /// It begins anew: what it began with is no more.
    pub(super) fn restart(&self) {
        let mut beginning = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        *beginning = Beginning::default();
        self.set_confirmed_to(0);
    }

    /// Nobody will find it or read it again.
    pub(super) fn forget(&self) {
        self.is_forgotten.store(true, Ordering::Relaxed);
    }

    /// Up to where it was delivered, and what it is known again by: only what was delivered, since the rest may still be
    /// being written. Under one lock, so that no restart comes in between.
    fn delivered(&self) -> (u64, Fingerprint) {
        let mut beginning = self.beginning.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = self.confirmed_to.load(Ordering::Relaxed);
        let fingerprint = match self.packing {
            None => beginning.fingerprint(offset),
            Some(_) => Some(beginning.fingerprint_in(self.handle.get().as_deref(), offset)),
        };
        // Without one, whatever is there in the next run would be taken for what was delivered.
        fingerprint.map_or((0, Fingerprint::default()), |fingerprint| (offset, fingerprint))
    }

    /// These bytes were read at `at`.
    pub(super) fn note_beginning(&self, bytes: &[u8], at: u64) {
        if at < fingerprint::MOST_BYTES as u64 {
            self.beginning.lock().unwrap_or_else(PoisonError::into_inner).add(bytes, at);
        }
    }

    /// All before `offset` was delivered, or is passed over.
    pub(super) fn begin_at(&self, offset: u64) {
        let mut first = [0; fingerprint::MOST_BYTES];
        let wanted = usize::try_from(offset).unwrap_or(usize::MAX).min(first.len());
        if let Some(file) = self.handle.get().filter(|_| self.packing.is_none())
            && file.read_exact_at(&mut first[..wanted], 0).is_ok()
        {
            self.note_beginning(&first[..wanted], 0);
        }
        self.set_confirmed_to(offset);
    }

    pub(super) fn read_to(&self) -> u64 {
        self.read_to.load(Ordering::Relaxed)
    }

    pub(super) fn set_read_to(&self, at: u64) {
        self.read_to.store(at, Ordering::Relaxed);
    }

    /// Nobody can find it any more, and nobody writes it: it is over once the stream finds nothing more.
    pub(super) fn retire(&self) {
        self.is_retired.store(true, Ordering::Relaxed);
        self.handle.give_up();
        self.ready.raise();
    }

    /// It has a name again, or was written after all.
    pub(super) fn unretire(&self) {
        self.is_retired.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_retired(&self) -> bool {
        self.is_retired.load(Ordering::Relaxed)
    }

    /// The lane has dropped the stream, which had framed this far.
    pub(super) fn close(&self, framed_to: u64) {
        self.framed_to.store(framed_to, Ordering::Relaxed);
        let Progress { framed, delivered } = self.progress();
        if self.is_finished() && framed == delivered {
            self.set_confirmed_to(FINISHED);
        }
        self.delivered();
        // ORDER: pairs with `closed_at`.
        self.is_closed.store(true, Ordering::Release);
        self.handle.end();
    }

    /// Where the stream stood when it was dropped; `None` while it lives.
    pub(super) fn closed_at(&self) -> Option<u64> {
        // ORDER: pairs with `close`.
        self.is_closed.load(Ordering::Acquire).then(|| self.framed_to.load(Ordering::Relaxed))
    }

    /// It was read to its end, and nothing can be added to it.
    pub(super) fn finish(&self) {
        self.is_finished.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_finished(&self) -> bool {
        self.is_finished.load(Ordering::Relaxed)
    }

    /// It could not be read.
    pub(super) fn fail(&self) {
        self.meter.unreadable.add(1);
        self.has_failed.store(true, Ordering::Relaxed);
    }

    /// Whether it could not be read since this was asked last.
    pub(super) fn take_failure(&self) -> bool {
        self.has_failed.swap(false, Ordering::Relaxed)
    }

    /// Another stream goes on with it.
    pub(super) fn reopen(&self) {
        self.is_closed.store(false, Ordering::Relaxed);
        self.ready.keep();
    }
}

/// Opens what the path leads to; `None` where that is no regular file.
fn open_regular(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    // Without NONBLOCK, a FIFO that takes a file's place just now would hold up discovery until it is written.
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).expect("a flag of open(2)");
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    Ok(metadata.is_file().then_some((file, metadata)))
}

impl Mark for OpenFile {
    fn checkpoint(&self) -> Option<Checkpoint> {
        if self.is_forgotten.load(Ordering::Relaxed) {
            return None;
        }
        let (offset, fingerprint) = self.delivered();
        let Identity { device, inode } = self.identity;
        let (source, path) = (self.info.source_name.clone(), self.path.clone());
        Some(Checkpoint { source, path, device, inode, fingerprint, offset })
    }
    fn progress(&self) -> Progress {
        // ORDER: pairs with `set_confirmed_position`.
        let delivered = self.confirmed_position.load(Ordering::Acquire);
        // ORDER: pairs with `set_framed_position`.
        Progress { framed: self.framed_position.load(Ordering::Acquire), delivered }
    }
}
