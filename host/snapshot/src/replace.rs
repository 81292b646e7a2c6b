//! A file that takes another's place once it is whole and on the disk. Not for what is in it.

use crate::beside;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file beside the one that it is to replace, which is gone again when this is dropped before.
pub(crate) struct Replacement<'a> {
    path: &'a Path,
    new: PathBuf,
    file: File,
    is_done: bool,
}

impl<'a> Replacement<'a> {
    /// Begins a file, for its owner alone: values may be secrets.
    pub(crate) fn begin(path: &'a Path) -> io::Result<Self> {
        let new = beside(path, ".new")?;
        // What a killed agent left may be of another mode.
        match fs::remove_file(&new) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
        Ok(Self { path, new, file, is_done: false })
    }

    /// Takes the place, for good: after a power cut either the old file is there, or all of the new one. (Pillai et al.,
    /// "All File Systems Are Not Created Equal", OSDI 2014, on why both are synced.)
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.new, self.path)?;
        self.is_done = true;
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(parent)?.sync_all()
    }
}

impl Write for Replacement<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Replacement<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            // On a full disk it must not stay; if it does, the next one removes it.
            let _ = fs::remove_file(&self.new);
        }
    }
}
