//! What becomes, at a start, of what the run before has written behind its last checkpoint: it is cut off, since its
//! records come again. Only where that can't go wrong.

use logagent_component::Extent;
use logagent_failpoint::{self as failpoint, Point};
use std::fs::{DirEntry, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result as IoResult};
use std::path::{Path, PathBuf};

/// What was found of the file.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Under this name, with so many bytes that were not kept.
    Behind(PathBuf, u64),
    /// As it was kept.
    Same,
    /// So many bytes of what was kept are gone.
    Shorter(u64),
    /// No file in its directory is the one that was kept.
    Gone,
}

/// Cuts the file that was under this path back to what the checkpoints know of it.
pub(super) fn take_back(path: &Path, kept: Extent) -> IoResult<()> {
    let shown = path.display();
    match find(path, kept)? {
        Found::Same => {}
        Found::Behind(found, bytes) => {
            let file = OpenOptions::new().write(true).open(&found)?;
            if !Extent::of(&file.metadata()?).is_of_same_file(&kept) {
                return Err(Error::new(ErrorKind::Interrupted, "it was replaced just now: try again"));
            }
            failpoint::pass(Point::OutputCutBefore);
            file.set_len(kept.bytes)?;
            failpoint::pass(Point::OutputCutAfter);
            let found = found.display();
            tracing::info!(%found, bytes, "took back what was written behind the checkpoints: its records come again");
        }
        Found::Shorter(bytes) => tracing::warn!(
            path = %shown,
            bytes,
            "the output is shorter than the checkpoints say: someone has cut it, and what is gone does not come again"
        ),
        Found::Gone => tracing::warn!(
            path = %shown,
            "the output is not the file that the checkpoints know, nor is that in its directory: what the run before \
             wrote behind its last checkpoint, if it was killed, comes twice"
        ),
    }
    Ok(())
}

fn find(path: &Path, kept: Extent) -> IoResult<Found> {
    let Some((found, extent)) = named(path, kept)?.or_else(|| renamed(path, kept)) else { return Ok(Found::Gone) };
    Ok(match extent.bytes.checked_sub(kept.bytes) {
        Some(0) => Found::Same,
        Some(more) => Found::Behind(found, more),
        None => Found::Shorter(kept.bytes - extent.bytes),
    })
}

fn named(path: &Path, kept: Extent) -> IoResult<Option<(PathBuf, Extent)>> {
    match path.metadata() {
        Ok(found) => Ok(Some((path.to_owned(), Extent::of(&found))).filter(|(_, found)| found.is_of_same_file(&kept))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Under another name, as whoever rotates the file may have given it.
fn renamed(path: &Path, kept: Extent) -> Option<(PathBuf, Extent)> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let directory = real.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = directory.read_dir().into_iter().flatten().flatten();
    let regular = |entry: &DirEntry| entry.metadata().ok().filter(Metadata::is_file);
    let mut files = entries.filter_map(|entry| Some((entry.path(), Extent::of(&regular(&entry)?))));
    files.find(|(_, found)| found.is_of_same_file(&kept))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{read, rename, write};

    /// A file of ten bytes, of which so many were kept.
    fn kept(path: &Path, bytes: u64) -> Extent {
        write(path, "0123456789").unwrap();
        Extent { bytes, ..Extent::of(&path.metadata().unwrap()) }
    }

    #[test]
    fn what_was_not_kept_is_cut_off_under_whatever_name() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("out"), directory.path().join("out.1"));
        let extent = kept(&path, 4);
        assert_eq!(find(&path, extent).unwrap(), Found::Behind(path.clone(), 6));
        take_back(&path, extent).unwrap();
        assert_eq!(read(&path).unwrap(), b"0123");
        assert_eq!(find(&path, extent).unwrap(), Found::Same);
        write(&path, "0123456").unwrap();
        rename(&path, &other).unwrap();
        write(&path, "another").unwrap();
        take_back(&path, extent).unwrap();
        assert_eq!((read(&other).unwrap(), read(&path).unwrap()), (b"0123".to_vec(), b"another".to_vec()));
    }

    #[test]
    fn a_file_that_is_shorter_or_another_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let extent = kept(&path, 11);
        assert_eq!(find(&path, extent).unwrap(), Found::Shorter(1));
        let another = Extent { inode: extent.inode + 1, bytes: 1, ..extent };
        assert_eq!(find(&path, another).unwrap(), Found::Gone);
        let same_inode = Extent { born: extent.born.map(|born| born - 1), bytes: 1, ..extent };
        assert_eq!(find(&path, same_inode).unwrap(), Found::Gone, "an inode that was used again");
        for extent in [extent, another, same_inode] {
            take_back(&path, extent).unwrap();
            assert_eq!(read(&path).unwrap(), b"0123456789");
        }
    }
}
