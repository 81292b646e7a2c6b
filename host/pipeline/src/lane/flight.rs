//! What is out: for each published span, whose records it holds. Entries go out and come back in one order, the
//! ring's, so a stream hears of its positions in order, too.
//!
//! A sink that copies what it is given gives back its span before the records are at their destination. The span's entry
//! is then owed: it lands once the sink has them there. Entries behind it that nobody owes count as delivered, and their
//! positions wait with the one before, so that however long a sink stalls there are no more entries than debts.

use super::frame::{Open, Reached};
use super::streams::StreamTable;
use logagent_ring::Returned;
use logagent_telemetry::PipelineMeter;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

pub(super) struct Flights {
    departed: u64,
    /// How many spans are back.
    returned: u64,
    out: VecDeque<Flight>,
    owed: VecDeque<Owed>,
    /// Entries that are back; their lists keep their memory.
    spare: Vec<Flight>,
}

struct Flight {
    streams: Vec<Reached>,
    cargo: Vec<Cargo>,
}

/// A span that is back, and records of which are on their way all the same; its streams are in order.
struct Owed {
    sequence: u64,
    flight: Flight,
}

/// How many spans of a lane whose sinks keep up are out at once, at most: a tick closes several batches in a row.
const USUAL: usize = 16;

impl Default for Flights {
    fn default() -> Self {
        let spare = std::iter::repeat_with(Flight::new).take(USUAL).collect();
        Self { departed: 0, returned: 0, out: VecDeque::with_capacity(USUAL), owed: VecDeque::new(), spare }
    }
}

impl Flight {
    /// One that most batches fit into. One that carries nothing is taken again for one that does.
    fn new() -> Self {
        Self { streams: Vec::with_capacity(4), cargo: Vec::with_capacity(4) }
    }
}

/// Records of one pipeline that went to sinks.
pub(super) struct Cargo {
    /// The pipeline's, which may be gone when they have arrived.
    pub(super) pipeline: Arc<PipelineMeter>,
    /// The pipeline's.
    pub(super) name: Arc<str>,
    /// Where their table lies, which no other has while it is out.
    pub(super) table: Range<usize>,
    pub(super) records: u64,
    pub(super) bytes: u64,
    /// The last of them that a sink gave up: so many, with so many bytes. What several gave up is counted once.
    pub(super) aside: (u64, u64),
}

impl Cargo {
    /// Counts what has arrived, and what lies in the dead letters.
    fn arrive(&self) {
        let (records, bytes) = self.aside;
        if records > 0 {
            self.pipeline.law.dead_letter(records);
        }
        self.pipeline.law.deliver(self.records - records, self.bytes - bytes);
    }
}

impl Flights {
    /// The span just published holds records of these streams, framed up to these positions.
    pub(super) fn depart(
        &mut self,
        reached: &[Reached],
        cargo: impl Iterator<Item = Cargo>,
        streams: &mut StreamTable,
    ) {
        let mut flight = self.spare.pop().unwrap_or_else(Flight::new);
        flight.streams.extend_from_slice(reached);
        flight.cargo.extend(cargo);
        for &Reached { stream, .. } in reached {
            streams.depart(stream);
        }
        self.out.push_back(flight);
        self.departed += 1;
    }

    /// What is out with this table, and how far its streams were framed.
    pub(super) fn find(&mut self, table: &Range<usize>) -> Option<(&mut Cargo, &[Reached])> {
        self.out.iter_mut().find_map(|Flight { streams, cargo }| {
            let cargo = cargo.iter_mut().find(|cargo| cargo.table == *table)?;
            Some((cargo, &streams[..]))
        })
    }

    /// How many spans have gone out so far.
    pub(super) fn departed(&self) -> u64 {
        self.departed
    }

    /// How many of them have landed: the oldest.
    pub(super) fn landed(&self) -> u64 {
        self.owed.front().map_or(self.returned, |oldest| oldest.sequence)
    }

    /// The sequence number of the oldest span that is out.
    pub(super) fn oldest(&self) -> u64 {
        self.returned
    }

    /// The oldest span is back. `is_owed`: a sink has some of its records on their way.
    pub(super) fn land(&mut self, returned: &Returned, is_owed: bool, open: &Open, streams: &mut StreamTable) {
        let sequence = self.returned;
        self.returned += 1;
        let mut flight = self.out.pop_front().expect("each published span has its entry");
        if is_owed && !returned.lost {
            flight.streams.sort_unstable_by_key(|reached| reached.stream);
            self.owed.push_back(Owed { sequence, flight });
            return;
        }
        if let (Some(before), false) = (self.owed.back_mut(), returned.lost) {
            before.flight.take_positions(&mut flight, streams);
        }
        self.arrive(flight, returned.lost, open, streams);
    }

    /// Lands what is owed no more, from the oldest on.
    pub(super) fn settle(&mut self, mut is_owed: impl FnMut(u64) -> bool, open: &Open, streams: &mut StreamTable) {
        while self.owed.front().is_some_and(|oldest| !is_owed(oldest.sequence)) {
            let Owed { flight, .. } = self.owed.pop_front().expect("one was looked at");
            self.arrive(flight, false, open, streams);
        }
    }

    fn arrive(&mut self, mut flight: Flight, is_lost: bool, open: &Open, streams: &mut StreamTable) {
        for Reached { stream, position, .. } in flight.streams.drain(..) {
            streams.land(stream, position, is_lost);
            if !open.needs(stream) {
                streams.close_if_over(stream);
            }
        }
        for cargo in flight.cargo.drain(..) {
            if !is_lost {
                cargo.arrive();
            }
        }
        self.spare.push(flight);
    }
}

impl Flight {
    /// Takes the positions of the next one, which are to be heard of no sooner.
    fn take_positions(&mut self, next: &mut Self, streams: &mut StreamTable) {
        for reached in next.streams.drain(..) {
            match self.streams.binary_search_by_key(&reached.stream, |known| known.stream) {
                Ok(index) => {
                    self.streams[index] = reached;
                    streams.merge(reached.stream);
                }
                Err(index) => self.streams.insert(index, reached),
            }
        }
    }
}
