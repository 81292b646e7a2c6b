//! Bytes of the ring and of a room of our own, one behind another, as an entry has them.

use logagent_component::Delivery;
use std::ops::Range;

/// Shorter runs are collected; the sinks' measurements (`cargo bench -p logagent-sink`) found the draw there.
const COLLECT_BELOW: usize = 1 << 10;

#[derive(Default)]
pub(super) struct Pieces {
    pieces: Vec<Piece>,
    room: Vec<u8>,
    /// The run of the ring that is still being extended.
    run: Range<usize>,
    /// All bytes before the run.
    bytes: usize,
}

enum Piece {
    Ring(Range<usize>),
    Room(Range<usize>),
}

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
        self.room.clear();
        (self.run, self.bytes) = (0..0, 0);
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.run.len()
    }

    /// Takes bytes of the ring; answers where they lie in the entry. `joins`: they may be one run with those before.
    pub(super) fn take(&mut self, delivery: &Delivery, place: Range<usize>, joins: bool) -> u32 {
        if joins && place.start == self.run.end {
            self.run.end = place.end;
        } else {
            self.close(delivery);
            self.run = place.clone();
        }
        u32::try_from(self.bytes() - place.len()).expect("an entry is no longer than a ring")
    }

    /// Adds zeros up to the next multiple of `alignment`; answers where that is.
    pub(super) fn pad(&mut self, alignment: usize) -> u32 {
        let zeros = self.bytes().next_multiple_of(alignment) - self.bytes();
        // What is open lies before them.
        self.settle();
        let start = self.room.len();
        self.room.resize(start + zeros, 0);
        self.collected(start);
        u32::try_from(self.bytes).expect("an entry is no longer than a ring")
    }

    fn settle(&mut self) {
        if !self.run.is_empty() {
            self.bytes += self.run.len();
            self.pieces.push(Piece::Ring(std::mem::take(&mut self.run)));
        }
    }

    fn close(&mut self, delivery: &Delivery) {
        if self.run.len() >= COLLECT_BELOW {
            return self.settle();
        }
        if !self.run.is_empty() {
            let start = self.room.len();
            self.room.extend_from_slice(delivery.span.bytes(std::mem::take(&mut self.run)));
            self.collected(start);
        }
    }

    /// Notes what was put into the room from `start` on.
    fn collected(&mut self, start: usize) {
        let end = self.room.len();
        self.bytes += end - start;
        match self.pieces.last_mut() {
            Some(Piece::Room(last)) => last.end = end,
            _ => self.pieces.push(Piece::Room(start..end)),
        }
    }

    pub(super) fn slices<'a>(&'a self, delivery: &'a Delivery) -> impl Iterator<Item = &'a [u8]> {
        self.pieces.iter().map(|piece| match piece {
            Piece::Ring(place) => delivery.span.bytes(place.clone()),
            Piece::Room(range) => &self.room[range.clone()],
        })
    }
}
