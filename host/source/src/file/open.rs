//! An open file, and what discovery and the lane that reads it tell each other about it. Neither finds files nor
//! reads them.

use crate::attributes;
use crate::ready::Ready;
use logagent_component::StreamInfo;
use rustix::fs::OFlags;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by the stream, discovery, and the watcher's thread.
pub(super) struct OpenFile {
    file: File,
    /// The name under which it was found.
    pub(super) path: PathBuf,
    pub(super) info: Arc<StreamInfo>,
    pub(super) ready: Ready,
    /// Up to where the stream has looked.
    read_to: AtomicU64,
    /// Up to where it has framed.
    framed_to: AtomicU64,
    is_retired: AtomicBool,
    is_closed: AtomicBool,
}

impl OpenFile {
    /// Opens what the path leads to; `None` where that is no regular file.
    pub(super) fn open(path: &Path, source: usize, source_name: &Arc<str>) -> io::Result<Option<(Self, Metadata)>> {
        // Without NONBLOCK, a FIFO that takes a file's place just now would hold up discovery until it is written.
        let flags = i32::try_from(OFlags::NONBLOCK.bits()).expect("a flag of open(2)");
        let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(None);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let whole = path.to_string_lossy();
        let attributes = attributes::map(&[("log.file.path", &whole), ("log.file.name", &name)]);
        let info = StreamInfo { source, source_name: source_name.clone(), name: (*whole).into(), attributes };
        let info = Arc::new(info);
        Ok(Some((Self::new(file, path.to_owned(), info), metadata)))
    }

    fn new(file: File, path: PathBuf, info: Arc<StreamInfo>) -> Self {
        Self {
            file,
            path,
            info,
            ready: Ready::new(),
            read_to: AtomicU64::new(0),
            framed_to: AtomicU64::new(0),
            is_retired: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Reads what is there from `at` on; 0 at the file's end.
    pub(super) fn read(&self, space: &mut [u8], at: u64) -> io::Result<usize> {
        loop {
            match self.file.read_at(space, at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                answer => return answer,
            }
        }
    }

    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
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
        // ORDER: pairs with `closed_at`.
        self.is_closed.store(true, Ordering::Release);
    }

    /// Where the stream stood when it was dropped; `None` while it lives.
    pub(super) fn closed_at(&self) -> Option<u64> {
        // ORDER: pairs with `close`.
        self.is_closed.load(Ordering::Acquire).then(|| self.framed_to.load(Ordering::Relaxed))
    }

    /// Another stream goes on with it.
    pub(super) fn reopen(&self) {
        self.is_closed.store(false, Ordering::Relaxed);
        self.ready.keep();
    }
}
