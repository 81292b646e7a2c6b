//! The streams that a lane reads, by the index that descriptors carry.

use super::LaneWaker;
use super::frame::{self, Open, Reached};
use super::turns::{Claim, Turns};
use crate::graph::Priority;
use logagent_component::{Inbox, Origin, Stream, Streams};
use logagent_record::Descriptor;
use std::sync::Arc;

/// Descriptors have 16 bits for the index, and the last stands for no stream.
const MAX_STREAMS: usize = u16::MAX as usize;

pub(super) struct StreamTable {
    inbox: Inbox,
    is_inbox_closed: bool,
    slots: Vec<Option<Slot>>,
    infos: Arc<Streams>,
    turns: Turns,
    count: usize,
}

pub(super) struct Slot {
    pub(super) stream: Box<dyn Stream>,
    /// No bytes will come any more; those that came may still be in hand or in flight.
    pub(super) is_ended: bool,
    /// How many batches with its records are out.
    in_flight: usize,
    claim: Claim,
}

impl StreamTable {
    pub(super) fn new(inbox: Inbox) -> Self {
        let infos = Arc::from([]);
        Self { inbox, is_inbox_closed: false, slots: Vec::new(), infos, turns: Turns::new(), count: 0 }
    }

    /// Takes what the sources, which have these priorities, have handed over; answers whether there was anything.
    pub(super) fn take_new(&mut self, lane: &Arc<LaneWaker>, priority: impl Fn(usize) -> Priority) -> bool {
        let before = self.count;
        while !self.is_inbox_closed && self.count < MAX_STREAMS {
            match self.inbox.take() {
                Ok(Some(stream)) => {
                    let priority = priority(stream.info().source);
                    self.insert(stream, lane, priority);
                }
                Ok(None) => break,
                Err(_) => self.is_inbox_closed = true,
            }
        }
        if self.count != before {
            self.infos = self.slots.iter().map(|slot| slot.as_ref().map(|slot| slot.stream.info().clone())).collect();
        }
        self.count != before
    }

    /// Ends the streams of the sources of which this is true: nothing more is read of them.
    pub(super) fn end_where(&mut self, is_gone: impl Fn(usize) -> bool, open: &Open) {
        for index in 0..self.slots.len() {
            let Some(slot) = self.slots[index].as_mut().filter(|slot| is_gone(slot.stream.info().source)) else {
                continue;
            };
            slot.is_ended = true;
            let index = u16::try_from(index).expect("MAX_STREAMS bounds it");
            if !open.needs(index) {
                self.close_if_over(index);
            }
        }
    }

    fn insert(&mut self, mut stream: Box<dyn Stream>, lane: &Arc<LaneWaker>, priority: Priority) {
        stream.register(lane.clone().into());
        let slot = Slot { stream, is_ended: false, in_flight: 0, claim: self.turns.enter(priority) };
        match self.slots.iter().position(Option::is_none) {
            Some(index) if self.count < self.slots.len() => self.slots[index] = Some(slot),
            _ => self.slots.push(Some(slot)),
        }
        self.count += 1;
    }

    /// Whether nothing can come any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_inbox_closed && self.slots.iter().flatten().all(|slot| slot.is_ended)
    }

    /// What is said of the streams, as of now.
    pub(super) fn infos(&self) -> &Arc<Streams> {
        &self.infos
    }

    /// Where a record of the batch in hand was read; `None` for one that a filter made.
    pub(super) fn origin(&self, record: &Descriptor, reached: &[Reached]) -> Option<Origin> {
        let stream = self.infos.get(usize::from(record.stream))?.clone()?;
        Some(Origin { stream, position: self.position(record, reached)? })
    }

    /// Where a record of a batch that is not back yet was read, as [`Stream::origin`] has it.
    pub(super) fn position(&self, record: &Descriptor, reached: &[Reached]) -> Option<u64> {
        let slot = self.slots.get(usize::from(record.stream))?.as_ref()?;
        slot.stream.origin(frame::position(record, reached)?)
    }

    /// The next stream that may have bytes, in turn; of the impatient ones where the others rest.
    pub(super) fn next_ready(&mut self, others_rest: bool) -> Option<u16> {
        let Self { slots, turns, .. } = self;
        let claim = |index: usize| {
            let slot: &Slot = slots[index].as_ref()?;
            let is_next = !slot.is_ended && slot.stream.is_ready() && !(others_rest && slot.stream.is_patient());
            is_next.then_some(&slot.claim)
        };
        let next = turns.next(slots.len(), claim);
        next.map(|index| u16::try_from(index).expect("MAX_STREAMS bounds it"))
    }

    /// Whether the stream whose turn it is may read, where a turn is so many bytes; else its turn is over.
    pub(super) fn begin_turn(&mut self, index: u16, quantum: usize) -> bool {
        let Self { slots, turns, .. } = self;
        let slot = slots[usize::from(index)].as_mut().expect("a stream in use has its slot");
        turns.begin(usize::from(index), &mut slot.claim, quantum)
    }

    /// The stream whose turn it is has read so many bytes, and may have more.
    pub(super) fn spend(&mut self, index: u16, bytes: usize, has_more: bool) {
        let Self { slots, turns, .. } = self;
        let slot = slots[usize::from(index)].as_mut().expect("a stream in use has its slot");
        turns.spend(usize::from(index), &mut slot.claim, bytes, has_more);
    }

    /// How many streams there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn get_mut(&mut self, index: u16) -> &mut Slot {
        self.slots[usize::from(index)].as_mut().expect("a stream in use has its slot")
    }

    pub(super) fn source(&self, index: u16) -> usize {
        self.slots[usize::from(index)].as_ref().expect("a stream in use has its slot").stream.info().source
    }

    /// A batch with records of this stream is out.
    pub(super) fn depart(&mut self, index: u16) {
        self.get_mut(index).in_flight += 1;
    }

    /// Two batches with records of this stream, of those that are out, count as one.
    pub(super) fn merge(&mut self, index: u16) {
        self.get_mut(index).in_flight -= 1;
    }

    /// A batch with records of this stream, framed up to `position`, is back.
    pub(super) fn land(&mut self, index: u16, position: u64, is_lost: bool) {
        let slot = self.get_mut(index);
        slot.in_flight -= 1;
        if !is_lost {
            slot.stream.confirm(position);
        }
    }

    /// Lets go of the stream if it has ended and nothing of it is out.
    pub(super) fn close_if_over(&mut self, index: u16) {
        let slot = self.get_mut(index);
        if slot.is_ended && slot.in_flight == 0 {
            self.slots[usize::from(index)] = None;
            self.count -= 1;
            self.inbox.closed();
        }
    }
}
