//! The bodies of a batch, as whoever searches them wants them: one by one, or in runs that can be searched in one go.

use crate::Descriptor;
use std::ops::Range;

/// Records and the bytes that they point to.
#[derive(Clone, Copy, Debug)]
pub struct Bodies<'a> {
    bytes: &'a [u8],
    base: usize,
    records: &'a [Descriptor],
}

impl<'a> Bodies<'a> {
    /// `records` point into `bytes`, whose first byte has the place `base`.
    #[must_use]
    pub fn new(bytes: &'a [u8], base: u32, records: &'a [Descriptor]) -> Self {
        Self { bytes, base: base as usize, records }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record's body.
    ///
    /// # Panics
    /// Where there is no such record, or it points outside of the bytes.
    #[inline]
    #[must_use]
    pub fn body(&self, index: usize) -> &'a [u8] {
        let Range { start, end } = self.records[index].body();
        &self.bytes[start - self.base..end - self.base]
    }

    /// The records in stretches whose bodies ascend with a byte or more between two: each can be searched as one run
    /// of bytes. A batch as it was read is one run; one in which a filter moved bodies has several.
    #[must_use]
    pub fn runs(&self) -> Runs<'a> {
        Runs { bodies: *self, next: 0 }
    }

    /// Whether this record's body lies behind the one before, near enough to be searched with it.
    fn follows(&self, index: usize) -> bool {
        /// Behind a gap so long, a search is better begun anew than led across it.
        const LONGEST_GAP: usize = 4096;
        let end = self.records[index - 1].body().end;
        let start = self.records[index].body().start;
        start > end && start - end <= LONGEST_GAP
    }
}

/// What [`Bodies::runs`] answers.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    bodies: Bodies<'a>,
    next: usize,
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    fn next(&mut self) -> Option<Run<'a>> {
        let first = self.next;
        let records = self.bodies.records;
        let start = records.get(first)?.body().start;
        let mut last = first;
        while last + 1 < records.len() && self.bodies.follows(last + 1) {
            last += 1;
        }
        self.next = last + 1;
        let base = self.bodies.base;
        let bytes = &self.bodies.bytes[start - base..records[last].body().end - base];
        Some(Run { bytes, start, first, records: &records[first..=last] })
    }
}

/// Bodies that lie one behind another, with something between each two that belongs to neither: a newline, a header,
/// the body of a record that was dropped.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    bytes: &'a [u8],
    start: usize,
    first: usize,
    records: &'a [Descriptor],
}

/// A body in its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InRun {
    /// The record's index in the batch.
    pub index: usize,
    /// Where its body begins, in bytes from the run's start.
    pub start: usize,
    /// Where its body ends.
    pub end: usize,
}

impl<'a> Run<'a> {
    /// From the first body's start to the last body's end.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many bodies it has; at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.records.len()
    }

    /// Its bodies, in order.
    pub fn bodies(&self) -> impl Iterator<Item = InRun> + use<'a> {
        let Self { start, first, records, .. } = *self;
        records.iter().enumerate().map(move |(number, record)| {
            let Range { start: from, end } = record.body();
            InRun { index: first + number, start: from - start, end: end - start }
        })
    }

    /// A walk over the bodies that maps places to them.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'a> {
        Cursor { run: *self, next: 0 }
    }
}

/// A walk over a run's bodies, forward only.
#[derive(Clone, Debug)]
pub struct Cursor<'a> {
    run: Run<'a>,
    next: usize,
}

impl Cursor<'_> {
    /// The first body that ends behind `at`, in bytes from the run's start: the one that holds `at`, or the one behind
    /// the gap that does. `at` must not be smaller than in the call before.
    #[inline]
    pub fn seek(&mut self, at: usize) -> Option<InRun> {
        let run = &self.run;
        while let Some(record) = run.records.get(self.next) {
            let Range { start, end } = record.body();
            if end - run.start > at {
                return Some(InRun { index: run.first + self.next, start: start - run.start, end: end - run.start });
            }
            self.next += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(body_at: u32, body_len: u32) -> Descriptor {
        Descriptor { body_at, body_len, ..Descriptor::default() }
    }

    #[test]
    fn bodies_that_ascend_apart_are_one_run() {
        let records = [at(100, 2), at(103, 0), at(105, 3)];
        let bodies = Bodies::new(b"ab\n\n-cde", 100, &records);
        let runs: Vec<_> = bodies.runs().collect();
        assert_eq!(runs.len(), 1);
        assert_eq!((runs[0].bytes(), runs[0].count()), (&b"ab\n\n-cde"[..], 3));
        let places: Vec<_> = runs[0].bodies().map(|body| (body.index, body.start, body.end)).collect();
        assert_eq!(places, [(0, 0, 2), (1, 3, 3), (2, 5, 8)]);
    }

    #[test]
    fn a_body_that_touches_or_lies_before_the_last_begins_a_run() {
        let records = [at(4, 2), at(6, 2), at(0, 2), at(3, 1)];
        let bodies = Bodies::new(b"ab-ddeff", 0, &records);
        let runs: Vec<_> = bodies.runs().map(|run| (run.bytes().to_vec(), run.first)).collect();
        assert_eq!(runs, [(b"de".to_vec(), 0), (b"ff".to_vec(), 1), (b"ab-d".to_vec(), 2)]);
    }

    #[test]
    fn a_cursor_names_the_body_that_holds_a_place_or_follows_it() {
        let records = [at(0, 2), at(3, 2)];
        let run = Bodies::new(b"aa\nbb", 0, &records).runs().next().unwrap();
        let mut cursor = run.cursor();
        assert_eq!(cursor.seek(1), Some(InRun { index: 0, start: 0, end: 2 }));
        assert_eq!(cursor.seek(2), Some(InRun { index: 1, start: 3, end: 5 }));
        assert_eq!(cursor.seek(5), None);
    }
}
