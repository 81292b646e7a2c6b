//! What streams hear of their records, and when they are let go.

use crate::rig::{LIMITS, Rig, lines};
use logagent_pipeline::BatchLimits;
use logagent_testkit::{Policy, until};
use std::time::Duration;

#[test]
fn confirmations_come_in_order_whatever_order_the_sinks_confirm_in() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Hold);
    let feed = rig.stream(0, "s");
    let running = rig.start();
    for (count, line) in (1..).zip(lines("s", 6)) {
        feed.give_line(&line);
        until("a delivery", || probe.held() == count);
    }
    probe.confirm_newest();
    probe.confirm_newest();
    probe.confirm_oldest();
    until("the first alone", || feed.confirmed() == [4]);
    probe.open();
    feed.end();
    running.finish();
    assert_eq!(feed.confirmed(), [4, 8, 12, 16, 20, 24]);
}

#[test]
fn a_batch_of_several_streams_is_confirmed_to_each() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Confirm);
    rig.limits = BatchLimits { max_age: Duration::from_millis(50), ..LIMITS };
    let feeds = ["one", "two", "three"].map(|name| rig.ended_stream(name, &["a\nb\n", "c"]));
    rig.run();
    assert_eq!(probe.count(), 9);
    for feed in feeds {
        let confirmed = feed.confirmed();
        assert!(confirmed.is_sorted() && confirmed.last() == Some(&5), "{confirmed:?}");
    }
}

#[test]
fn a_stream_that_has_ended_is_let_go_once_its_records_are_confirmed() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Hold);
    let feed = rig.ended_stream("ends", &["a\n", "b"]);
    let other = rig.stream(0, "goes on");
    let running = rig.start();
    until("the deliveries", || probe.count() == 2);
    assert!(!feed.is_let_go(), "its records are on their way");
    probe.open();
    until("the stream is let go", || feed.is_let_go());
    assert_eq!(feed.confirmed().last(), Some(&3));
    other.end();
    running.finish();
}

#[test]
fn a_stream_that_ends_without_a_record_is_let_go_at_once() {
    let (mut rig, _) = Rig::simple(vec![], Policy::Confirm);
    let feed = rig.ended_stream("empty", &[]);
    let _other = rig.stream(0, "goes on");
    let running = rig.start();
    until("the stream is let go", || feed.is_let_go());
    running.stop();
    running.finish();
}

#[test]
fn streams_come_and_go_and_records_keep_the_name_of_theirs() {
    let (rig, probe) = Rig::simple(vec![], Policy::Hold);
    let running = rig.start();
    for round in 0..50 {
        let name = format!("stream {round}");
        let feed = running.assign(0, &name);
        feed.give(name);
        feed.end();
        until("its record", || probe.count() == round + 1);
        // Every other one is confirmed late, so that places are taken over both soon and late.
        if round % 2 == 1 {
            probe.confirm_oldest();
            probe.confirm_oldest();
            until("it is let go", || feed.is_let_go());
        }
    }
    probe.open();
    running.finish();
    for arrived in probe.arrived() {
        assert_eq!(arrived.stream.unwrap().into_bytes(), arrived.body);
    }
}

#[test]
fn a_stop_delivers_what_was_read_and_reads_no_more() {
    let (mut rig, probe) = Rig::simple(vec![], Policy::Flush(Duration::from_secs(60)));
    rig.limits = BatchLimits { max_age: Duration::from_secs(60), ..LIMITS };
    let feed = rig.stream(0, "s");
    let running = rig.start();
    feed.give("a\nb\nunfinish");
    until("it is read", || feed.unread_bytes() == 0);
    running.stop();
    running.finish();
    assert_eq!((probe.texts(), feed.confirmed()), (vec!["a".to_owned(), "b".to_owned()], vec![4]));
    feed.give("ed\n");
    assert!(feed.is_let_go());
}

#[test]
fn a_lane_without_streams_ends_when_none_can_come() {
    let (rig, probe) = Rig::simple(vec![], Policy::Confirm);
    assert_eq!(rig.run()[0].received, 0);
    assert_eq!(probe.count(), 0);
}
