//! Coming to rest: a lane that is asked to stand still finishes what it has in hand, and reads no more until it is sent
//! on.

use super::{Lane, LaneError, Round};

impl Lane {
    /// Finishes what is in hand; whether nothing is in flight now. What was read then is what streams are told of as
    /// delivered, and what sinks have confirmed, neither more nor less. Waits only where the ring has no space.
    ///
    /// # Errors
    /// As for [`step`](Self::step).
    pub fn rest(&mut self) -> Result<bool, LaneError> {
        // A batch that is half cut into records may lie in the middle of what its stream can go on from.
        while !self.open.is_empty() {
            self.close()?;
        }
        self.flush(|_| true)?;
        self.reclaim()?;
        Ok(self.flights.landed() == self.flights.departed())
    }

    /// Does what the lane is asked to: comes nearer to rest, or rests.
    pub(super) fn stand_still(&mut self) -> Result<Round, LaneError> {
        if self.rest()? {
            self.place.stand();
        } else {
            // Who is done with a span wakes the lane, and so does who sends it on.
            self.clock.wait(self.next_flush());
        }
        Ok(Round::Worked)
    }
}
