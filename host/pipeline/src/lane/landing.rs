//! What comes back: spans are freed, streams hear how far they were delivered, the law counts.

use super::{Lane, LaneError, Round};
use logagent_component::Sink;

impl Lane {
    /// Brings home what is in flight.
    pub(super) fn drain(&mut self) -> Result<Round, LaneError> {
        self.flush(|_| true)?;
        self.reclaim()?;
        if self.flights.landed() != self.flights.departed() {
            return Ok(Round::Idle);
        }
        self.place.leave();
        Ok(Round::Done)
    }

    /// Frees what has come back, tells the streams, and counts.
    pub(super) fn reclaim(&mut self) -> Result<(), LaneError> {
        while let Some(returned) = self.ring.reclaim() {
            let is_owed = owes(&mut self.graph.sinks, &mut self.retired, self.flights.oldest());
            self.flights.land(&returned, is_owed, &self.open, &mut self.streams);
            if returned.lost {
                return Err(self.reason_of_loss());
            }
        }
        let Self { graph, retired, flights, open, streams, .. } = self;
        flights.settle(|sequence| owes(&mut graph.sinks, retired, sequence), open, streams);
        self.retired.retain(|&(departed, _)| self.flights.landed() < departed);
        self.ring.rewind();
        Ok(())
    }
}

/// Whether a sink has records of the span of this sequence number on their way.
fn owes(sinks: &mut [Box<dyn Sink>], retired: &mut [(u64, Box<dyn Sink>)], sequence: u64) -> bool {
    let retired = retired.iter_mut().map(|(_, sink)| sink);
    sinks.iter_mut().chain(retired).any(|sink| sink.owes(sequence))
}
