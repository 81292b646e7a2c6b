//! The walk over a batch: the sieve's marks, in order, each looked at in its body.

#[cfg(test)]
mod tests;

use crate::forms::secret_at;
use crate::sieve::{self, BLOCK_BYTES, Row, Sieve};
use crate::{Found, Kind};
use logagent_record::{Bodies, Cursor, Descriptor, Run};
use std::iter::Peekable;
use std::ops::Range;

/// Searches bodies for the kinds that it was made for.
#[derive(Clone, Debug)]
pub struct Finder {
    kinds: Vec<Kind>,
}

/// How many windows pass between two questions whether to go on: 32 KiB.
const WINDOWS: usize = 8;

impl Finder {
    /// Of these kinds; a kind named twice is searched once.
    #[must_use]
    pub fn new(kinds: &[Kind]) -> Self {
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        Self { kinds }
    }

    /// Appends what the bodies hold, sorted by record, start and kind. `goes_on` is asked every 32 KiB; its false ends
    /// the search early, and the answer is then false.
    ///
    /// # Panics
    /// Where a record points outside of the bodies' bytes.
    pub fn find(&self, bodies: &Bodies<'_>, goes_on: &mut dyn FnMut() -> bool, found: &mut Vec<Found>) -> bool {
        let mut sieve = Sieve::new(&self.kinds);
        let mut windows = 0_usize;
        let mut goes_on = || {
            windows += 1;
            !windows.is_multiple_of(WINDOWS) || goes_on()
        };
        bodies.runs().all(|run| {
            sieve.begin();
            let starts = run.bodies().map(|body| body.start);
            Walk::new(&self.kinds, run, found).all(&mut sieve, starts, &mut goes_on)
        })
    }

    /// Appends what one body holds, as record 0. Of a body beyond 4 GiB, what lies there is not searched.
    pub fn find_in(&self, body: &[u8], found: &mut Vec<Found>) {
        let record = Descriptor { body_len: u32::try_from(body.len()).unwrap_or(u32::MAX), ..Descriptor::default() };
        self.find(&Bodies::new(body, 0, &[record]), &mut || true, found);
    }
}

/// The search of one run.
struct Walk<'a, 'b> {
    kinds: &'b [Kind],
    bytes: &'a [u8],
    cursor: Cursor<'a>,
    /// The record of the last mark.
    record: usize,
    /// By kind: where the next secret of that record may start.
    from: [usize; Kind::ALL.len()],
    found: &'b mut Vec<Found>,
    /// How much was found in runs before.
    known: usize,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(kinds: &'b [Kind], run: Run<'a>, found: &'b mut Vec<Found>) -> Self {
        let known = found.len();
        let from = [0; Kind::ALL.len()];
        Self { kinds, bytes: run.bytes(), cursor: run.cursor(), record: usize::MAX, from, found, known }
    }

    fn all(
        mut self,
        sieve: &mut Sieve,
        starts: impl Iterator<Item = usize>,
        goes_on: &mut impl FnMut() -> bool,
    ) -> bool {
        let mut starts = Starts::new(starts);
        let mut at = 0;
        while at < self.bytes.len() {
            if !goes_on() {
                return false;
            }
            let rest = &self.bytes[at..];
            let blocks = sieve::blocks(rest.len());
            sieve.sift(self.kinds, rest, starts.mark(at, blocks), blocks);
            for block in 0..blocks {
                self.look(sieve, block, at + block * BLOCK_BYTES);
            }
            at += blocks * BLOCK_BYTES;
        }
        true
    }

    /// Looks at a block's marks.
    #[inline]
    fn look(&mut self, sieve: &Sieve, block: usize, block_at: usize) {
        let mut marks = sieve.any(block);
        while marks != 0 {
            let bit = marks.trailing_zeros();
            marks &= marks - 1;
            let at = block_at + bit as usize;
            let Some(body) = self.cursor.seek(at) else { return };
            if body.start <= at {
                self.enter(body.index);
                self.look_at(sieve.kinds_at(block, bit), &self.bytes[body.start..body.end], at - body.start);
            }
        }
    }

    /// Begins a record, where it is another.
    #[inline]
    fn enter(&mut self, record: usize) {
        if self.record != record {
            self.record = record;
            self.from = [0; Kind::ALL.len()];
        }
    }

    /// Looks at a place of a body for the kinds that have a mark there.
    #[inline]
    fn look_at(&mut self, mut kinds: u32, body: &'a [u8], at: usize) {
        while kinds != 0 {
            let kind = Kind::ALL[kinds.trailing_zeros() as usize];
            kinds &= kinds - 1;
            let from = self.from[kind.index()];
            if at >= from
                && let Some(span) = secret_at(kind, body, at, from)
                && span.start >= from
            {
                self.from[kind.index()] = span.end;
                self.add(kind, span);
            }
        }
    }

    /// Adds what was found where it belongs: a secret can begin before one whose mark came first, if never far.
    #[inline]
    fn add(&mut self, kind: Kind, span: Range<usize>) {
        let [record, start, end] = [self.record, span.start, span.end].map(narrow);
        let key = (record, start, kind);
        let known = &self.found[self.known..];
        let later = known.iter().rev().take_while(|found| (found.record, found.start, found.kind) > key).count();
        self.found.push(Found { record, kind, start, end });
        let place = self.found.len() - 1 - later;
        if later > 0 {
            self.found[place..].rotate_right(1);
        }
    }
}

/// A place in a batch, whose descriptors hold 32 bits.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Marks where bodies start.
struct Starts<I: Iterator<Item = usize>> {
    places: Peekable<I>,
    row: Row,
    /// How many blocks the last window had.
    blocks: usize,
}

impl<I: Iterator<Item = usize>> Starts<I> {
    fn new(places: I) -> Self {
        Self { places: places.peekable(), row: Row::new(), blocks: 0 }
    }

    /// In the window of so many blocks at `at`; windows follow one another.
    fn mark(&mut self, at: usize, blocks: usize) -> &Row {
        self.row.carry(self.blocks);
        self.blocks = blocks;
        let words = self.row.words_mut();
        words.fill(0);
        while let Some(place) = self.places.next_if(|&place| place < at + blocks * BLOCK_BYTES) {
            words[(place - at) / BLOCK_BYTES] |= 1 << (place % BLOCK_BYTES);
        }
        &self.row
    }
}
