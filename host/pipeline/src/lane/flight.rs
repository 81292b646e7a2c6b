//! What is out: for each published span, whose records it holds. Entries go out and come back in one order, the
//! ring's, so a stream hears of its positions in order, too.

use super::frame::{Open, Reached};
use super::streams::StreamTable;
use crate::graph::Pipeline;
use logagent_ring::Returned;
use std::collections::VecDeque;

#[derive(Default)]
pub(super) struct Flights {
    out: VecDeque<Flight>,
    /// Entries that are back; their lists keep their memory.
    spare: Vec<Flight>,
}

#[derive(Default)]
struct Flight {
    streams: Vec<Reached>,
    cargo: Vec<Cargo>,
}

/// Records of one pipeline that went to sinks.
#[derive(Clone, Copy)]
pub(super) struct Cargo {
    pub(super) pipeline: usize,
    pub(super) records: u64,
    pub(super) bytes: u64,
}

impl Flights {
    /// The span just published holds records of these streams, framed up to these positions.
    pub(super) fn depart(
        &mut self,
        reached: &[Reached],
        cargo: impl Iterator<Item = Cargo>,
        streams: &mut StreamTable,
    ) {
        let mut flight = self.spare.pop().unwrap_or_default();
        flight.streams.extend_from_slice(reached);
        flight.cargo.extend(cargo);
        for &Reached { stream, .. } in reached {
            streams.depart(stream);
        }
        self.out.push_back(flight);
    }

    /// The oldest span is back.
    pub(super) fn land(&mut self, returned: &Returned, open: &Open, streams: &mut StreamTable, pipelines: &[Pipeline]) {
        let mut flight = self.out.pop_front().expect("each published span has its entry");
        for Reached { stream, position, .. } in flight.streams.drain(..) {
            streams.land(stream, position, returned.lost);
            if !open.needs(stream) {
                streams.close_if_over(stream);
            }
        }
        for cargo in flight.cargo.drain(..) {
            if !returned.lost {
                pipelines[cargo.pipeline].meter.law.deliver(cargo.records, cargo.bytes);
            }
        }
        self.spare.push(flight);
    }
}
