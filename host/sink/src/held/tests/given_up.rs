//! What could not be delivered in time is put aside, by a clock that the test moves.

use super::{Switch, held};
use crate::attempts::{Attempts, RETRY};
use crate::clock::Steady;
use crate::fixture::{Lane, Line, Stingy};
use crate::held::{Held, Outlet};
use crate::inline::Inline;
use crate::medium::Medium;
use crate::output::Output;
use crate::pen::{Encoding, Pen};
use crate::{Flush, Fsync};
use logagent_component::{GivenUp, Retry, Sink, SinkError};
use logagent_telemetry::SinkMeter;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const SECOND: Duration = Duration::from_secs(1);

/// A clock, what it shows, and what was put aside.
struct Rig {
    now: Arc<Mutex<Instant>>,
    meter: Arc<SinkMeter>,
    aside: Vec<String>,
    is_full: bool,
}

impl Rig {
    fn new() -> Self {
        let now = Arc::new(Mutex::new(Instant::now()));
        Self { now, meter: Arc::default(), aside: Vec::new(), is_full: false }
    }

    fn sink<O: Outlet>(&self, held: Held<O>, give_up: Option<Duration>) -> Held<O> {
        let now = self.now.clone();
        let attempts = Attempts::new("out".into(), Retry { give_up, ..RETRY }, self.meter.clone());
        held.trying_again(attempts).by(Steady::new(move || *now.lock().unwrap()))
    }

    fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// As a lane does where it is due.
    fn flush<O: Outlet>(&mut self, sink: &mut Held<O>) {
        if sink.flush_at().is_none_or(|at| at > *self.now.lock().unwrap()) {
            return;
        }
        sink.flush().unwrap();
        let (aside, is_full) = (&mut self.aside, self.is_full);
        sink.give_up(&mut |given| put(given, aside, is_full)).unwrap();
    }
}

fn put(given: &GivenUp<'_>, aside: &mut Vec<String>, is_full: bool) -> Result<(), SinkError> {
    if is_full {
        let source = Error::from(ErrorKind::StorageFull);
        return Err(SinkError::Write { target: "letters".into(), action: "write", source });
    }
    let records = &given.delivery.descriptors()[given.written..];
    let body = |record| String::from_utf8_lossy(given.delivery.body(record)).into_owned();
    aside.extend(records.iter().map(|record| format!("{} {}: {}", given.sink, given.why.kind(), body(record))));
    Ok(())
}

fn broken(rig: &Rig, give_up: Option<Duration>) -> Held<Switch> {
    let mut sink = rig.sink(held(1, SECOND), give_up);
    sink.outlet.is_broken = true;
    sink
}

#[test]
fn what_could_not_be_delivered_in_time_is_put_aside_and_what_came_later_waits() {
    let (mut rig, mut lane) = (Rig::new(), Lane::new());
    let mut sink = broken(&rig, Some(10 * SECOND));
    sink.deliver(lane.batch(&[Line::new("a"), Line::new("b")])).unwrap();
    rig.pass(6 * SECOND);
    rig.flush(&mut sink);
    sink.deliver(lane.batch(&[Line::new("c")])).unwrap();
    rig.pass(4 * SECOND);
    rig.flush(&mut sink);
    assert_eq!(rig.aside, ["out undeliverable: a", "out undeliverable: b"]);
    assert_eq!((lane.returned(), rig.meter.health.is_good()), (vec![false], false));
    sink.outlet.is_broken = false;
    rig.pass(5 * SECOND);
    rig.flush(&mut sink);
    assert_eq!((rig.aside.len(), lane.returned(), sink.flush_at()), (2, vec![false], None));
    assert_eq!(rig.meter.dead_lettered(), BTreeMap::from([("undeliverable".into(), 2)]));
}

#[test]
fn each_record_is_tried_again_before_it_is_given_up() {
    let (mut rig, mut lane) = (Rig::new(), Lane::new());
    let mut sink = broken(&rig, Some(SECOND));
    for _ in 0..20 {
        rig.pass(50 * SECOND);
        rig.flush(&mut sink);
        let calls = sink.outlet.calls;
        sink.deliver(lane.batch(&[Line::new("a")])).unwrap();
        for _ in 0..10 {
            rig.pass(SECOND / 10);
            rig.flush(&mut sink);
        }
        assert!(sink.outlet.calls >= calls + 2, "{} attempts", sink.outlet.calls - calls);
        assert_eq!(lane.returned(), [false]);
    }
}

#[test]
fn without_a_bound_records_wait_for_ever() {
    let (mut rig, mut lane) = (Rig::new(), Lane::new());
    let mut sink = broken(&rig, None);
    sink.deliver(lane.batch(&[Line::new("a")])).unwrap();
    for _ in 0..100 {
        rig.pass(1000 * SECOND);
        rig.flush(&mut sink);
    }
    assert!(rig.aside.is_empty() && lane.returned().is_empty());
}

#[test]
fn what_can_not_be_put_aside_waits_and_is_put_aside_later() {
    let (mut rig, mut lane) = (Rig::new(), Lane::new());
    let mut sink = broken(&rig, Some(SECOND));
    sink.deliver(lane.batch(&[Line::new("a")])).unwrap();
    rig.is_full = true;
    for _ in 0..10 {
        rig.pass(10 * SECOND);
        rig.flush(&mut sink);
    }
    let now = *rig.now.lock().unwrap();
    assert!(lane.returned().is_empty() && sink.flush_at().is_some_and(|at| at > now), "it does not spin");
    rig.is_full = false;
    rig.pass(10 * SECOND);
    rig.flush(&mut sink);
    assert_eq!((rig.aside.as_slice(), lane.returned()), (&["out undeliverable: a".to_owned()][..], vec![false]));
}

#[test]
fn what_no_attempt_can_bring_is_put_aside_at_once_or_ends_the_sink() {
    for give_up in [Some(1000 * SECOND), None] {
        let (mut rig, mut lane) = (Rig::new(), Lane::new());
        let mut sink = broken(&rig, give_up);
        sink.outlet.failure = ErrorKind::BrokenPipe;
        let delivered = sink.deliver(lane.batch(&[Line::new("a")]));
        assert_eq!(delivered.is_ok(), give_up.is_some());
        if delivered.is_ok() {
            rig.flush(&mut sink);
            assert_eq!((rig.aside.as_slice(), lane.returned()), (&["out refused: a".to_owned()][..], vec![false]));
        }
    }
}

/// A sink that writes to a disk with so much space.
fn stingy(rig: &Rig, encoding: Encoding, fsync: Fsync, space: usize) -> Held<Inline> {
    let medium: Box<dyn Medium + Send> = Box::new(Stingy::new(usize::MAX, space));
    let pen = Pen::new(Arc::new(Output::new("disk".into(), medium, true, false)), rig.meter.clone(), encoding);
    rig.sink(Held::new(Inline::new(pen, fsync), Flush::AT_ONCE), Some(SECOND))
}

#[test]
fn what_was_written_of_a_batch_is_not_put_aside() {
    // Dropped lines between them make each record a slice of its own: a write takes 1024 of them at most.
    let line =
        |number: usize| Line { is_dropped: number % 2 == 1, ..Line::new(format!("{number:04} {}", "x".repeat(1100))) };
    let lines: Vec<Line> = (0..5000).map(line).collect();
    for (encoding, fsync) in
        [(Encoding::Raw, Fsync::Never), (Encoding::Json, Fsync::Never), (Encoding::Raw, Fsync::Batch)]
    {
        let (mut rig, mut lane) = (Rig::new(), Lane::of(16 << 20));
        let mut sink = stingy(&rig, encoding, fsync, 2 << 20);
        sink.deliver(lane.batch(&lines)).unwrap();
        rig.pass(SECOND);
        rig.flush(&mut sink);
        let written = usize::try_from(rig.meter.records.get()).unwrap();
        assert!(written > 1000 && written < 2500, "{written}");
        let bodies = lines.iter().filter(|line| !line.is_dropped).skip(written);
        let expected = bodies.map(|line| format!("out undeliverable: {}", String::from_utf8_lossy(&line.body)));
        assert!(rig.aside.iter().cloned().eq(expected), "{encoding:?}");
        sink.flush().unwrap();
        assert_eq!(lane.returned(), [false], "{encoding:?}");
    }
}
