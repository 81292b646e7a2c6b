//! Reading: which stream is next, and how much of the ring it gets.

use super::table;
use super::{Lane, LaneError};
use logagent_component::{Read, chain};
use logagent_telemetry::Stage;

impl Lane {
    /// Reads once from the next stream that is ready. Closes the open batch first where that stream can't go into
    /// it. Answers whether anything was done.
    pub(super) fn fill(&mut self) -> Result<bool, LaneError> {
        let Some(index) = self.streams.next_ready(self.rests_until.is_some()) else { return Ok(false) };
        let source = self.streams.source(index);
        if !self.streams.begin_turn(index, self.limits.max_bytes) {
            return Ok(true);
        }
        let space = self.space_for(index);
        if !self.open.is_empty() && (space.is_none() || !self.open.takes(source, index)) {
            self.close()?;
            return Ok(true);
        }
        match space {
            Some(bytes) => self.read(index, source, bytes),
            None => self.flush(|_| true)?,
        }
        Ok(space.is_some())
    }

    /// Adds to a batch that is due what has come while its streams rested: one read of each. No more, since a busy
    /// writer would keep the batch from closing.
    pub(super) fn top_up(&mut self) -> Result<(), LaneError> {
        if self.rests_until.take().is_some() {
            for _ in 0..self.streams.count() {
                if self.open.is_empty() || self.open.bytes() >= self.limits.max_bytes || !self.fill()? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// How many bytes this stream may read now, such that a table of their records still fits behind them. Where
    /// the records may be so many that it would take much of the ring, the rest of them waits for the next table.
    fn space_for(&mut self, index: u16) -> Option<usize> {
        let wanted = self.streams.get_mut(index).stream.wanted();
        let in_hand = self.open.bytes();
        let most = self.limits.max_bytes.saturating_sub(in_hand).max(wanted);
        let table = table::room_for(self.limits.max_records.min(in_hand + most));
        let available = self.ring.free().checked_sub(table.min(self.ring.capacity() / 4))?;
        (available >= wanted).then_some(most.min(available))
    }

    fn read(&mut self, index: u16, source: usize, bytes: usize) {
        let started = self.clock.now();
        let at = self.ring.head();
        let slot = self.streams.get_mut(index);
        let mut count = 0;
        match slot.stream.read(self.ring.space(bytes)) {
            Ok(Read::Bytes(read)) => {
                count = read;
                self.ring.advance(count);
                self.open.extend(source, index, at..at + count as u64, started, || self.clock.unix_nano());
            }
            Ok(Read::Idle) => {}
            Ok(Read::Ended) => slot.is_ended = true,
            Err(error) => {
                tracing::error!(error = chain(&error), "a stream is closed");
                slot.is_ended = true;
            }
        }
        let has_more = count > 0 && slot.stream.is_ready();
        self.streams.spend(index, count, has_more);
        if !self.open.holds(index) {
            self.streams.close_if_over(index);
        }
        self.meters.stages.of(Stage::Read).add_time(self.clock.now().saturating_duration_since(started));
    }
}
