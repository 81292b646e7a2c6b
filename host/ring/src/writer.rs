//! The one that fills the ring: takes space at the head, publishes runs, frees what has come back.

use crate::ledger::Ledger;
use crate::mapping::{Mapping, RingError};
use crate::{Ring, Span};
use rustix::fd::BorrowedFd;
use std::ops::Range;
use std::sync::Arc;
use std::task::Waker;

/// How many spans may be out at once. A lane whose batches are tiny (`max_age: 0`) has a few hundred in its sinks.
const SPANS: usize = 4096;

/// A span that has come back.
#[derive(Debug, PartialEq, Eq)]
pub struct Returned {
    /// A holder dropped it without a confirmation.
    pub lost: bool,
}

/// The ring's only writer. See the crate's picture for the positions.
pub struct Writer {
    ring: Arc<Ring>,
    tail: u64,
    published: u64,
    sealed: u64,
    head: u64,
    /// The sequence numbers of the oldest span that is out, and of the next to be published.
    oldest: u64,
    next: u64,
    /// Where each span that is out ends, by slot.
    ends: Box<[u64]>,
}

impl Writer {
    /// A ring of `bytes` (a power of two, at least a page, at most 512 MiB). `wake` is called whenever a span comes
    /// back, by the thread that returned it.
    ///
    /// # Errors
    /// [`RingError`] where the size is no such number or the system has no memory for it.
    pub fn create(bytes: usize, wake: Waker) -> Result<Self, RingError> {
        Self::with_spans(bytes, SPANS, wake)
    }

    /// The same, of which so many spans (a power of two) may be out at once.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub fn with_spans(bytes: usize, spans: usize, wake: Waker) -> Result<Self, RingError> {
        let ring = Ring { mapping: Mapping::new(bytes)?, ledger: Ledger::new(spans), writer: wake };
        let ends = vec![0; ring.ledger.len()].into_boxed_slice();
        Ok(Self { ring: Arc::new(ring), tail: 0, published: 0, sealed: 0, head: 0, oldest: 0, next: 0, ends })
    }

    /// The ring's memory, for whoever maps it elsewhere.
    #[must_use]
    pub fn file(&self) -> RingFile {
        RingFile { ring: self.ring.clone() }
    }

    /// The ring's size in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.ring.mapping.bytes()
    }

    /// How many bytes are free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.capacity() - usize::try_from(self.head - self.tail).expect("no more is taken than the ring holds")
    }

    /// How many bytes the spans that are out hold, and what was taken but not yet published.
    #[must_use]
    pub fn used(&self) -> usize {
        self.capacity() - self.free()
    }

    /// How many bytes were taken and not yet published.
    #[must_use]
    pub fn in_hand(&self) -> usize {
        usize::try_from(self.head - self.published).expect("no more is taken than the ring holds")
    }

    /// Where the next byte goes.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.head
    }

    /// Where the next span starts.
    #[must_use]
    pub fn published(&self) -> u64 {
        self.published
    }

    /// The place in the window of a position that is not yet published, counted on from the place of the first.
    ///
    /// # Panics
    /// Where the position was published or is ahead of the head.
    #[must_use]
    pub fn place(&self, position: u64) -> usize {
        assert!((self.published..=self.head).contains(&position), "position {position} is not in hand");
        self.ring.mapping.place(self.published) + usize::try_from(position - self.published).expect("fits the ring")
    }

    /// The free space at the head, up to `max` bytes of it; shorter where less is free.
    pub fn space(&mut self, max: usize) -> &mut [u8] {
        let range = self.head..self.head + max.min(self.free()) as u64;
        // SAFETY: the range is free: no span reaches into it, and `&mut self` keeps other slices of ours away.
        unsafe { self.ring.mapping.slice_mut(&range) }
    }

    /// Takes the next `bytes` of what `space` showed.
    ///
    /// # Panics
    /// Where less is free.
    pub fn advance(&mut self, bytes: usize) {
        assert!(bytes <= self.free(), "{bytes} bytes taken of {} free", self.free());
        self.head += bytes as u64;
    }

    /// Bytes that were taken and not yet published.
    ///
    /// # Panics
    /// Where the range is not.
    #[must_use]
    pub fn written(&self, range: Range<u64>) -> &[u8] {
        assert!(self.published <= range.start && range.end <= self.head, "{range:?} is not in hand");
        // SAFETY: only this writer writes there, and it does so through `&mut self`.
        unsafe { self.ring.mapping.slice(&range) }
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// Where the range reaches outside of what was taken since the last publication.
    pub fn written_mut(&mut self, range: Range<u64>) -> &mut [u8] {
        assert!(self.sealed <= range.start && range.end <= self.head, "{range:?} is not in hand alone");
        // SAFETY: spans read up to `sealed` at most, and `&mut self` keeps other slices of ours away.
        unsafe { self.ring.mapping.slice_mut(&range) }
    }

    /// What is in hand, from the last publication to the head, and up to `max` bytes of the free space behind it.
    pub fn split(&mut self, max: usize) -> (&[u8], &mut [u8]) {
        let free = self.head..self.head + max.min(self.free()) as u64;
        // SAFETY: what is in hand is written by this writer alone, the free space seen by nobody else; they do not
        // overlap, and `&mut self` keeps other slices of ours away.
        unsafe { (self.ring.mapping.slice(&(self.published..self.head)), self.ring.mapping.slice_mut(&free)) }
    }

    /// The position from which on all is the writer's alone, so that `written_mut` answers for it.
    #[must_use]
    pub fn writable_from(&self) -> u64 {
        self.sealed
    }

    /// Gives back the bytes from `position` to the head, which were taken and are not wanted.
    ///
    /// # Panics
    /// Where a span may read them.
    pub fn retract(&mut self, position: u64) {
        assert!(self.sealed <= position && position <= self.head, "{position} is not in hand alone");
        self.head = position;
    }

    /// Publishes what lies between the last span's end and `end`. The span may read up to the head: what a batch
    /// needs may lie behind bytes that belong to the next. `None` where too many spans are out.
    ///
    /// # Panics
    /// Where `end` is not in hand.
    pub fn publish(&mut self, end: u64) -> Option<Span> {
        assert!((self.published..=self.head).contains(&end), "{end} is not in hand");
        if self.is_crowded() {
            return None;
        }
        self.ring.ledger.open(self.next);
        let slot = self.slot(self.next);
        self.ends[slot] = end;
        let range = self.published..self.head;
        let span = Span { ring: self.ring.clone(), sequence: self.next, range, confirmed: false };
        self.next += 1;
        self.published = end;
        self.sealed = self.head;
        Some(span)
    }

    /// Whether as many spans are out as there may be.
    #[must_use]
    pub fn is_crowded(&self) -> bool {
        self.next - self.oldest == self.ring.ledger.len() as u64
    }

    fn slot(&self, sequence: u64) -> usize {
        usize::try_from(sequence & (self.ends.len() as u64 - 1)).expect("a slot's index is small")
    }

    /// Frees the oldest span that is out, if it has come back.
    pub fn reclaim(&mut self) -> Option<Returned> {
        if self.oldest == self.next {
            return None;
        }
        let lost = self.ring.ledger.returned(self.oldest)?;
        self.tail = self.ends[self.slot(self.oldest)];
        self.oldest += 1;
        Some(Returned { lost })
    }

    /// Whether the oldest span that is out has come back, so that `reclaim` would free it.
    #[must_use]
    pub fn has_returned(&self) -> bool {
        self.oldest != self.next && self.ring.ledger.returned(self.oldest).is_some()
    }

    /// How many spans are out.
    #[must_use]
    pub fn outstanding(&self) -> usize {
        usize::try_from(self.next - self.oldest).expect("no more than there are slots")
    }

    /// Goes on at the ring's start where the whole ring is free, so that a lane whose sinks keep up works in the
    /// same few hundred kilobytes, which the processor's caches then hold.
    pub fn rewind(&mut self) {
        let idle = self.oldest == self.next && self.tail == self.head;
        if idle && self.ring.mapping.place(self.head) != 0 {
            self.head = self.head.next_multiple_of(self.capacity() as u64);
            (self.tail, self.published, self.sealed) = (self.head, self.head, self.head);
        }
    }
}

/// The ring's memory as a file. Mapping it shared and writable would break the ring; a window maps it private.
#[derive(Clone)]
pub struct RingFile {
    ring: Arc<Ring>,
}

impl RingFile {
    /// The memfd, `bytes` long and sealed at that.
    #[must_use]
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.ring.mapping.file()
    }

    /// The ring's size in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.ring.mapping.bytes()
    }
}
