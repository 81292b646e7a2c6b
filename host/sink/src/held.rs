//! A lane's end of a sink: holds deliveries back for as long as the flush policy allows, then lets them out.
//! Doesn't know where to.

use crate::Flush;
use crate::attempts::Attempts;
use logagent_component::{Delivery, Sink, SinkError};
use std::time::Instant;

/// Where deliveries go once they are due.
pub(crate) trait Outlet: Send {
    /// Takes the deliveries out of the list, from its front on; what it can't take stays. An empty list asks
    /// whether the outlet still works.
    fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError>;

    /// When `settle` must be called at the latest; `None` where nothing that was sent waits for it.
    fn settle_at(&self) -> Option<Instant> {
        None
    }

    /// Confirms what was sent and is not confirmed yet.
    fn settle(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

pub(crate) struct Held<O> {
    outlet: O,
    /// `None` where what fails stays failed.
    attempts: Option<Attempts>,
    flush: Flush,
    waiting: Vec<Delivery>,
    records: usize,
    /// When the oldest that waits was read.
    read_at: Option<Instant>,
}

impl<O: Outlet> Held<O> {
    pub(crate) fn new(outlet: O, flush: Flush) -> Self {
        Self { outlet, attempts: None, flush, waiting: Vec::new(), records: 0, read_at: None }
    }

    /// Tries again what may go well later.
    pub(crate) fn trying_again(self, attempts: Attempts) -> Self {
        Self { attempts: Some(attempts), ..self }
    }

    fn take(&mut self, delivery: Delivery) -> Instant {
        let read_at = self.read_at.map_or(delivery.read_at, |oldest| oldest.min(delivery.read_at));
        self.read_at = Some(read_at);
        self.records += delivery.records();
        self.waiting.push(delivery);
        read_at
    }

    fn send(&mut self) -> Result<(), SinkError> {
        let now = Instant::now();
        if self.attempts.as_ref().is_some_and(|attempts| !attempts.may_try(now)) {
            return Ok(());
        }
        // What could not be sent stays due, so that a disk that has space again loses nothing.
        match (self.outlet.send(&mut self.waiting), &mut self.attempts) {
            (Err(error), Some(attempts)) => return attempts.fail(error, now),
            (Err(error), None) => return Err(error),
            (Ok(()), Some(attempts)) => attempts.succeed(),
            (Ok(()), None) => {}
        }
        (self.records, self.read_at) = (0, None);
        Ok(())
    }
}

impl<O: Outlet> Sink for Held<O> {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let read_at = self.take(delivery);
        if self.flush.is_due(self.records, read_at, Instant::now()) { self.send() } else { Ok(()) }
    }

    fn flush_at(&self) -> Option<Instant> {
        let due_at = self.read_at.and_then(|read_at| self.flush.due_at(read_at));
        let due_at = self.attempts.as_ref().and_then(Attempts::until).or(due_at);
        due_at.into_iter().chain(self.outlet.settle_at()).min()
    }

    /// Settles, too: a lane that waits for its ring's space must get it.
    fn flush(&mut self) -> Result<(), SinkError> {
        self.send()?;
        self.outlet.settle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Lane, Line};
    use std::time::Duration;

    /// Takes all, or nothing while it is broken.
    #[derive(Default)]
    struct Switch {
        is_broken: bool,
        calls: usize,
    }

    impl Outlet for Switch {
        fn send(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), SinkError> {
            self.calls += 1;
            if self.is_broken {
                let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
                return Err(SinkError::Write { target: "disk".into(), action: "write", source });
            }
            deliveries.drain(..).for_each(Delivery::confirm);
            Ok(())
        }
    }

    fn held(max_records: usize, max_age: Duration) -> Held<Switch> {
        Held::new(Switch::default(), Flush { max_records, max_age })
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
}
