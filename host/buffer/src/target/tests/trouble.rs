//! Disks and sinks that fail, and recover.

use super::{bodies, deliver, repeated};
use crate::fixture::{Behind, Faulty, Lane, Mood, Rig, config};
use crate::{Fsync, Settings};
use logagent_component::Sink;
use logagent_testkit::{Mounted, until};
use std::sync::atomic::Ordering;
use std::time::Duration;

#[test]
fn a_full_disk_makes_records_wait_and_loses_none() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let disk = Faulty::default();
    let rig = Rig::open_on(Box::new(disk.clone()), config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    deliver(&mut lane, &mut *end, &bodies(10, 100));
    disk.refuses_writes.store(true, Ordering::Relaxed);
    (0..3).for_each(|_| deliver(&mut lane, &mut *end, &bodies(10, 100)));
    until("it is tried again", || rig.counts().write_errors > 2);
    assert_eq!((lane.out(), rig.counts().taken), (3, 10));
    disk.refuses_writes.store(false, Ordering::Relaxed);
    until("all are confirmed", || lane.out() == 0);
    rig.drained();
    assert_eq!((behind.bodies(), rig.counts().corrupt), (repeated(4, 10, 100), 0));
}

#[test]
fn what_a_disk_refused_to_sync_is_written_again() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (disk, mut config) = (Faulty::default(), config(directory.path()));
    config.settings = Settings { fsync: Fsync::Batch, ..config.settings };
    disk.refuses_syncs.store(true, Ordering::Relaxed);
    let rig = Rig::open_on(Box::new(disk.clone()), config, &behind).unwrap();
    let mut end = rig.target.lane();
    deliver(&mut lane, &mut *end, &bodies(10, 100));
    until("it is tried again", || rig.counts().write_errors > 2);
    assert_eq!(lane.out(), 1);
    disk.refuses_syncs.store(false, Ordering::Relaxed);
    until("it is confirmed", || lane.out() == 0);
    rig.drained();
    let found = behind.bodies();
    assert!(found.len() >= 20 && found.chunks(10).all(|batch| batch == bodies(10, 100)), "{}", found.len());
    assert_eq!(rig.counts().taken, rig.counts().drained);
}

#[test]
fn a_sink_that_fails_gets_everything_once_it_works() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Fails);
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(10, 100)));
    assert_eq!(lane.out(), 0);
    until("it is opened anew", || behind.opened.load(Ordering::Relaxed) > 2);
    behind.set(Mood::Takes);
    rig.drained();
    assert_eq!(behind.bodies(), repeated(5, 10, 100));
}

#[test]
fn what_a_sink_loses_is_handed_to_it_again() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Loses);
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    (0..5).for_each(|_| deliver(&mut lane, &mut *end, &bodies(10, 100)));
    until("it fails", || rig.counts().drain_errors > 2);
    behind.set(Mood::Takes);
    rig.drained();
    assert_eq!((behind.bodies(), rig.counts().drained), (repeated(5, 10, 100), 50));
}

#[test]
fn a_sink_that_is_to_be_opened_anew_has_what_it_was_given_first() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    for round in 2..10 {
        deliver(&mut lane, &mut *end, &bodies(10, 100));
        rig.target.reopen();
        until("it is opened anew", || behind.opened.load(Ordering::Relaxed) == round);
    }
    rig.drained();
    assert_eq!(behind.bodies(), repeated(8, 10, 100));
}

/// Answers how many batches of 50 records of 200 bytes it took.
fn deliver_until_full(rig: &Rig, lane: &mut Lane, end: &mut dyn Sink) -> usize {
    let mut batches = 0;
    while rig.counts().write_errors == 0 {
        until("there is room in the ring, or none on the disk", || lane.out() < 20 || rig.counts().write_errors > 0);
        deliver(lane, end, &bodies(50, 200));
        batches += 1;
    }
    batches
}

#[test]
fn a_real_disk_that_is_full_is_waited_for() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let mounted = match Mounted::new(directory.path(), 1 << 10) {
        Ok(mounted) => mounted,
        Err(reason) => return eprintln!("not tried: this user can't mount a small file system: {reason}"),
    };
    behind.set(Mood::Stalls);
    let mut config = config(directory.path());
    config.settings =
        Settings { max_bytes: 1 << 30, fsync: Fsync::Interval(Duration::from_millis(1)), ..config.settings };
    std::fs::write(directory.path().join("filler"), vec![0; 400 << 10]).unwrap();
    let rig = Rig::open(config, &behind).unwrap();
    let mut end = rig.target.lane();
    let batches = deliver_until_full(&rig, &mut lane, &mut *end);
    std::fs::remove_file(directory.path().join("filler")).unwrap();
    until("all are confirmed", || lane.out() == 0);
    behind.set(Mood::Takes);
    rig.target.running().nudge();
    rig.drained();
    assert_eq!(behind.bodies(), repeated(batches, 50, 200));
    drop(end);
    rig.end();
    drop(mounted);
}

#[test]
fn what_is_written_is_confirmed_while_a_full_disk_takes_no_more() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (disk, mut config) = (Faulty::default(), config(directory.path()));
    config.settings = Settings { fsync: Fsync::Interval(Duration::from_millis(300)), ..config.settings };
    let rig = Rig::open_on(Box::new(disk.clone()), config, &behind).unwrap();
    let mut end = rig.target.lane();
    deliver(&mut lane, &mut *end, &bodies(10, 100));
    disk.refuses_writes.store(true, Ordering::Relaxed);
    deliver(&mut lane, &mut *end, &bodies(10, 100));
    until("the first is confirmed", || lane.out() == 1);
    assert!(rig.counts().write_errors > 0);
    disk.refuses_writes.store(false, Ordering::Relaxed);
    until("all are confirmed", || lane.out() == 0);
}

/// Fills a disk of a mebibyte with what a sink does not take, and has it take that.
fn fill_and_empty(fsync: Fsync, segment_bytes: u64) {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let mounted = match Mounted::new(directory.path(), 1 << 10) {
        Ok(mounted) => mounted,
        Err(reason) => return eprintln!("not tried: this user can't mount a small file system: {reason}"),
    };
    behind.set(Mood::Stalls);
    let mut config = config(directory.path());
    config.settings = Settings { max_bytes: 1 << 30, fsync, segment_bytes, ..config.settings };
    let rig = Rig::open(config, &behind).unwrap();
    let mut end = rig.target.lane();
    let batches = deliver_until_full(&rig, &mut lane, &mut *end);
    behind.set(Mood::Takes);
    rig.target.running().nudge();
    until("all are confirmed", || lane.out() == 0);
    rig.drained();
    assert_eq!(behind.bodies(), repeated(batches, 50, 200), "{fsync:?} {segment_bytes}");
    drop(end);
    rig.end();
    drop(mounted);
}

#[test]
fn a_disk_that_the_buffer_has_filled_has_room_again_once_records_arrive() {
    for fsync in [Fsync::Never, Fsync::Batch, Fsync::Interval(Duration::from_millis(1))] {
        for segment_bytes in [64 << 10, 700 << 10, 64 << 20] {
            fill_and_empty(fsync, segment_bytes);
        }
    }
}

#[test]
fn a_thread_that_panics_is_told_and_nobody_waits_for_it() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    behind.set(Mood::Panics);
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    deliver(&mut lane, &mut *end, &bodies(10, 100));
    until("it is told", || *rig.panicked.lock().unwrap() == ["drain out"]);
    rig.target.running().finish(|_| true);
    drop((end, rig));
    behind.set(Mood::Takes);
    until("the buffer is let go of", || {
        Rig::open(config(directory.path()), &behind).is_ok_and(|rig| {
            rig.drained();
            true
        })
    });
    assert_eq!(behind.bodies(), bodies(10, 100));
}
