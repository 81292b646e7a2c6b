//! The open batch, and how it is closed: framed into records, with a table behind its bytes.

use super::deliver::ReadAt;
use super::process::Framed;
use super::streams::StreamTable;
use super::table::{self, Table};
use super::{Lane, LaneError};
use crate::graph::BatchLimits;
use logagent_component::Records;
use logagent_record::Descriptor;
use logagent_telemetry::Stage;
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;

/// What was read of one source and is not framed yet.
pub(super) struct Open {
    source: usize,
    /// One run of bytes a stream, in the order of reading.
    segments: VecDeque<Segment>,
    bytes: usize,
    read_at: Instant,
    observed_unix_nano: u64,
    /// What is here was left over by a batch that was full: it holds more records already.
    is_left_over: bool,
    /// How far the streams of the batch last framed were framed.
    pub(super) reached: Vec<Reached>,
}

/// How far a stream was framed.
#[derive(Clone, Copy)]
pub(super) struct Reached {
    pub(super) stream: u16,
    /// The stream's own.
    pub(super) position: u64,
    /// The place of the byte behind.
    pub(super) place: u32,
}

/// Where a record begins in its stream; `None` for one that a filter made.
pub(super) fn position(record: &Descriptor, reached: &[Reached]) -> Option<u64> {
    let end = reached.iter().find(|end| end.stream == record.stream)?;
    Some(end.position - u64::from(end.place - record.origin))
}

struct Segment {
    stream: u16,
    range: Range<u64>,
}

impl Open {
    pub(super) fn new() -> Self {
        Self {
            source: 0,
            segments: VecDeque::new(),
            bytes: 0,
            read_at: Instant::now(),
            observed_unix_nano: 0,
            is_left_over: false,
            reached: Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// When it must be closed; `None` where there is nothing to close.
    pub(super) fn due_at(&self, limits: &BatchLimits) -> Option<Instant> {
        let is_full = self.is_left_over || self.bytes >= limits.max_bytes;
        let age = if is_full { std::time::Duration::ZERO } else { limits.max_age };
        (!self.is_empty()).then_some(self.read_at + age)
    }

    pub(super) fn holds(&self, stream: u16) -> bool {
        self.segments.iter().any(|segment| segment.stream == stream)
    }

    /// Whether bytes of this stream are still to be framed, or were and are not yet on their way.
    pub(super) fn needs(&self, stream: u16) -> bool {
        self.holds(stream) || self.reached.iter().any(|reached| reached.stream == stream)
    }

    /// Whether bytes of this stream can be read into it: a stream's bytes must lie in one run, since it takes back
    /// only the end of what it gave last.
    pub(super) fn takes(&self, source: usize, stream: u16) -> bool {
        let is_last = || self.segments.back().is_some_and(|segment| segment.stream == stream);
        self.is_empty() || self.source == source && (is_last() || !self.holds(stream))
    }

    /// Adds bytes that were read at `started` to this place of the ring.
    pub(super) fn extend(
        &mut self,
        source: usize,
        stream: u16,
        range: Range<u64>,
        started: Instant,
        unix_nano: impl FnOnce() -> u64,
    ) {
        if self.is_empty() {
            (self.source, self.read_at, self.observed_unix_nano) = (source, started, unix_nano());
            self.is_left_over = false;
        }
        self.bytes += length(&range);
        match self.segments.back_mut() {
            Some(segment) if segment.stream == stream && segment.range.end == range.start => {
                segment.range.end = range.end;
            }
            _ => self.segments.push_back(Segment { stream, range }),
        }
    }

    /// Cuts the segments into records until they are used up or the table is full; `written` starts at `first`.
    /// Answers how many bytes went into records.
    fn cut(
        &mut self,
        written: &[u8],
        first: u64,
        base: u32,
        streams: &mut StreamTable,
        records: &mut Records<'_>,
    ) -> u64 {
        let mut used_bytes = 0;
        self.reached.clear();
        while let Some(segment) = self.segments.front_mut() {
            let at = length(&(first..segment.range.start));
            let bytes = &written[at..at + length(&segment.range)];
            let place = |at: usize| base + u32::try_from(at).expect("the window has 32 bits");
            records.begin(place(at), segment.stream);
            let stream = &mut streams.get_mut(segment.stream).stream;
            let used = stream.frame(bytes, records);
            used_bytes += used;
            if used > 0 {
                let (stream, position) = (segment.stream, stream.position());
                self.reached.push(Reached { stream, position, place: place(at + used) });
            }
            if used < bytes.len() && records.is_full() {
                segment.range.start += used as u64;
                break;
            }
            if used < bytes.len() {
                stream.unread(&bytes[used..]);
            }
            if used == 0 {
                streams.close_if_over(segment.stream);
            }
            self.segments.pop_front();
        }
        self.bytes = self.segments.iter().map(|segment| length(&segment.range)).sum();
        self.is_left_over = !self.is_empty();
        used_bytes as u64
    }

    /// The run that holds all segments.
    fn run(&self) -> Range<u64> {
        match (self.segments.front(), self.segments.back()) {
            (Some(first), Some(last)) => first.range.start..last.range.end,
            _ => 0..0,
        }
    }

    /// The run now begins at `start`.
    fn move_to(&mut self, start: u64) {
        let from = self.run().start;
        for Segment { range, .. } in &mut self.segments {
            *range = range.start - from + start..range.end - from + start;
        }
    }
}

fn length(range: &Range<u64>) -> usize {
    usize::try_from(range.end - range.start).expect("a run fits the ring")
}

impl Lane {
    /// Closes the open batch, and sends its records on their way.
    pub(super) fn close(&mut self) -> Result<(), LaneError> {
        self.rests_until = None;
        let capacity = self.room_for_table()?;
        let started = Instant::now();
        let framed = self.frame(capacity);
        self.meters.stages.of(Stage::Frame).add_time(started.elapsed());
        match framed {
            Some(framed) => self.process(&framed),
            None => self.discard(),
        }
    }

    /// Makes room for the open batch's table, once for each pipeline that takes it; answers for how many records.
    /// Half of what can be had at all is left to the filters.
    fn room_for_table(&mut self) -> Result<usize, LaneError> {
        if self.ring.in_hand() - self.open.bytes() > self.ring.capacity() / 4 {
            self.compact()?;
        }
        let available = self.ring.capacity() - self.ring.in_hand();
        let tables = self.graph.sources[self.open.source].pipelines.len().max(1);
        let most = table::records_in(available / 2 / tables);
        let capacity = self.limits.max_records.min(self.open.bytes).min(most).max(1);
        self.make_room(tables * table::room_for(capacity))?;
        Ok(capacity)
    }

    /// Moves what was left over to fresh space: the tables behind it, which may be many times as large where lines
    /// are short, can only be freed together with it.
    fn compact(&mut self) -> Result<(), LaneError> {
        let run = self.open.run();
        self.scratch.clear();
        self.scratch.extend_from_slice(self.ring.written(run));
        self.abandon()?;
        self.make_room(self.scratch.len())?;
        self.open.move_to(self.ring.head());
        self.ring.space(self.scratch.len()).copy_from_slice(&self.scratch);
        self.ring.advance(self.scratch.len());
        Ok(())
    }

    /// The records of the open batch, so many at most; `None` where it holds none that is complete.
    fn frame(&mut self, capacity: usize) -> Option<Framed> {
        let Self { ring, open, streams, graph, .. } = self;
        let first = ring.published();
        let base = u32::try_from(ring.place(first)).expect("the window has 32 bits");
        let at = table::align(ring);
        let (written, free) = ring.split(table::bytes_for(capacity));
        let mut records = Records::new(bytemuck::cast_slice_mut(free));
        let bytes = open.cut(written, first, base, streams, &mut records);
        let (count, is_ordered) = (records.count(), records.is_ordered());
        let meter = &graph.sources[open.source].meter;
        meter.truncated.add(records.truncated());
        if count == 0 {
            return None;
        }
        ring.advance(table::bytes_for(count));
        meter.records.add(count as u64);
        meter.bytes.add(bytes);
        let end = open.segments.front().map_or(ring.head(), |left| left.range.start);
        let table = Table { at, count, is_ordered, own_from: first };
        let read = ReadAt { instant: open.read_at, unix_nano: open.observed_unix_nano };
        Some(Framed { source: open.source, table, end, bytes, read })
    }

    /// Forgets bytes that hold no record; their streams have taken them back.
    fn discard(&mut self) -> Result<(), LaneError> {
        let first = self.ring.published();
        if self.ring.writable_from() <= first {
            self.ring.retract(first);
            return Ok(());
        }
        // Left over by a batch that may still be read. Kept, they could be what a long record has no room for.
        self.abandon()
    }

    /// Gives up what is in hand: published to nobody, it is freed in its turn.
    fn abandon(&mut self) -> Result<(), LaneError> {
        let span = self.publish(self.ring.head())?;
        self.flights.depart(&[], std::iter::empty(), &mut self.streams);
        span.confirm();
        Ok(())
    }
}
