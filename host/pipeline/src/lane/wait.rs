//! Waiting: for sinks to take what they hold back, for the ring to have space, for a time to come.

use super::tick::TICK;
use super::{Lane, LaneError, given_up};
use logagent_ring::Writer;
use logagent_telemetry::Stage;
use std::time::Instant;

impl Lane {
    /// A sink that works on a thread of its own can only say why it lost something when asked.
    pub(super) fn reason_of_loss(&mut self) -> LaneError {
        let retired = self.retired.iter_mut().map(|(_, sink)| sink);
        let reasons = self.graph.sinks.iter_mut().chain(retired).find_map(|sink| sink.flush().err());
        reasons.map_or(LaneError::Lost, LaneError::Sink)
    }

    /// Flushes the sinks whose time `is_due` says has come.
    pub(super) fn flush(&mut self, is_due: impl Fn(Instant) -> bool) -> Result<(), LaneError> {
        let Self { graph, retired, flights, streams, .. } = self;
        let retired = retired.iter_mut().map(|(_, sink)| sink);
        for sink in graph.sinks.iter_mut().chain(retired) {
            if sink.flush_at().is_some_and(&is_due) {
                let started = Instant::now();
                sink.flush()?;
                sink.give_up(&mut |given| given_up::put_aside(given, flights, streams, &*graph.dead_letters))?;
                self.meters.stages.of(Stage::Write).add_time(started.elapsed());
            }
        }
        Ok(())
    }

    /// Waits until this many bytes are free, which they will be: they fit beside what is in hand.
    pub(super) fn make_room(&mut self, bytes: usize) -> Result<(), LaneError> {
        self.wait_for_ring(|ring| ring.free() >= bytes)
    }

    /// Waits for sinks to return what they hold, until the ring is as wanted.
    pub(super) fn wait_for_ring(&mut self, is_as_wanted: impl Fn(&Writer) -> bool) -> Result<(), LaneError> {
        while !is_as_wanted(&self.ring) {
            self.flush(|_| true)?;
            self.reclaim()?;
            if !is_as_wanted(&self.ring) {
                self.clock.wait(self.next_flush());
            }
        }
        Ok(())
    }

    /// When the next thing is due by the clock, whatever happens before.
    #[must_use]
    pub fn due_at(&self) -> Instant {
        let age = self.open.due_at(&self.limits);
        let others = [age, self.rests_until, self.next_flush()];
        others.into_iter().flatten().chain([self.ticked_at + TICK]).min().expect("one is always given")
    }

    /// When a sink wants to be flushed; those of earlier graphs, too, whose records may wait for another attempt.
    pub(super) fn next_flush(&self) -> Option<Instant> {
        let retired = self.retired.iter().map(|(_, sink)| sink);
        self.graph.sinks.iter().chain(retired).filter_map(|sink| sink.flush_at()).min()
    }
}
