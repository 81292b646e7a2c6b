//! The files that one path has had: `NAME` is written now, `NAME.STAMP` was renamed at that moment. Touches no file
//! of another name. Doesn't know when a file is due.
//!
//! Numbers (`NAME.1`, `NAME.2` …) were refused: each rotation would rename all files, so that whoever ships or reads
//! one by its name gets another, and without a bound on their count there would be ever more to rename.

use super::stamp::Stamp;
use logagent_component::Extent;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::ffi::{OsStr, OsString};
use std::fs::{self, DirEntry, File};
use std::io::{ErrorKind, Result};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The path that a file gets which is rotated at this moment.
#[must_use]
pub fn put_aside_name(path: &Path, now: SystemTime) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", Stamp::of(now)));
    name.into()
}

pub(super) struct Series {
    directory: PathBuf,
    name: OsString,
}

impl Series {
    /// Of the file that is found under the path: where that is a link, the file's own name and directory count.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let path = fs::canonicalize(path)?;
        let name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
        Ok(Self { directory: path.parent().unwrap_or(Path::new("/")).to_owned(), name })
    }

    /// Renames the current file. The new name is later than all there are, even where the clock was set back, and
    /// is never one that is taken.
    pub(super) fn put_aside(&self, now: SystemTime) -> Result<()> {
        let stamp = Stamp::of(now).after(self.stamps()?.last().copied());
        let (from, to) = (self.directory.join(&self.name), self.path(stamp));
        match renameat_with(CWD, &from, CWD, &to, RenameFlags::NOREPLACE) {
            // Some file systems don't know the flag; then there is only our own look.
            Err(rustix::io::Errno::INVAL) => fs::rename(from, to),
            renamed => Ok(renamed?),
        }
    }

    /// Removes all but the newest.
    pub(super) fn prune(&self, keep: usize) -> Result<()> {
        let stamps = self.stamps()?;
        let surplus = stamps.len().saturating_sub(keep);
        for stamp in &stamps[..surplus] {
            match fs::remove_file(self.path(*stamp)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether one of them is this file.
    pub(super) fn has(&self, file: &Extent) -> Result<bool> {
        let is_it =
            |stamp: Stamp| self.path(stamp).metadata().is_ok_and(|found| Extent::of(&found).is_of_same_file(file));
        Ok(self.stamps()?.into_iter().rev().any(is_it))
    }

    /// Makes sure that the names survive a power cut.
    pub(super) fn sync(&self) -> Result<()> {
        File::open(&self.directory)?.sync_all()
    }

    /// Oldest first.
    fn stamps(&self) -> Result<Vec<Stamp>> {
        let mut stamps = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            stamps.extend(self.stamp(&entry?));
        }
        stamps.sort_unstable();
        Ok(stamps)
    }

    fn stamp(&self, entry: &DirEntry) -> Option<Stamp> {
        let file_name = entry.file_name();
        let rest = file_name.as_bytes().strip_prefix(self.name.as_bytes())?.strip_prefix(b".")?;
        Stamp::parse(rest).filter(|_| entry.file_type().is_ok_and(|kind| kind.is_file()))
    }

    fn path(&self, stamp: Stamp) -> PathBuf {
        let mut name = self.name.clone();
        name.push(OsStr::new(&format!(".{stamp}")));
        self.directory.join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    fn names(directory: &Path) -> Vec<String> {
        let name = |entry: Result<DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<_> = fs::read_dir(directory).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn names_ascend_even_where_the_clock_does_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        for ms in [5, 5, 2] {
            fs::write(&path, "x").unwrap();
            Series::of(&path).unwrap().put_aside(UNIX_EPOCH + Duration::from_millis(ms)).unwrap();
        }
        let stamps = ["005", "006", "007"].map(|ms| format!("out.19700101T000000.{ms}Z"));
        assert_eq!(names(directory.path()), stamps);
    }

    #[test]
    fn a_file_that_was_renamed_is_known_again_and_others_are_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let write = || {
            fs::write(&path, "x").unwrap();
            Extent::of(&path.metadata().unwrap())
        };
        let rotated = write();
        Series::of(&path).unwrap().put_aside(UNIX_EPOCH).unwrap();
        let moved = write();
        fs::rename(&path, directory.path().join("out.1")).unwrap();
        let current = write();
        let series = Series::of(&path).unwrap();
        assert_eq!([rotated, moved, current].map(|file| series.has(&file).unwrap()), [true, false, false]);
    }

    #[test]
    fn only_the_oldest_files_of_the_series_are_removed() {
        let directory = tempfile::tempdir().unwrap();
        let others = ["out", "out.1", "out.19700101T000000.001Z.gz", "output.19700101T000000.001Z"];
        for name in others {
            fs::write(directory.path().join(name), "x").unwrap();
        }
        fs::create_dir(directory.path().join("out.19700101T000000.000Z")).unwrap();
        for ms in 1..=4 {
            fs::write(directory.path().join(format!("out.19700101T000000.00{ms}Z")), "x").unwrap();
        }
        let series = Series::of(&directory.path().join("out")).unwrap();
        series.prune(3).unwrap();
        series.prune(2).unwrap();
        let left = names(directory.path());
        assert!(others.iter().all(|name| left.iter().any(|left| left == name)), "{left:?}");
        assert_eq!(left.len(), others.len() + 3, "{left:?}");
        assert!(left.contains(&"out.19700101T000000.003Z".into()), "{left:?}");
    }

    #[test]
    fn a_linked_file_is_renamed_where_it_lies() {
        let directory = tempfile::tempdir().unwrap();
        let (far, link) = (directory.path().join("far"), directory.path().join("link"));
        fs::create_dir(&far).unwrap();
        fs::write(far.join("real"), "x").unwrap();
        std::os::unix::fs::symlink(far.join("real"), &link).unwrap();
        Series::of(&link).unwrap().put_aside(UNIX_EPOCH).unwrap();
        assert_eq!(names(&far), ["real.19700101T000000.000Z"]);
        assert!(link.is_symlink());
    }
}
