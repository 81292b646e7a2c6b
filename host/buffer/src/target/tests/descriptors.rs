//! What the buffer holds open, and files that can't be opened.

use super::{bodies, deliver, repeated};
use crate::fixture::{Behind, Faulty, Lane, Rig, config};
use logagent_testkit::until;
use std::path::Path;
use std::sync::atomic::Ordering;

/// How many files of this directory the process has open, deleted ones among them.
fn open_files(directory: &Path) -> usize {
    let descriptors = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    descriptors.filter(|found| std::fs::read_link(found.path()).is_ok_and(|path| path.starts_with(directory))).count()
}

#[test]
fn files_that_are_never_synced_are_let_go_of() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    for _ in 0..100 {
        deliver(&mut lane, &mut *end, &bodies(40, 500));
        rig.drained();
    }
    // The directory, the lock and the position, what is written, and what is read.
    let open = open_files(directory.path());
    assert!(open <= 5, "{open}");
}

/// A buffer on a disk that opens no segment until it is told to.
fn refusing_opens(directory: &Path, behind: &Behind) -> (Faulty, Rig) {
    let disk = Faulty::default();
    disk.refuses_opens.store(true, Ordering::Relaxed);
    let rig = Rig::open_on(Box::new(disk.clone()), config(directory), behind).unwrap();
    (disk, rig)
}

#[test]
fn a_segment_that_can_not_be_opened_is_waited_for_however_long_it_takes() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (disk, rig) = refusing_opens(directory.path(), &behind);
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(10, 100)));
    until("it is tried more often than what can't be read", || rig.counts().drain_errors > 8);
    disk.refuses_opens.store(false, Ordering::Relaxed);
    rig.drained();
    assert_eq!((behind.bodies(), rig.counts().corrupt), (repeated(5, 10, 100), 0));
}

#[test]
fn a_segment_that_is_taken_away_is_counted_and_the_next_records_go_elsewhere() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (disk, rig) = refusing_opens(directory.path(), &behind);
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(10, 100)));
    std::fs::remove_file(directory.path().join("buffer/00000001.seg")).unwrap();
    disk.refuses_opens.store(false, Ordering::Relaxed);
    until("it is missed", || rig.counts().corrupt == 1);
    deliver(&mut lane, &mut *end, &bodies(10, 200));
    rig.drained();
    let counts = rig.counts();
    assert_eq!((behind.bodies(), counts.corrupt, counts.dropped_corrupt), (bodies(10, 200), 1, 50));
}
