//! What lies on the disk, what of it was handed on, and what has arrived: the buffer's accounts. Pure, but for the
//! meter that it keeps; no file is touched here.

use crate::format::{SEGMENT_HEADER, Seal, Sync};
use logagent_telemetry::{BufferCounts, SinkMeter};
use std::collections::VecDeque;
use std::sync::Arc;

/// A place in the buffer: all before it was handed on, or has arrived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) segment: u64,
    /// In bytes from the segment's start.
    pub(crate) at: u64,
    /// How many records of this segment lie before it.
    pub(crate) records: u64,
}

/// A file of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) id: u64,
    pub(crate) sync: Sync,
    /// What it has come to so far.
    pub(crate) seal: Seal,
    /// It is still written.
    pub(crate) is_open: bool,
    /// How many of its records are lost to damage, once all others were handed on.
    pub(crate) lost: Option<u64>,
}

impl Segment {
    pub(crate) fn new(id: u64, sync: Sync, now: u64) -> Self {
        let seal = Seal { end: SEGMENT_HEADER, first: now, last: now, ..Seal::default() };
        Self { id, sync, seal, is_open: true, lost: None }
    }

    fn start(&self) -> Place {
        Place { segment: self.id, at: SEGMENT_HEADER, records: 0 }
    }
}

/// Why records never arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Full,
    Age,
    Corrupt,
}

/// An entry that was handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flight {
    /// Where it ends.
    pub(crate) end: Place,
    pub(crate) records: u64,
}

pub(crate) struct Books {
    /// Oldest first; only the last may be open.
    segments: VecDeque<Segment>,
    handed: Place,
    drained: Place,
    bytes: u64,
    meter: Arc<SinkMeter>,
}

impl Books {
    /// The accounts of what was found at the start: `segments`, oldest first, of which all before `position` has
    /// arrived.
    pub(crate) fn new(segments: VecDeque<Segment>, position: Place, meter: Arc<SinkMeter>) -> Self {
        let bytes = segments.iter().map(|segment| segment.seal.end).sum();
        let records: u64 = segments.iter().map(|segment| segment.seal.records).sum();
        let found = segments.front().map_or(0, |segment| {
            let done = if segment.id == position.segment { position.records } else { 0 };
            records - done.min(segment.seal.records)
        });
        meter.buffer.update(|counts| counts.recovered += found);
        let books = Self { segments, handed: position, drained: position, bytes, meter };
        books.count(|_| {});
        books
    }

    fn count(&self, change: impl FnOnce(&mut BufferCounts)) {
        self.meter.buffer.update(|counts| {
            change(counts);
            (counts.bytes, counts.segments) = (self.bytes, self.segments.len() as u64);
        });
    }

    pub(crate) fn drop_for(&self, reason: Reason, records: u64) {
        self.count(|counts| match reason {
            Reason::Full => counts.dropped_full += records,
            Reason::Age => counts.dropped_age += records,
            Reason::Corrupt => counts.dropped_corrupt += records,
        });
    }

    /// Records that came and were dropped before they were written.
    pub(crate) fn refuse(&self, records: u64) {
        self.count(|counts| {
            counts.taken += records;
            counts.dropped_full += records;
        });
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Records that have not arrived.
    pub(crate) fn backlog(&self) -> u64 {
        self.meter.buffer.counts().unwrap_or_default().backlog()
    }

    /// Another segment is written from now on.
    pub(crate) fn begin(&mut self, segment: Segment) {
        self.bytes += segment.seal.end;
        self.segments.push_back(segment);
        self.count(|_| {});
    }

    /// An entry of so many records was written, up to `end` of the open segment.
    pub(crate) fn append(&mut self, records: u64, end: u64, now: u64) {
        let segment = self.segments.back_mut().expect("a segment is open");
        let seal = &mut segment.seal;
        self.bytes += end - seal.end;
        if seal.entries == 0 {
            seal.first = now;
        }
        *seal = Seal { end, entries: seal.entries + 1, records: seal.records + records, last: now, ..*seal };
        self.count(|counts| counts.taken += records);
    }

    /// The open segment, if there is one.
    pub(crate) fn open(&self) -> Option<&Segment> {
        self.segments.back().filter(|segment| segment.is_open)
    }

    pub(crate) fn holds(&self, segment: u64) -> bool {
        self.segments.iter().any(|known| known.id == segment)
    }

    pub(crate) fn oldest(&self) -> Option<&Segment> {
        self.segments.front()
    }

    /// The open segment is written no more.
    pub(crate) fn close(&mut self) {
        if let Some(segment) = self.segments.back_mut() {
            segment.is_open = false;
        }
    }

    /// Takes the oldest segment out, with what was not handed on of it; `None` where it is open.
    pub(crate) fn drop_oldest(&mut self, reason: Reason) -> Option<u64> {
        let segment = *self.segments.front().filter(|segment| !segment.is_open)?;
        self.segments.pop_front();
        self.bytes -= segment.seal.end;
        let handed = match segment.id.cmp(&self.handed.segment) {
            std::cmp::Ordering::Less => segment.seal.records,
            std::cmp::Ordering::Equal => self.handed.records,
            std::cmp::Ordering::Greater => 0,
        };
        // Counted when all else of it was handed on; since then that may have been taken back.
        let lost = segment.lost.unwrap_or(0);
        self.drop_for(reason, segment.seal.records.saturating_sub(handed + lost));
        Some(segment.id)
    }

    /// The segment in which the next entry is, and where; `None` where all was handed on.
    pub(crate) fn next(&mut self) -> Option<(Segment, u64)> {
        loop {
            let index = self.segments.iter().position(|segment| segment.id >= self.handed.segment)?;
            let segment = self.segments[index];
            if segment.id != self.handed.segment {
                self.hand_on(segment.start());
            }
            if self.handed.at < segment.seal.end {
                return Some((segment, self.handed.at));
            }
            if segment.is_open {
                return None;
            }
            self.end(index, self.handed.records);
            let next = self.segments.get(index + 1)?.start();
            self.hand_on(next);
        }
    }

    /// All of a segment was handed on, so many records; what is missing is lost.
    fn end(&mut self, index: usize, records: u64) {
        let segment = &mut self.segments[index];
        if segment.lost.is_none() {
            let lost = segment.seal.records.saturating_sub(records);
            segment.lost = Some(lost);
            self.drop_for(Reason::Corrupt, lost);
        }
    }

    /// The next entry lies there. Where nothing is on its way, all before has arrived.
    fn hand_on(&mut self, place: Place) {
        let is_idle = self.handed == self.drained;
        self.handed = place;
        if is_idle {
            self.drained = place;
        }
    }

    /// Goes on behind a damaged range of the segment at hand.
    pub(crate) fn skip(&mut self, to: u64) {
        self.hand_on(Place { at: to, ..self.handed });
        self.count(|counts| counts.corrupt += 1);
    }

    /// The next entry, which ends there, is handed on; `None` where its segment was dropped meanwhile.
    pub(crate) fn hand(&mut self, segment: u64, end: u64, records: u64) -> Option<Flight> {
        let is_there = self.handed.segment == segment && self.holds(segment);
        is_there.then(|| {
            self.handed = Place { at: end, records: self.handed.records + records, ..self.handed };
            Flight { end: self.handed, records }
        })
    }

    /// An entry has arrived, and all before it, or lies in the dead letters: so many of its records. `is_last`: nothing else is on its way.
    pub(crate) fn confirm(&mut self, flight: Flight, aside: u64, is_last: bool) {
        // What was skipped behind the last is done with, too.
        self.drained = if is_last { self.handed } else { flight.end };
        self.count(|counts| {
            counts.drained += flight.records - aside;
            counts.dead_lettered += aside;
        });
    }

    /// What was handed on and has not arrived is handed on once more; `lost` of it, whose segments may be gone.
    pub(crate) fn rewind(&mut self, lost: &[Flight]) {
        for flight in lost {
            if !self.holds(flight.end.segment) {
                self.drop_for(Reason::Full, flight.records);
            }
        }
        self.handed = self.drained;
    }

    /// Where reading is to go on after a restart.
    pub(crate) fn drained(&self) -> Place {
        self.drained
    }

    /// Takes out the segments of which all has arrived.
    pub(crate) fn retire(&mut self) -> Option<u64> {
        let drained = self.drained;
        let is_done = |segment: &&Segment| {
            let is_behind = segment.id == drained.segment && drained.at >= segment.seal.end;
            !segment.is_open && (segment.id < drained.segment || is_behind)
        };
        let segment = *self.segments.front().filter(is_done)?;
        self.end(0, drained.records);
        self.segments.pop_front();
        self.bytes -= segment.seal.end;
        self.count(|_| {});
        Some(segment.id)
    }
}

#[cfg(test)]
mod tests;
