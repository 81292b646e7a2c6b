//! Buffers without room, and records that wait for too long.

use super::{bodies, deliver};
use crate::fixture::{Behind, Lane, Mood, Rig, config};
use crate::{Settings, WhenFull};
use logagent_testkit::until;
use std::time::Duration;

fn rig(directory: &std::path::Path, when_full: WhenFull, behind: &Behind) -> Rig {
    let mut config = config(directory);
    config.settings = Settings { when_full, ..config.settings };
    Rig::open(config, behind).unwrap()
}

fn bytes_of(directory: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(directory.join("buffer")).unwrap().map(|entry| entry.unwrap());
    let segments = entries.filter(|entry| entry.path().extension().is_some());
    segments.map(|entry| entry.metadata().unwrap().len()).sum()
}

#[test]
fn a_full_buffer_makes_the_lane_wait_and_goes_on_when_there_is_room() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Stalls);
    let rig = rig(directory.path(), WhenFull::Wait, &behind);
    let mut end = rig.target.lane();
    let mut batches = 0;
    while lane.out() == 0 {
        deliver(&mut lane, &mut *end, &bodies(50, 500));
        batches += 1;
    }
    deliver(&mut lane, &mut *end, &bodies(50, 500));
    assert!(bytes_of(directory.path()) <= 1 << 20);
    assert_eq!((lane.out(), rig.counts().taken, rig.counts().dropped_full), (2, 50 * (batches - 1), 0));
    behind.set(Mood::Takes);
    rig.target.running().nudge();
    rig.drained();
    assert_eq!((lane.out(), behind.bodies().len() as u64), (0, 50 * (batches + 1)));
}

#[test]
fn a_file_that_was_longer_before_takes_no_more_than_what_is_in_it() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let rig = rig(directory.path(), WhenFull::Wait, &behind);
    let mut end = rig.target.lane();
    for _ in 0..6 {
        deliver(&mut lane, &mut *end, &bodies(1, 200 << 10));
        rig.drained();
    }
    behind.set(Mood::Stalls);
    while lane.out() == 0 {
        deliver(&mut lane, &mut *end, &bodies(5, 500));
    }
    assert!(bytes_of(directory.path()) <= 1 << 20, "{}", bytes_of(directory.path()));
}

#[test]
fn drop_newest_keeps_what_is_there_and_counts_the_rest() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Stalls);
    let rig = rig(directory.path(), WhenFull::DropNewest, &behind);
    let mut end = rig.target.lane();
    for _ in 0..60 {
        deliver(&mut lane, &mut *end, &bodies(50, 500));
        assert_eq!(lane.out(), 0);
    }
    let counts = rig.counts();
    assert!(counts.dropped_full > 0 && counts.taken == 3000 && counts.backlog() == 3000 - counts.dropped_full);
    behind.set(Mood::Takes);
    rig.target.running().nudge();
    rig.drained();
    assert_eq!(behind.bodies().len() as u64, 3000 - counts.dropped_full);
}

#[test]
fn drop_oldest_makes_room_and_counts_what_never_arrives() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Stalls);
    let rig = rig(directory.path(), WhenFull::DropOldest, &behind);
    let mut end = rig.target.lane();
    for number in 0..100 {
        let batch: Vec<String> = (0..50).map(|_| format!("{number} {}", "y".repeat(500))).collect();
        deliver(&mut lane, &mut *end, &batch);
        assert!(lane.out() == 0 && bytes_of(directory.path()) <= 1 << 20);
    }
    behind.set(Mood::Takes);
    rig.target.running().nudge();
    rig.drained();
    let (counts, found) = (rig.counts(), behind.bodies());
    assert_eq!((counts.taken, counts.drained), (5000, found.len() as u64));
    assert!(counts.dropped_full > 0 && counts.drained + counts.dropped_full == 5000, "{counts:?}");
    assert!(found.last().unwrap().starts_with("99 "));
}

#[test]
fn a_record_that_is_larger_than_the_buffer_has_it_to_itself() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let mut config = config(directory.path());
    config.settings = Settings { max_bytes: 100 << 10, segment_bytes: 25 << 10, ..config.settings };
    let rig = Rig::open(config, &behind).unwrap();
    let mut end = rig.target.lane();
    for _ in 0..3 {
        deliver(&mut lane, &mut *end, &bodies(1, 200 << 10));
        deliver(&mut lane, &mut *end, &bodies(2, 10));
    }
    rig.drained();
    assert_eq!((lane.out(), behind.bodies().len()), (0, 9));
}

#[test]
fn records_that_wait_for_too_long_are_dropped_and_counted() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Stalls);
    let mut config = config(directory.path());
    config.settings = Settings { max_age: Some(Duration::from_millis(1)), ..config.settings };
    // Few are on their way: what is, may still arrive.
    config.ring_bytes = 64 << 10;
    let rig = Rig::open(config, &behind).unwrap();
    let mut end = rig.target.lane();
    (0..10).for_each(|_| deliver(&mut lane, &mut *end, &bodies(50, 500)));
    until("some are dropped", || rig.counts().dropped_age > 0);
    // More may be dropped between the looks at two of the counts.
    until("all are accounted for", || {
        let counts = rig.counts();
        counts.taken == counts.dropped_age + counts.backlog()
    });
}
