//! The file in its directory.

use super::*;
use crate::{restore, save, set_aside};
use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::{TempDir, tempdir};

fn place() -> (TempDir, PathBuf) {
    let dir = tempdir().unwrap();
    let path = dir.path().join("state.snapshot");
    (dir, path)
}

fn names(dir: &TempDir) -> Vec<String> {
    let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[test]
fn a_snapshot_replaces_the_one_before_and_is_its_owners_alone() {
    let (dir, path) = place();
    fs::write(&path, "before").unwrap();
    // A killed agent's.
    fs::write(dir.path().join("state.snapshot.new"), "half").unwrap();
    assert_eq!(save(&example(), &path, NOW, || true).unwrap().unwrap().entries, 3);
    assert_eq!(names(&dir), ["state.snapshot"]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let map = map();
    assert_eq!(restore(&map, &path, NOW, &wanted).unwrap().unwrap().entries, 3);
    assert_eq!(contents(&map, NOW), contents(&example(), NOW));
}

#[test]
fn no_file_is_nothing_to_restore() {
    let (_dir, path) = place();
    assert_eq!(restore(&map(), &path, NOW, &wanted).unwrap(), None);
}

#[test]
fn a_full_disk_is_an_error() {
    let mut full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    assert_eq!(write(&example(), NOW, &mut full).unwrap_err().kind(), ErrorKind::StorageFull);
}

#[test]
fn a_snapshot_that_can_not_be_written_leaves_the_one_before() {
    let (dir, path) = place();
    save(&example(), &path, NOW, || true).unwrap();
    let before = fs::read(&path).unwrap();
    fs::create_dir_all(dir.path().join("state.snapshot.new/taken")).unwrap();
    let error = save(&map(), &path, NOW, || true).unwrap_err();
    assert_eq!(error.to_string(), format!("the snapshot {} can't be written", path.display()));
    assert!(error.source().is_some());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_refused_file_is_kept_aside_once() {
    let (dir, path) = place();
    for text in ["one", "two"] {
        fs::write(&path, text).unwrap();
        let error = restore(&map(), &path, NOW, &wanted).unwrap_err();
        assert_eq!(error.source().unwrap().to_string(), "it is no snapshot of a logagent's state");
        assert_eq!(set_aside(&path).unwrap(), dir.path().join("state.snapshot.refused"));
    }
    assert_eq!(names(&dir), ["state.snapshot.refused"]);
    assert_eq!(fs::read(dir.path().join("state.snapshot.refused")).unwrap(), b"two");
}

#[test]
fn what_can_not_be_read_is_refused() {
    let (dir, _) = place();
    // A directory opens, but does not read.
    let error = restore(&map(), dir.path(), NOW, &wanted).unwrap_err();
    assert!(error.source().unwrap().to_string().starts_with("it can't be read from byte 0 on"));
    assert!(File::open(dir.path()).is_ok());
}

#[test]
fn a_snapshot_that_may_not_stay_leaves_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.snapshot");
    save(&example(), &path, NOW, || true).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(save(&map(), &path, NOW, || false).unwrap(), None);
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}
