//! What is held back, for how long, and what becomes of it where it can't be sent.

mod given_up;

use super::*;
use crate::fixture::{Lane, Line};
use std::io::ErrorKind;
use std::time::Duration;

/// Takes all, or nothing while it is broken.
struct Switch {
    is_broken: bool,
    failure: ErrorKind,
    calls: usize,
}

impl Outlet for Switch {
    fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError> {
        self.calls += 1;
        if self.is_broken {
            let source = std::io::Error::from(self.failure);
            return Err(SinkError::Write { target: "disk".into(), action: "write", source });
        }
        deliveries.drain(..).for_each(Delivery::confirm);
        Ok(())
    }
}

fn held(max_records: usize, max_age: Duration) -> Held<Switch> {
    let switch = Switch { is_broken: false, failure: ErrorKind::StorageFull, calls: 0 };
    Held::new(switch, Flush { max_records, max_age })
}

#[test]
fn few_young_records_wait_and_say_until_when() {
    let mut lane = Lane::new();
    let mut sink = held(3, Duration::from_secs(60));
    assert_eq!(sink.flush_at(), None);
    let first = lane.batch(&[Line::new("a")]);
    let read_at = first.read_at;
    sink.deliver(first).unwrap();
    sink.deliver(lane.batch(&[Line::new("b")])).unwrap();
    assert_eq!((sink.outlet.calls, sink.flush_at()), (0, Some(read_at + Duration::from_secs(60))));
    sink.deliver(lane.batch(&[Line::new("c")])).unwrap();
    assert_eq!((sink.outlet.calls, sink.flush_at()), (1, None));
    assert_eq!(lane.returned(), [false; 3]);
}

#[test]
fn a_batch_that_is_old_already_goes_at_once() {
    let mut lane = Lane::new();
    let mut sink = held(1000, Duration::ZERO);
    sink.deliver(lane.batch(&[Line::new("a")])).unwrap();
    assert_eq!(lane.returned(), [false]);
}

#[test]
fn what_a_flush_could_not_send_goes_with_the_next() {
    let mut lane = Lane::new();
    let mut sink = held(1, Duration::from_secs(60));
    sink.outlet.is_broken = true;
    assert!(sink.deliver(lane.batch(&[Line::new("a")])).is_err());
    assert!(sink.flush_at().is_some() && lane.returned().is_empty());
    sink.outlet.is_broken = false;
    sink.flush().unwrap();
    assert_eq!((sink.flush_at(), lane.returned()), (None, vec![false]));
}
