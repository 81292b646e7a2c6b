//! The law of delivery: `received + emitted = delivered + dropped + dead_lettered + in_flight`, in records.

use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One pipeline's counts. They change together, so that the law holds whenever anyone looks.
#[derive(Debug, Default)]
pub struct Law {
    counts: Mutex<Counts>,
}

/// What became of records, in records; bytes are bodies with one more byte a record for the newline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Counts {
    /// Taken from sources.
    pub received: u64,
    /// Made by filters.
    pub emitted: u64,
    /// Confirmed by every sink that they were sent to.
    pub delivered: u64,
    /// Ended by a filter's verdict, or taken by no sink.
    pub dropped: u64,
    /// Those of `dropped` that every sink they were meant for has shed; none in what an agent of before says.
    #[serde(default)]
    pub shed: u64,
    /// Put aside because a filter failed on them or a sink gave them up.
    pub dead_lettered: u64,
    /// On their way: what is none of the above yet, and what a sink lost.
    pub in_flight: u64,
    /// The bytes of `received`.
    pub bytes_received: u64,
    /// The bytes of `delivered`.
    pub bytes_delivered: u64,
}

impl Law {
    /// Counts a batch that a source has given.
    pub fn receive(&self, records: u64, bytes: u64) {
        let mut counts = self.lock();
        counts.received += records;
        counts.bytes_received += bytes;
        counts.in_flight += records;
    }

    /// Counts what filters did to records in flight.
    pub fn filter(&self, emitted: u64, dropped: u64) {
        let mut counts = self.lock();
        counts.emitted += emitted;
        counts.dropped += dropped;
        counts.in_flight = counts.in_flight + emitted - dropped;
    }

    /// Counts records in flight that every sink they were meant for has shed.
    pub fn shed(&self, records: u64) {
        let mut counts = self.lock();
        counts.dropped += records;
        counts.shed += records;
        counts.in_flight -= records;
    }

    /// Counts records in flight that were put aside.
    pub fn dead_letter(&self, records: u64) {
        let mut counts = self.lock();
        counts.dead_lettered += records;
        counts.in_flight -= records;
    }

    /// Counts records in flight that have arrived.
    pub fn deliver(&self, records: u64, bytes: u64) {
        let mut counts = self.lock();
        counts.delivered += records;
        counts.bytes_delivered += bytes;
        counts.in_flight -= records;
    }

    /// The counts of one moment.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Sums only: nothing that a panic could leave half done matters more than going on counting.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// Whether the law holds.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.received + self.emitted == self.delivered + self.dropped + self.dead_lettered + self.in_flight
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            received: sum.received + one.received,
            emitted: sum.emitted + one.emitted,
            delivered: sum.delivered + one.delivered,
            dropped: sum.dropped + one.dropped,
            shed: sum.shed + one.shed,
            dead_lettered: sum.dead_lettered + one.dead_lettered,
            in_flight: sum.in_flight + one.in_flight,
            bytes_received: sum.bytes_received + one.bytes_received,
            bytes_delivered: sum.bytes_delivered + one.bytes_delivered,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_holds_after_every_step() {
        let law = Law::default();
        let steps: [fn(&Law); 5] = [
            |law| law.receive(10, 100),
            |law| law.filter(2, 5),
            |law| law.dead_letter(3),
            |law| law.shed(1),
            |law| law.deliver(3, 30),
        ];
        for step in steps {
            step(&law);
            assert!(law.counts().balance(), "{:?}", law.counts());
        }
        assert_eq!(law.counts().in_flight, 0);
    }
}
