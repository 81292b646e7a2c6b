//! A file that is written through a mapping: space is taken from the file system ahead of the records, so that the
//! file ends in zeros while it is open, and is cut to its true length when it is closed.
//!
//! A store behind a file's end is a SIGBUS, which would end the agent. Only another process can cause that, by
//! cutting the file. So the file must belong to the agent's user, be writable by nobody else, and be locked; and its
//! length is asked for before each copy, which turns a cut that happened meanwhile into an error. A cut within the
//! copy itself, by root or the same user, still ends the agent.

use memmap2::{Advice, MmapMut, MmapOptions};
use rustix::fs::{FallocateFlags, FlockOperation, fallocate, flock};
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, IoSlice, Result};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

/// As much as is taken ahead, and mapped in, at once: about 5 ms in which the lane waits. With 2 MiB it would wait for
/// 2, but all writes together take a third longer on a disk (`benches/file.rs`). Tests see its end more often.
const WINDOW_BYTES: usize = if cfg!(test) { 128 << 10 } else { 8 << 20 };

/// Where a mapping may begin: a page of any of our processors.
const ALIGNMENT: u64 = 64 << 10;

/// More than what may lie between a window's start and the first byte that is written to it.
const LEAST_BYTES: usize = 128 << 10;

/// Blocks in which the last byte that is not zero is looked for.
const BLOCK_BYTES: usize = 64 << 10;

pub(super) struct Mapped {
    file: File,
    /// Where records end. What the file has behind it is zero.
    len: u64,
    window: Option<Window>,
    /// Written before this is on the disk.
    synced: u64,
    /// Something before `synced` may not be: a window that was given up.
    has_unsynced_windows: bool,
}

struct Window {
    map: MmapMut,
    /// Where in the file it lies.
    at: u64,
}

impl Mapped {
    /// Opens a file or makes one, and cuts the zeros off that an agent which was killed has left.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o644).open(path)?;
        check_owner(&file.metadata()?)?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|_| refused("another sink writes to it"))?;
        let (found, len) = (file.metadata()?.len(), true_len(&file)?);
        if len < found {
            file.set_len(len)?;
        }
        Ok(Self { file, len, window: None, synced: len, has_unsynced_windows: false })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    pub(super) fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> Result<usize> {
        let len = self.len;
        let window = self.ready()?;
        let mut at = usize::try_from(len - window.at).expect("less than a window");
        let from = at;
        for slice in slices {
            let count = slice.len().min(window.map.len() - at);
            window.map[at..at + count].copy_from_slice(&slice[..count]);
            at += count;
        }
        self.len += (at - from) as u64;
        Ok(at - from)
    }

    /// A window that has room, of a file that is all there.
    fn ready(&mut self) -> Result<&mut Window> {
        // Also before another window is opened, which would fill what was cut off with zeros.
        let expected = self.window.as_ref().map_or(self.len, Window::end);
        if self.file.metadata()?.len() < expected {
            return Err(refused("another process has cut it"));
        }
        let is_full = |window: &Window| self.len == window.end();
        if self.window.as_ref().is_none_or(is_full) {
            self.give_up_window();
            self.window = Some(Window::open(&self.file, self.len)?);
        }
        Ok(self.window.as_mut().expect("made above"))
    }

    fn give_up_window(&mut self) {
        if self.window.take().is_some() {
            self.has_unsynced_windows |= self.synced < self.len;
        }
    }

    pub(super) fn sync(&mut self) -> Result<()> {
        if let Some(window) = &self.window {
            let from = usize::try_from(self.synced.saturating_sub(window.at)).expect("less than a window");
            let end = usize::try_from(self.len - window.at).expect("less than a window");
            window.map.flush_range(from, end - from)?;
        }
        if std::mem::take(&mut self.has_unsynced_windows) {
            self.file.sync_data()?;
        }
        self.synced = self.len;
        Ok(())
    }

    /// Gives back what was taken ahead, and answers whether there was any. More can be written all the same.
    pub(super) fn cut(&mut self) -> Result<bool> {
        self.give_up_window();
        // Where someone has cut it shorter, this must not fill it up with zeros.
        let has_more = self.file.metadata()?.len() > self.len;
        if has_more {
            self.file.set_len(self.len)?;
            self.has_unsynced_windows = true;
        }
        Ok(has_more)
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // Nobody could be told. The next to open the file does it again.
        drop(self.cut());
    }
}

impl Window {
    fn open(file: &File, len: u64) -> Result<Self> {
        let at = len / ALIGNMENT * ALIGNMENT;
        match Self::of(file, at, WINDOW_BYTES) {
            // What is left of a disk that is nearly full is used, too.
            Err(error) if error.kind() == ErrorKind::StorageFull => Self::of(file, at, LEAST_BYTES),
            opened => opened,
        }
    }

    /// Takes the space first: a store into a hole of the file would be a SIGBUS on a full disk.
    fn of(file: &File, at: u64, bytes: usize) -> Result<Self> {
        fallocate(file, FallocateFlags::empty(), at, bytes as u64)?;
        // SAFETY: nothing is read through the mapping, so what others write to the file changes no value of ours.
        // `check_owner` and the lock keep others from cutting it, and `ready` looks before each copy; past them, a
        // cut is a signal that ends the process, not a store that goes elsewhere.
        let map = unsafe { MmapOptions::new().offset(at).len(bytes).map_mut(file)? };
        // Only sooner than one by one: a kernel that doesn't know it (before Linux 5.14) maps each page when it is
        // first stored to, which doubles what most writes cost.
        drop(map.advise(Advice::PopulateWrite));
        Ok(Self { map, at })
    }

    fn end(&self) -> u64 {
        self.at + self.map.len() as u64
    }
}

fn refused(reason: &'static str) -> Error {
    Error::new(ErrorKind::PermissionDenied, reason)
}

fn check_owner(metadata: &Metadata) -> Result<()> {
    let is_ours = metadata.is_file() && metadata.uid() == rustix::process::geteuid().as_raw();
    if !is_ours {
        return Err(refused("mode mmap wants a regular file that belongs to the agent's user"));
    }
    // Access lists are covered: where there are any, the group's bits are their mask.
    let is_private = metadata.mode() & 0o022 == 0;
    if is_private { Ok(()) } else { Err(refused("mode mmap wants a file that group and others can't write")) }
}

/// Where the zeros at the end begin.
fn true_len(file: &File) -> Result<u64> {
    let mut block = vec![0; BLOCK_BYTES];
    let mut end = file.metadata()?.len();
    while end > 0 {
        let from = end.saturating_sub(BLOCK_BYTES as u64);
        let block = &mut block[..usize::try_from(end - from).expect("a block")];
        file.read_exact_at(block, from)?;
        if let Some(last) = block.iter().rposition(|byte| *byte != 0) {
            return Ok(from + last as u64 + 1);
        }
        end = from;
    }
    Ok(0)
}
