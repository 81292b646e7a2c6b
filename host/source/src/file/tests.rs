//! The source on its thread, woken by events: it looks too seldom here to find anything by itself.

use super::*;
use crate::testing::{MiniLane, Running, until};
use std::fs::{File, create_dir, remove_file, rename};
use std::io::Write;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A look that only an event can cause within a test's deadline, and a short goodbye.
const EVENTS_ONLY: Pace = Pace {
    look: Duration::from_secs(3600),
    poll: Duration::from_secs(3600),
    short: Duration::from_millis(1),
    debounce: Duration::from_millis(1),
    retire: Duration::ZERO,
};

fn source(root: &TempDir, include: &str, once: bool) -> FileSource {
    let config = FileSourceConfig {
        max_record_bytes: 1000,
        once,
        ..FileSourceConfig::new("s", vec![root.path().join(include).to_string_lossy().into_owned()])
    };
    FileSource::new(config).unwrap()
}

fn follow(root: &TempDir, include: &str, pace: Pace) -> Running {
    Running::start(FileSource { pace, ..source(root, include, false) })
}

fn create(root: &TempDir, name: &str, bytes: &str) -> File {
    let mut file = File::options().append(true).create(true).open(root.path().join(name)).unwrap();
    file.write_all(bytes.as_bytes()).unwrap();
    file
}

#[test]
fn growth_new_files_and_rotations_are_told_of_by_events() {
    let root = tempfile::tempdir().unwrap();
    let mut file = create(&root, "a.log", "1\n");
    let mut running = follow(&root, "*.log", EVENTS_ONLY);
    running.expect(&["1"]);
    writeln!(file, "2").unwrap();
    running.expect(&["2"]);
    create(&root, "b.log", "3\n");
    running.expect(&["3"]);
    rename(root.path().join("a.log"), root.path().join("a.log.1")).unwrap();
    create(&root, "a.log", "4\n");
    running.expect(&["4"]);
    running.stop();
}

#[test]
fn growth_wakes_the_lane() {
    let root = tempfile::tempdir().unwrap();
    let mut file = create(&root, "a.log", "1\n");
    let mut running = follow(&root, "*.log", EVENTS_ONLY);
    running.expect(&["1"]);
    assert!(!running.lanes[0].stream.is_ready());
    let wakes = running.wakes.count();
    writeln!(file, "2").unwrap();
    until("a wake", || running.wakes.count() > wakes);
    running.expect(&["2"]);
    running.stop();
}

#[test]
fn files_in_directories_that_come_later_are_told_of_by_events() {
    for include in ["*/*.log", "**/*.log"] {
        let root = tempfile::tempdir().unwrap();
        create_dir(root.path().join("d")).unwrap();
        create(&root, "d/a.log", "1\n");
        let mut running = follow(&root, include, EVENTS_ONLY);
        running.expect(&["1"]);
        create_dir(root.path().join("e")).unwrap();
        let mut file = create(&root, "e/a.log", "2\n");
        running.expect(&["2"]);
        writeln!(file, "3").unwrap();
        running.expect(&["3"]);
        running.stop();
    }
}

#[test]
fn growth_behind_a_link_is_told_of_by_events() {
    let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut file = create(&elsewhere, "a", "1\n");
    symlink(elsewhere.path().join("a"), root.path().join("a.log")).unwrap();
    let mut running = follow(&root, "*.log", EVENTS_ONLY);
    running.expect(&["1"]);
    // The link's target is watched from the second look on.
    running.signal.raise();
    writeln!(file, "2").unwrap();
    running.expect(&["2"]);
    writeln!(file, "3").unwrap();
    running.expect(&["3"]);
    running.stop();
}

#[test]
fn a_directory_that_is_replaced_is_looked_into_again() {
    let root = tempfile::tempdir().unwrap();
    for round in ["1", "2", "3"] {
        std::fs::create_dir_all(root.path().join("d")).unwrap();
        create(&root, "d/a.log", &format!("{round}\n"));
        let mut running = follow(&root, "d/*.log", Pace { look: Duration::from_millis(20), ..EVENTS_ONLY });
        running.expect(&[round]);
        std::fs::remove_dir_all(root.path().join("d")).unwrap();
        create_dir(root.path().join("d")).unwrap();
        create(&root, "d/a.log", "again\n");
        running.expect(&["again"]);
        running.stop();
        std::fs::remove_dir_all(root.path().join("d")).unwrap();
    }
}

#[test]
fn a_deleted_file_that_is_quiet_ends() {
    let root = tempfile::tempdir().unwrap();
    create(&root, "a.log", "1\n2");
    let mut running = follow(&root, "*.log", Pace { look: Duration::from_millis(20), ..EVENTS_ONLY });
    running.expect(&["1"]);
    remove_file(root.path().join("a.log")).unwrap();
    running.expect(&["2"]);
    until("the end", || {
        running.round();
        running.lanes[0].has_ended
    });
    running.stop();
}

#[test]
fn a_new_file_is_found_at_the_usual_pace_which_is_a_look_a_second() {
    assert_eq!(Pace::default().look, Duration::from_secs(1));
    let root = tempfile::tempdir().unwrap();
    let mut running = follow(&root, "later/*.log", Pace::default());
    create_dir(root.path().join("later")).unwrap();
    create(&root, "later/a.log", "1\n");
    running.expect(&["1"]);
    running.stop();
}

#[test]
fn a_run_over_what_is_there_reads_each_file_to_its_end_and_returns() {
    let root = tempfile::tempdir().unwrap();
    create(&root, "a.log", "1\n2");
    create(&root, "b.log", "3\n");
    create(&root, "c.log", "");
    let mut running = Running::start(source(&root, "*.log", true));
    running.expect(&["1", "2", "3"]);
    let lanes = running.join();
    assert_eq!(lanes.iter().map(|lane| lane.has_ended).collect::<Vec<_>>(), [true; 3]);
}

#[test]
fn a_run_over_more_files_than_may_be_open_reads_all() {
    let root = tempfile::tempdir().unwrap();
    for number in 10..30 {
        create(&root, &format!("{number}.log"), &format!("{number}\n"));
    }
    let mut few = source(&root, "*.log", true);
    few.config.max_open_files = 2;
    let mut running = Running::start(few);
    let mut lines = Vec::new();
    until("all files", || {
        running.round();
        lines.extend(running.lanes.iter_mut().flat_map(MiniLane::take));
        running.lanes.retain(|lane| !lane.has_ended);
        lines.len() == 20
    });
    running.join();
}

#[test]
fn what_no_event_tells_of_is_found_by_looking() {
    let root = tempfile::tempdir().unwrap();
    let mut polling = FileSource { pace: EVENTS_ONLY, ..source(&root, "*.log", false) };
    polling.config.poll = Some(Duration::from_millis(10));
    let mut running = Running::start(polling);
    let mut file = create(&root, "a.log", "1\n");
    running.expect(&["1"]);
    writeln!(file, "2").unwrap();
    running.expect(&["2"]);
    rename(root.path().join("a.log"), root.path().join("a.log.1")).unwrap();
    create(&root, "a.log", "3\n");
    running.expect(&["3"]);
    running.stop();
}

#[test]
fn a_file_that_vanishes_as_soon_as_it_was_opened_is_read_to_its_end() {
    let root = tempfile::tempdir().unwrap();
    let mut running = follow(&root, "*.log", Pace { look: Duration::from_millis(20), ..EVENTS_ONLY });
    create(&root, "a.log", "1\n2\n3");
    until("it is opened", || {
        running.take();
        !running.lanes.is_empty()
    });
    remove_file(root.path().join("a.log")).unwrap();
    running.expect(&["1", "2", "3"]);
    running.stop();
}

#[test]
fn a_run_over_what_is_there_counts_what_it_could_not_open_or_read() {
    let root = tempfile::tempdir().unwrap();
    create(&root, "a.log", "1\n");
    symlink("/proc/self/mem", root.path().join("b.log")).unwrap();
    symlink(root.path().join("c.log"), root.path().join("c.log")).unwrap();
    let source = source(&root, "*.log", true);
    let meter = source.config.meter.clone();
    let mut running = Running::start(source);
    running.expect(&["1"]);
    let lanes = running.join();
    assert!(lanes.iter().all(|lane| lane.has_ended));
    assert_eq!((lanes.len(), meter.unreadable.get()), (2, 2));
}

#[test]
fn a_run_over_nothing_returns() {
    let root = tempfile::tempdir().unwrap();
    Running::start(source(&root, "*.log", true)).join();
}

#[test]
fn a_look_waits_for_the_burst_to_pass_and_ends_when_stopped() {
    let signal = Signal::default();
    signal.raise();
    let began = Instant::now();
    assert!(wait(&signal, Duration::from_millis(20), Duration::from_secs(3600)));
    assert!(began.elapsed() >= Duration::from_millis(20));
    assert!(wait(&signal, Duration::ZERO, Duration::from_millis(1)));
    signal.stop();
    assert!(!wait(&signal, Duration::from_secs(3600), Duration::from_secs(3600)));
}
