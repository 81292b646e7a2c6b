//! What is kept over runs, over damage, and for how long.

use super::*;
use crate::format::{self, Checkpointed};
use logagent_component::{Fingerprint, MOST_REMEMBERED, Progress};
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// A file of this inode; `u64::MAX` is over.
struct TestMark(u64, AtomicU64);

impl Mark for TestMark {
    fn checkpoint(&self) -> Option<Checkpoint> {
        let offset = self.1.load(Ordering::Relaxed);
        (offset != u64::MAX).then(|| checkpoint(self.0, offset))
    }

    fn progress(&self) -> Progress {
        Progress { framed: 10, delivered: self.1.load(Ordering::Relaxed) }
    }
}

fn checkpoint(inode: u64, offset: u64) -> Checkpoint {
    let (source, path, fingerprint) = ("app".into(), "/var/log/app.log".into(), Fingerprint::default());
    Checkpoint { source, path, device: 1, inode, fingerprint, offset }
}

fn mark(keeper: &Keeper, inode: u64, offset: u64) -> Arc<TestMark> {
    let mark = Arc::new(TestMark(inode, AtomicU64::new(offset)));
    keeper.checkpoints().keep(mark.clone());
    mark
}

fn kept(directory: &TempDir) -> Vec<(u64, u64)> {
    let mut kept: Vec<_> = Keeper::open(directory.path(), false)
        .checkpoints()
        .kept("app")
        .iter()
        .map(|it| (it.inode, it.offset))
        .collect();
    kept.sort_unstable();
    kept
}

#[test]
fn what_was_delivered_is_there_in_the_next_run() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    let first = mark(&keeper, 1, 0);
    mark(&keeper, 2, 7);
    first.1.store(5, Ordering::Relaxed);
    keeper.end(false).unwrap();
    assert_eq!(kept(&directory), [(1, 5), (2, 7)]);
    assert!(Keeper::open(directory.path(), false).checkpoints().kept("other").is_empty());
}

#[test]
fn a_file_that_is_not_found_again_is_remembered_and_one_that_is_over_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    for inode in [1, 2, 3] {
        mark(&keeper, inode, inode);
    }
    keeper.end(false).unwrap();
    let keeper = Keeper::open(directory.path(), false);
    mark(&keeper, 1, 9);
    mark(&keeper, 2, u64::MAX - 1).1.store(u64::MAX, Ordering::Relaxed);
    keeper.end(false).unwrap();
    assert_eq!(kept(&directory), [(1, 9), (3, 3)]);
}

#[test]
fn a_file_that_was_parted_with_and_may_come_again_is_remembered_until_it_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    let file = mark(&keeper, 1, 5);
    keeper.checkpoints().carry(file.checkpoint().unwrap());
    file.1.store(u64::MAX, Ordering::Relaxed);
    keeper.write().unwrap();
    assert_eq!(kept(&directory), [(1, 5)]);
    mark(&keeper, 1, 7);
    keeper.end(false).unwrap();
    assert_eq!(kept(&directory), [(1, 7)]);
}

#[test]
fn of_files_that_were_parted_with_the_latest_are_remembered_and_all_of_the_run_before() {
    let files = vec![format::Kept { checkpoint: checkpoint(0, 5), seen: 1 }];
    let mut ledger = Ledger::new(Checkpointed { files, ..Checkpointed::default() });
    let most = MOST_REMEMBERED as u64;
    (1..=most + 2).for_each(|number| ledger.carry(checkpoint(number, 5), number));
    let mut inodes: Vec<_> = ledger.kept("app").iter().map(|it| it.inode).collect();
    inodes.sort_unstable();
    assert_eq!(inodes, [0].into_iter().chain(3..=most + 2).collect::<Vec<_>>());
}

#[test]
fn a_file_that_no_one_has_seen_for_a_week_is_forgotten() {
    let files = vec![format::Kept { checkpoint: checkpoint(1, 5), seen: 100 }];
    let mut ledger = Ledger::new(Checkpointed { files, ..Checkpointed::default() });
    assert_eq!(ledger.changed(100 + 7 * 24 * 3600 - 1), None);
    assert_eq!(ledger.changed(100 + 7 * 24 * 3600), Some((vec![], vec![])));
}

#[test]
fn damaged_checkpoints_are_replaced_by_those_before() {
    let directory = tempfile::tempdir().unwrap();
    for offset in [5, 6] {
        let keeper = Keeper::open(directory.path(), false);
        mark(&keeper, 1, offset);
        keeper.end(false).unwrap();
    }
    assert_eq!(kept(&directory), [(1, 6)]);
    let path = directory.path().join("checkpoints");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(kept(&directory), [(1, 5)]);
}

#[test]
fn what_has_not_changed_is_not_written_again() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    let mark = mark(&keeper, 1, 5);
    keeper.shared.write().unwrap();
    std::fs::remove_file(directory.path().join("checkpoints")).unwrap();
    keeper.shared.write().unwrap();
    assert!(!directory.path().join("checkpoints").exists());
    mark.1.store(6, Ordering::Relaxed);
    keeper.shared.write().unwrap();
    assert_eq!(kept(&directory), [(1, 6)]);
}

/// A run over what is there, which delivers so much of one file.
fn run_once(directory: &TempDir, offset: u64, is_complete: bool) {
    let keeper = Keeper::open(directory.path(), true);
    mark(&keeper, 1, offset);
    keeper.end(is_complete).unwrap();
}

#[test]
fn a_run_over_what_is_there_begins_anew_once_one_has_come_to_its_end() {
    let directory = tempfile::tempdir().unwrap();
    run_once(&directory, 5, false);
    assert_eq!(kept(&directory), [(1, 5)]);
    run_once(&directory, 9, true);
    assert_eq!(kept(&directory), []);
}

#[test]
fn a_run_over_what_is_there_goes_on_for_one_that_follows() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    mark(&keeper, 1, 5);
    keeper.end(false).unwrap();
    run_once(&directory, 9, true);
    assert_eq!(kept(&directory), [(1, 9)]);
}

#[test]
fn a_directory_that_can_not_be_written_is_an_error_that_names_it() {
    let keeper = Keeper::open(Path::new("/proc/self/nowhere"), false);
    mark(&keeper, 1, 5);
    let error = keeper.end(false).unwrap_err();
    assert_eq!(error.to_string(), "/proc/self/nowhere: make");
}

#[test]
fn an_output_is_known_again_by_its_inode_and_is_its_own_from_where_it_was_first_opened() {
    let directory = tempfile::tempdir().unwrap();
    let (out, other) = (directory.path().join("out"), directory.path().join("other"));
    std::fs::write(&out, "before\n").unwrap();
    let outputs = Keeper::open(directory.path(), false).outputs();
    assert_eq!(outputs.own_from(&out), None);
    outputs.own(&out).unwrap();
    std::fs::write(&out, "before\nbehind\n").unwrap();
    let outputs = Keeper::open(directory.path(), false).outputs();
    assert_eq!(outputs.own_from(&out), Some(7));
    outputs.own(&out).unwrap();
    std::fs::rename(&out, &other).unwrap();
    std::fs::write(&out, "another\n").unwrap();
    assert_eq!((outputs.own_from(&out), outputs.own_from(&other)), (None, Some(7)));
    std::fs::write(&other, "short").unwrap();
    assert_eq!(outputs.own_from(&other), None);
}

#[test]
fn what_others_append_once_the_agent_has_left_an_output_is_not_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let (out, gone) = (directory.path().join("out"), directory.path().join("gone"));
    let keeper = Keeper::open(directory.path(), false);
    for path in [&out, &gone] {
        std::fs::write(path, "").unwrap();
        keeper.outputs().own(path).unwrap();
    }
    std::fs::write(&out, "ours\n").unwrap();
    std::fs::remove_file(&gone).unwrap();
    keeper.outputs().leave();
    keeper.end(false).unwrap();
    std::fs::write(&out, "ours\ntheirs").unwrap();
    assert_eq!(Keeper::open(directory.path(), false).outputs().own_from(&out), Some(5));
}

#[test]
fn what_was_read_is_waited_for_until_it_is_delivered_and_the_checkpoints_say_so() {
    let directory = tempfile::tempdir().unwrap();
    let keeper = Keeper::open(directory.path(), false);
    let (first, second) = (mark(&keeper, 1, 9), mark(&keeper, 2, 3));
    let deliveries = keeper.deliveries();
    assert!(!deliveries.settle(|| false));
    first.1.store(10, Ordering::Relaxed);
    second.1.store(u64::MAX, Ordering::Relaxed);
    assert!(deliveries.settle(|| false));
    assert_eq!(kept(&directory), [(1, 10)]);
}

#[test]
fn the_writer_looks_when_something_has_moved_and_now_and_then_in_any_case() {
    let mut pause = Pause::new();
    assert!(pause.is_over(0), "at the start");
    let looks = |pause: &mut Pause, movement| (0..22).map(|_| u32::from(pause.is_over(movement))).sum::<u32>();
    assert_eq!(looks(&mut pause, 0), 2);
    assert_eq!(looks(&mut pause, 7), 2);
    assert!((8..20).all(|movement| pause.is_over(movement)));
}
