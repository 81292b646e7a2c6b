//! What a buffer asks of a disk, so that tests can have one that is full or broken.

use logagent_failpoint::{self as failpoint, Point};
use std::fs::File;
use std::io::{ErrorKind, IoSlice, Result};
use std::path::Path;

/// As many slices as one call gets; the system takes 1024 (`IOV_MAX`).
const SLICES: usize = 256;

/// Opens, writes and syncs files.
pub(crate) trait Disk: Send + Sync {
    /// Opens a file to be read.
    fn open(&self, path: &Path) -> Result<File>;

    /// Writes some of the slices at this place of the file; answers how many bytes.
    fn write(&self, file: &File, slices: &[IoSlice<'_>], at: u64) -> Result<usize>;

    /// Brings the file's data to the disk.
    fn sync(&self, file: &File) -> Result<()>;
}

/// The system's.
pub(crate) struct System;

impl Disk for System {
    fn open(&self, path: &Path) -> Result<File> {
        File::open(path)
    }

    fn write(&self, file: &File, slices: &[IoSlice<'_>], at: u64) -> Result<usize> {
        failpoint::pass(Point::BufferWriteBefore);
        let written = rustix::io::pwritev(file, slices, at)?;
        failpoint::pass(Point::BufferWriteAfter);
        Ok(written)
    }

    fn sync(&self, file: &File) -> Result<()> {
        file.sync_data()?;
        failpoint::pass(Point::BufferSyncAfter);
        Ok(())
    }
}

/// Writes all of the slices; answers where they end.
pub(crate) fn write_all<'a>(
    disk: &dyn Disk,
    file: &File,
    mut slices: impl Iterator<Item = &'a [u8]>,
    mut at: u64,
) -> Result<u64> {
    loop {
        let mut room = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (place, slice) in room.iter_mut().zip(slices.by_ref().filter(|slice| !slice.is_empty())) {
            *place = IoSlice::new(slice);
            count += 1;
        }
        if count == 0 {
            return Ok(at);
        }
        at = write_some(disk, file, &mut room[..count], at)?;
    }
}

fn write_some(disk: &dyn Disk, file: &File, mut slices: &mut [IoSlice<'_>], mut at: u64) -> Result<u64> {
    while !slices.is_empty() {
        match disk.write(file, slices, at) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => {
                at += written as u64;
                IoSlice::advance_slices(&mut slices, written);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}
