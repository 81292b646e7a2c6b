//! A lane's end of a sink: holds deliveries back for as long as the flush policy allows, then lets them out.
//! Doesn't know where to.

use crate::Flush;
use crate::attempts::Attempts;
use crate::clock::Steady;
use logagent_component::{Delivery, GivenUp, PutAside, Sink, SinkError};
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

    /// What of this delivery, the first that it could not take, has arrived all the same.
    fn written_of(&self, _delivery: &Delivery) -> Written {
        Written::default()
    }

    /// That delivery is not sent again.
    fn forgo(&mut self, _written: Written) {}

    /// Confirms one that is not sent again, once what was written of it is as safe as all else.
    fn accept(&mut self, delivery: Delivery) {
        delivery.confirm();
    }
}

/// The beginning of a delivery that was written before a write failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) records: usize,
    /// As encoded.
    pub(crate) bytes: u64,
}

pub(crate) struct Held<O> {
    outlet: O,
    /// `None` where what fails stays failed.
    attempts: Option<Attempts>,
    flush: Flush,
    waiting: Vec<Delivery>,
    /// When each of them was taken.
    taken_at: Vec<Instant>,
    records: usize,
    /// When the oldest that waits was read.
    read_at: Option<Instant>,
    clock: Steady,
}

impl<O: Outlet> Held<O> {
    pub(crate) fn new(outlet: O, flush: Flush) -> Self {
        Self {
            outlet,
            attempts: None,
            flush,
            waiting: Vec::new(),
            taken_at: Vec::new(),
            records: 0,
            read_at: None,
            clock: Steady::default(),
        }
    }

    /// Tries again what may go well later.
    pub(crate) fn trying_again(self, attempts: Attempts) -> Self {
        Self { attempts: Some(attempts), ..self }
    }

    /// Goes by another clock than the system's.
    pub(crate) fn by(self, clock: Steady) -> Self {
        Self { clock, ..self }
    }

    fn take(&mut self, delivery: Delivery, now: Instant) -> Instant {
        let read_at = self.read_at.map_or(delivery.read_at, |oldest| oldest.min(delivery.read_at));
        self.read_at = Some(read_at);
        self.records += delivery.records();
        self.waiting.push(delivery);
        self.taken_at.push(now);
        read_at
    }

    fn send(&mut self, now: Instant) -> Result<(), SinkError> {
        if self.attempts.as_ref().is_some_and(|attempts| !attempts.may_try(now)) {
            return Ok(());
        }
        // What could not be sent stays due, so that a disk that has space again loses nothing.
        let sent = self.outlet.send(&mut self.waiting);
        self.taken_at.drain(..self.taken_at.len() - self.waiting.len());
        match (sent, &mut self.attempts) {
            (Err(error), Some(attempts)) => return attempts.fail(error, now),
            (Err(error), None) => return Err(error),
            (Ok(()), Some(attempts)) => attempts.succeed(),
            (Ok(()), None) => {}
        }
        (self.records, self.read_at) = (0, None);
        Ok(())
    }

    /// Puts what waits there aside, where it is time; answers whether it was.
    fn give_up_one(&mut self, index: usize, now: Instant, put_aside: &mut PutAside<'_>) -> bool {
        let Some(attempts) = &mut self.attempts else { return false };
        let Some(delivery) = self.waiting.get(index) else { return false };
        let Some((why, reason)) = attempts.verdict(self.taken_at[index], now) else { return false };
        let written = self.outlet.written_of(delivery);
        let records = delivery.records() - written.records;
        if records > 0 {
            let given = GivenUp { sink: attempts.name(), why, reason, delivery, written: written.records };
            if let Err(error) = put_aside(&given) {
                attempts.fail_aside(&error, now);
                return false;
            }
            attempts.put_aside(why, records as u64);
        }
        self.outlet.forgo(written);
        true
    }
}

impl<O: Outlet> Sink for Held<O> {
    fn deliver(&mut self, delivery: Delivery) -> Result<(), SinkError> {
        let now = self.clock.now();
        let read_at = self.take(delivery, now);
        if self.flush.is_due(self.records, read_at, now) { self.send(now) } else { Ok(()) }
    }

    fn flush_at(&self) -> Option<Instant> {
        let due_at = self.read_at.and_then(|read_at| self.flush.due_at(read_at));
        let attempts = self.attempts.as_ref();
        let due_at = attempts.and_then(Attempts::until).or(due_at);
        let gives_up_at =
            attempts.zip(self.taken_at.first()).and_then(|(attempts, &first)| attempts.gives_up_at(first));
        [due_at, gives_up_at, self.outlet.settle_at()].into_iter().flatten().min()
    }

    /// Settles, too: a lane that waits for its ring's space must get it.
    fn flush(&mut self) -> Result<(), SinkError> {
        self.send(self.clock.now())?;
        self.outlet.settle()
    }

    fn give_up(&mut self, put_aside: &mut PutAside<'_>) -> Result<(), SinkError> {
        let now = self.clock.now();
        let mut count = 0;
        while self.give_up_one(count, now, put_aside) {
            count += 1;
        }
        if count > 0 {
            self.taken_at.drain(..count);
            self.waiting.drain(..count).for_each(|delivery| self.outlet.accept(delivery));
            self.records = self.waiting.iter().map(Delivery::records).sum();
            self.read_at = self.waiting.iter().map(|delivery| delivery.read_at).min();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
