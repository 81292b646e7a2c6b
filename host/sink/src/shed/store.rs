//! The memory of a buffer that sheds: a ring into which records are copied, and from which the sink behind takes them.
//! Knows which of the lane's spans it owes. Not for deciding what is copied.

use super::pressure::Fill;
use super::waiting::Waiting;
use logagent_component::Delivery;
use logagent_record::{Descriptor, Flags, Severities};
use logagent_ring::{RingError, Writer};
use std::collections::VecDeque;
use std::ops::Range;
use std::task::Waker;

/// What a piece counts for at least. Behind a sink that stalls, a few records of each batch may be a piece of their own,
/// and the lists in which it stands, here, in the sink and in the lane, take as much memory, too.
const PIECE_BYTES: usize = 1 << 10;

pub(super) struct Store {
    ring: Writer,
    /// By span of the ring that is out: the sequence number of the lane's span that it came with.
    debts: VecDeque<u64>,
    has_lost: bool,
    /// The descriptors of the piece in the making.
    table: Vec<Descriptor>,
}

/// What these records take of a ring at most, without those that are shed.
pub(super) fn room_for(records: &[Descriptor], shed: Severities) -> usize {
    Descriptor::BYTES + records.iter().filter(|record| !shed.contains(record.severity)).map(room_for_one).sum::<usize>()
}

fn room_for_one(record: &Descriptor) -> usize {
    record.body_len as usize + 1 + record.attrs_len as usize + Descriptor::BYTES
}

impl Store {
    pub(super) fn new(bytes: usize, waker: Waker) -> Result<Self, RingError> {
        let ring = Writer::with_spans(bytes, (bytes / PIECE_BYTES).max(1), waker)?;
        Ok(Self { ring, debts: VecDeque::new(), has_lost: false, table: Vec::new() })
    }

    pub(super) fn fill(&self) -> Fill {
        let held = self.ring.used().max(self.ring.outstanding() * PIECE_BYTES);
        Fill { held, capacity: self.ring.capacity() }
    }

    /// How many bytes there is room for.
    pub(super) fn free(&self) -> usize {
        if self.ring.is_crowded() { 0 } else { self.ring.free() }
    }

    /// Whether the oldest piece is back.
    pub(super) fn has_returned(&self) -> bool {
        self.ring.has_returned()
    }

    /// Whether the sink behind has lost a piece.
    pub(super) fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// Frees what has come back; whether anything has.
    pub(super) fn reclaim(&mut self) -> bool {
        let before = self.debts.len();
        while !self.has_lost
            && let Some(returned) = self.ring.reclaim()
        {
            self.has_lost = returned.lost;
            if !returned.lost {
                self.debts.pop_front();
            }
        }
        self.ring.rewind();
        self.debts.len() != before
    }

    /// Whether something is on its way that came with this span of the lane's.
    pub(super) fn owes(&self, sequence: u64) -> bool {
        self.debts.binary_search(&sequence).is_ok()
    }

    /// The next piece of what waits, in this ring: as many records as there is room for. `None` where there is none. A
    /// record that is longer than the ring stays in the lane's, once all before it have arrived.
    pub(super) fn take(&mut self, waiting: &mut Waiting) -> Option<Delivery> {
        let mut room = self.free().checked_sub(Descriptor::BYTES)?;
        let mut end = None;
        for (index, record) in waiting.kept() {
            let Some(left) = room.checked_sub(room_for_one(record)) else { break };
            (room, end) = (left, Some(index + 1));
        }
        let piece = match end {
            Some(end) => (self.copy(waiting, end), end),
            None if self.ring.outstanding() == 0 => waiting.alone()?,
            None => return None,
        };
        waiting.skip_to(piece.1);
        Some(piece.0)
    }

    /// The records before `end` as a piece of their own.
    fn copy(&mut self, waiting: &Waiting, end: usize) -> Delivery {
        let delivery = waiting.delivery();
        self.put_bodies(waiting, end);
        self.put_attributes(waiting, end);
        let table = self.put_table();
        let span = self.ring.publish(self.ring.head()).expect("a ring that is not crowded takes a span");
        self.debts.push_back(delivery.span.sequence());
        Delivery {
            span,
            table,
            bytes: self.table.iter().map(|record| u64::from(record.body_len) + 1).sum(),
            read_at: delivery.read_at,
            observed_unix_nano: delivery.observed_unix_nano,
            streams: delivery.streams.clone(),
        }
    }

    /// Each with a newline behind it, so that a sink that writes lines takes them in one go.
    fn put_bodies(&mut self, waiting: &Waiting, end: usize) {
        self.table.clear();
        for (_, record) in waiting.kept().take_while(|&(index, _)| index < end) {
            let body_at = put(&mut self.ring, waiting.delivery().body(record));
            put(&mut self.ring, b"\n");
            let flags = record.flags | Flags::TERMINATED;
            self.table.push(Descriptor { body_at, flags, attrs_at: 0, origin: 0, ..*record });
        }
    }

    fn put_attributes(&mut self, waiting: &Waiting, end: usize) {
        let records = waiting.kept().take_while(|&(index, _)| index < end);
        for ((_, record), copy) in records.zip(&mut self.table).filter(|(_, copy)| copy.attrs_len > 0) {
            copy.attrs_at = put(&mut self.ring, waiting.delivery().attributes(record));
        }
    }

    fn put_table(&mut self) -> Range<usize> {
        let place = self.ring.place(self.ring.head());
        self.ring.advance(place.next_multiple_of(Descriptor::BYTES) - place);
        let bytes: &[u8] = bytemuck::cast_slice(&self.table);
        let at = put(&mut self.ring, bytes) as usize;
        at..at + bytes.len()
    }
}

/// Copies bytes to the ring's head; answers their place.
fn put(ring: &mut Writer, bytes: &[u8]) -> u32 {
    let place = ring.place(ring.head());
    ring.space(bytes.len()).copy_from_slice(bytes);
    ring.advance(bytes.len());
    u32::try_from(place).expect("a window has 32 bits")
}
