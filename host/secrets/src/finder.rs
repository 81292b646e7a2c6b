//! The walk over a batch: the sieve's marks, in order, each looked at in its body.

mod beside;
#[cfg(test)]
mod tests;

use crate::forms::secret_at;
use crate::sieve::{self, BLOCK_BYTES, Row, Sieve};
use crate::{Found, Kind};
use logagent_record::{Bodies, Cursor, Descriptor, InRun, Run};
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

    /// Appends what the bodies hold, sorted by record, start and kind; also what is a secret only once another beside
    /// it was put out of sight. `goes_on` is asked every 32 KiB; its false ends the search early, and the answer is
    /// then false.
    ///
    /// # Panics
    /// Where a record points outside of the bodies' bytes.
    pub fn find(&self, bodies: &Bodies<'_>, goes_on: &mut dyn FnMut() -> bool, found: &mut Vec<Found>) -> bool {
        let known = found.len();
        let mut windows = 0_usize;
        let mut goes_on = || {
            windows += 1;
            !windows.is_multiple_of(WINDOWS) || goes_on()
        };
        let mut open = Vec::new();
        self.sweep(bodies, &mut goes_on, found, &mut open)
            && (open.is_empty() || self.find_beside(bodies, &open, &mut goes_on, found, known))
    }

    /// Appends what one body holds, as record 0. Of a body beyond 4 GiB, what lies there is not searched.
    pub fn find_in(&self, body: &[u8], found: &mut Vec<Found>) {
        self.find(&Bodies::new(body, 0, &[whole(body)]), &mut || true, found);
    }

    /// Appends what stands in the bodies as they are, and to `open` the records with a secret that hides what is beside
    /// it, perhaps.
    fn sweep(
        &self,
        bodies: &Bodies<'_>,
        goes_on: &mut dyn FnMut() -> bool,
        found: &mut Vec<Found>,
        open: &mut Vec<u32>,
    ) -> bool {
        let mut sieve = Sieve::new(&self.kinds);
        for run in bodies.runs() {
            sieve.begin();
            let starts = Starts::new(run.bodies().map(|body| body.start));
            if !Walk::new(&self.kinds, run, found, open).all(&mut sieve, starts, goes_on) {
                return false;
            }
        }
        true
    }
}

/// A body as a record whose bytes begin with it.
fn whole(body: &[u8]) -> Descriptor {
    Descriptor { body_len: u32::try_from(body.len()).unwrap_or(u32::MAX), ..Descriptor::default() }
}

/// The search of one run.
struct Walk<'a, 'b> {
    kinds: &'b [Kind],
    bytes: &'a [u8],
    cursor: Cursor<'a>,
    /// By kind: where in the run the next secret may start.
    from: [usize; Kind::ALL.len()],
    found: &'b mut Vec<Found>,
    /// How much was found in runs before.
    known: usize,
    open: &'b mut Vec<u32>,
}

impl<'a, 'b> Walk<'a, 'b> {
    fn new(kinds: &'b [Kind], run: Run<'a>, found: &'b mut Vec<Found>, open: &'b mut Vec<u32>) -> Self {
        let known = found.len();
        let from = [0; Kind::ALL.len()];
        Self { kinds, bytes: run.bytes(), cursor: run.cursor(), from, found, known, open }
    }

    #[inline(always)]
    fn all(
        mut self,
        sieve: &mut Sieve,
        mut starts: Starts<impl Iterator<Item = usize>>,
        goes_on: &mut dyn FnMut() -> bool,
    ) -> bool {
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
    #[inline(always)]
    fn look(&mut self, sieve: &Sieve, block: usize, block_at: usize) {
        let mut marks = sieve.any(block);
        while marks != 0 {
            let bit = marks.trailing_zeros();
            marks &= marks - 1;
            let at = block_at + bit as usize;
            let Some(body) = self.cursor.seek(at) else { return };
            if body.start <= at {
                self.look_at(sieve.kinds_at(block, bit), body, at);
            }
        }
    }

    /// Looks at a place of a body for the kinds that have a mark there.
    #[inline(always)]
    fn look_at(&mut self, mut kinds: u32, body: InRun, at: usize) {
        let bytes = &self.bytes[body.start..body.end];
        while kinds != 0 {
            let kind = Kind::ALL[kinds.trailing_zeros() as usize];
            kinds &= kinds - 1;
            let from = self.from[kind.index()].saturating_sub(body.start);
            if let Some(span) = secret_at(kind, bytes, at - body.start, from)
                && span.start >= from
            {
                self.from[kind.index()] = body.start + span.end;
                if beside::is_open(bytes, &span) {
                    self.open.push(narrow(body.index));
                }
                self.add(kind, body.index, span);
            }
        }
    }

    /// Adds what was found where it belongs: a secret can begin before one whose mark came first, if never far.
    #[inline(always)]
    fn add(&mut self, kind: Kind, record: usize, span: Range<usize>) {
        let [record, start, end] = [record, span.start, span.end].map(narrow);
        let new = Found { record, kind, start, end };
        let is_last = self.found.last().is_none_or(|last| last.record < record || last.start < start);
        self.found.push(new);
        if !is_last {
            self.put_in_order();
        }
    }

    /// Moves the last of what was found to where it belongs.
    #[cold]
    fn put_in_order(&mut self) {
        let found = &mut self.found[self.known..];
        let Some((last, known)) = found.split_last() else { return };
        let later = known.iter().rev().take_while(|found| found.place() > last.place()).count();
        let place = known.len() - later;
        found[place..].rotate_right(1);
    }
}

/// A place in a batch, whose descriptors hold 32 bits.
#[inline]
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
