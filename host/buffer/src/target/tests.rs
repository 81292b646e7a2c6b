//! The whole buffer, from a lane's end to the sink behind.

mod damage;
mod descriptors;
mod encryption;
mod full;
mod trouble;

use crate::fixture::{Behind, Lane, Mood, Rig, config};
use crate::{Fsync, Settings};
use logagent_component::Sink;
use logagent_testkit::until;
use std::sync::Arc;
use std::time::Duration;

/// So many bodies of about so many bytes.
fn bodies(count: usize, bytes: usize) -> Vec<String> {
    (0..count).map(|number| format!("#{number} {}", "y".repeat(bytes))).collect()
}

/// The bodies of so many batches.
fn repeated(batches: usize, count: usize, bytes: usize) -> Vec<String> {
    (0..batches).flat_map(|_| bodies(count, bytes)).collect()
}

fn deliver(lane: &mut Lane, end: &mut dyn Sink, bodies: &[String]) {
    let delivery = lane.batch(bodies);
    end.deliver(delivery).unwrap();
}

#[test]
fn what_is_delivered_comes_out_as_it_was_and_in_order() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    for fsync in [Fsync::Never, Fsync::Batch, Fsync::Interval(Duration::from_millis(1))] {
        behind.bodies.lock().unwrap().clear();
        let mut config = config(directory.path());
        config.settings = Settings { fsync, ..config.settings };
        let rig = Rig::open(config, &behind).unwrap();
        let mut end = rig.target.lane();
        let batches = [bodies(1, 0), bodies(40, 3), bodies(9, 2000), bodies(300, 100)];
        batches.iter().for_each(|batch| deliver(&mut lane, &mut *end, batch));
        until("all are confirmed", || lane.out() == 0);
        rig.drained();
        assert_eq!(behind.bodies(), batches.concat(), "{fsync:?}");
        let counts = rig.counts();
        assert_eq!((counts.taken, counts.drained, counts.backlog()), (350, 350, 0));
        drop(end);
        rig.end();
    }
}

#[test]
fn a_large_batch_is_several_entries() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let bodies: Vec<String> = (0..60).map(|number| format!("{number} {}", "y".repeat(10_000))).collect();
    let mut end = rig.target.lane();
    // Records that share their bytes take more in the buffer than in the ring.
    let mut delivery = lane.batch(&bodies);
    let whole = delivery.table.clone();
    delivery.table = whole.start..whole.end;
    end.deliver(delivery).unwrap();
    rig.drained();
    assert_eq!(behind.bodies(), bodies);
}

#[test]
fn what_did_not_arrive_comes_after_a_restart_and_nothing_twice() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let mut expected = Vec::new();
    for round in 0..4 {
        behind.set(if round % 2 == 0 { Mood::Stalls } else { Mood::Takes });
        let rig = Rig::open(config(directory.path()), &behind).unwrap();
        let batch = bodies(50 + round, 300);
        expected.extend(batch.clone());
        let mut end = rig.target.lane();
        deliver(&mut lane, &mut *end, &batch);
        assert_eq!(lane.out(), 0);
        if round % 2 == 1 {
            rig.drained();
            assert_eq!(rig.counts().recovered, 50 + round as u64 - 1);
        }
        drop(end);
        rig.end();
    }
    assert_eq!(behind.bodies(), expected);
}

#[test]
fn files_whose_records_have_arrived_are_removed() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let rig = Rig::open(config(directory.path()), &behind).unwrap();
    let mut end = rig.target.lane();
    for _ in 0..100 {
        deliver(&mut lane, &mut *end, &bodies(40, 500));
        rig.drained();
    }
    let taken: u64 = std::fs::read_dir(directory.path().join("buffer"))
        .unwrap()
        .map(|it| it.unwrap().metadata().unwrap().len())
        .sum();
    assert!(taken < 5 * (64 << 10) && rig.counts().segments <= 2, "{taken} {:?}", rig.counts());
}

#[test]
fn a_buffer_in_use_goes_on_behind_another_sink_after_a_reload() {
    let (directory, first, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (buffers, meter) = (crate::Buffers::new(Arc::new(|_| {})), Arc::default());
    let one = buffers.open(config(directory.path()), first.open(), Arc::clone(&meter)).unwrap();
    let mut old_end = one.lane();
    deliver(&mut lane, &mut *old_end, &bodies(5, 10));
    until("the first has it", || first.bodies().len() == 5);
    let second = Behind::default();
    let other = buffers.open(config(directory.path()), second.open(), meter).unwrap();
    // Refused now, the reload would have changed nothing.
    deliver(&mut lane, &mut *old_end, &bodies(2, 10));
    until("the first still gets it", || first.bodies().len() == 7);
    let mut new_end = other.lane();
    until("the second is taken", || {
        deliver(&mut lane, &mut *old_end, &bodies(1, 10));
        !second.bodies().is_empty()
    });
    deliver(&mut lane, &mut *new_end, &bodies(1, 20));
    buffers.finish(|_| true);
    assert_eq!(second.bodies().last(), bodies(1, 20).last());
}

#[test]
fn what_waits_for_the_disk_is_confirmed_where_a_reload_asks_for_it_no_more() {
    let (directory, behind, mut lane) = (tempfile::tempdir().unwrap(), Behind::default(), Lane::new());
    let (buffers, meter) = (crate::Buffers::new(Arc::new(|_| {})), Arc::default());
    let mut config = config(directory.path());
    config.settings.fsync = Fsync::Interval(Duration::from_secs(3600));
    let target = buffers.open(config.clone(), behind.open(), Arc::clone(&meter)).unwrap();
    deliver(&mut lane, &mut *target.lane(), &bodies(5, 10));
    assert_eq!(lane.out(), 1);
    config.settings.fsync = Fsync::Never;
    let _end = buffers.open(config, behind.open(), meter).unwrap().lane();
    until("it is confirmed", || lane.out() == 0);
}
