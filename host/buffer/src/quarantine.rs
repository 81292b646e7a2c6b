//! Damaged ranges, kept aside for whoever wants to look at them. Bounded: what is beyond is only counted.

use crate::walk::ReadAt;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{Result, Write};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// As much of a segment of the usual size is kept. A disk that damages more has shown what it does.
const MOST_BYTES: u64 = 64 << 20;

/// The smallest file takes as much: so many files are bounded, too.
const BLOCK: u64 = 4 << 10;

const CHUNK: u64 = 64 << 10;

pub(crate) struct Quarantine {
    directory: PathBuf,
}

impl Quarantine {
    pub(crate) fn new(buffer: &Path) -> Self {
        Self { directory: buffer.join("quarantine") }
    }

    /// Copies a range of a segment, as far as there is room and it can be read; answers the copy's path, if any.
    pub(crate) fn keep(
        &self,
        file: &(impl ReadAt + ?Sized),
        segment: u64,
        range: Range<u64>,
    ) -> Result<Option<PathBuf>> {
        let room = MOST_BYTES.saturating_sub(self.bytes());
        if room == 0 {
            return Ok(None);
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&self.directory)?;
        let path = self.directory.join(format!("{segment:08}-{:012}.bad", range.start));
        let mut copy = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path)?;
        let end = range.end.min(range.start + room);
        let (mut at, mut chunk) = (range.start, Vec::new());
        while at < end {
            chunk.resize(usize::try_from(CHUNK.min(end - at)).expect("a chunk is short"), 0);
            file.read_exact_at(&mut chunk, at)?;
            copy.write_all(&chunk)?;
            at += chunk.len() as u64;
        }
        Ok(Some(path))
    }

    /// What is kept by now takes so many bytes of the disk, at least.
    pub(crate) fn bytes(&self) -> u64 {
        let entries = std::fs::read_dir(&self.directory).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|found| found.len().next_multiple_of(BLOCK)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_kept_until_there_is_no_room_left() {
        let directory = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::new(directory.path());
        let bytes = vec![7; 3 * 4096];
        let path = quarantine.keep(&bytes[..], 7, 2..5).unwrap().unwrap();
        assert!(path.ends_with("00000007-000000000002.bad") && std::fs::read(path).unwrap() == [7; 3]);
        let filler = std::fs::File::create(directory.path().join("quarantine/x")).unwrap();
        filler.set_len(MOST_BYTES - 2 * BLOCK).unwrap();
        let path = quarantine.keep(&bytes[..], 8, 0..10_000).unwrap().unwrap();
        assert_eq!((std::fs::read(path).unwrap().len(), quarantine.bytes()), (4096, MOST_BYTES));
        assert_eq!(quarantine.keep(&bytes[..], 9, 0..1).unwrap(), None);
    }
}
