//! The parts that a table is cut into while the records are sought that break a filter, and what becomes of them: one
//! table again, in the same order.

use super::table::{self, Table};
use crate::canary::Decider;
use bytemuck::{cast_slice, cast_slice_mut};
use logagent_record::Descriptor;
use logagent_ring::Writer;

/// A part of a table, and who is to decide over it.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub(super) table: Table,
    pub(super) decider: Decider,
}

/// The parts of one table. The lists are kept from batch to batch.
#[derive(Default)]
pub(super) struct Parts {
    whole: Option<Table>,
    /// What is still to be done, the last first.
    todo: Vec<Part>,
    /// What is done, in order: the records that stay.
    done: Vec<Table>,
    /// How many records are new in `done`.
    emitted: usize,
}

impl Parts {
    pub(super) fn begin(&mut self, table: Table, decider: Decider) {
        self.whole = Some(table);
        self.todo.clear();
        self.done.clear();
        self.todo.push(Part { table, decider });
        self.emitted = 0;
    }

    /// The first part that is still to be done.
    pub(super) fn next(&mut self) -> Option<Part> {
        self.todo.pop()
    }

    /// Puts a part back as two, the first of so many records.
    pub(super) fn split(&mut self, part: Part, first: usize) {
        let (front, back) = part.table.split(first);
        self.todo.extend([back, front].map(|table| Part { table, ..part }));
    }

    /// Puts a part back as pieces of so many records.
    pub(super) fn cut(&mut self, part: Part, size: usize) {
        let first = self.todo.len();
        let mut rest = part.table;
        while rest.count > size {
            let (front, back) = rest.split(size);
            self.todo.push(Part { table: front, ..part });
            rest = back;
        }
        self.todo.push(Part { table: rest, ..part });
        self.todo[first..].reverse();
    }

    /// Puts a part back, for the filter itself.
    pub(super) fn hand_over(&mut self, part: Part) {
        self.todo.push(Part { decider: Decider::Incumbent, ..part });
    }

    /// What stays of the part that was asked for last, with so many new records in it.
    pub(super) fn finish(&mut self, kept: Table, emitted: usize) {
        self.done.push(kept);
        self.emitted += emitted;
    }

    /// What merging takes of the ring at most, if the part in hand emits so many records. New records lie elsewhere, and
    /// a table's space has no room for them.
    pub(super) fn room_for_merge(&self, emitted: usize) -> usize {
        let is_whole = self.todo.is_empty() && self.done.is_empty();
        let emitted = self.emitted + emitted;
        let whole = self.whole.map_or(0, |whole| whole.count);
        if is_whole || emitted == 0 { 0 } else { table::room_for(whole + emitted) }
    }

    /// All that stays, as one table.
    pub(super) fn merge(&mut self, ring: &mut Writer) -> Table {
        if let [only] = self.done[..] {
            return only;
        }
        let whole = self.whole.expect("begun");
        let own_from = self.done.iter().map(|part| part.own_from).fold(whole.own_from, u64::max);
        let mut merged = if self.emitted == 0 { self.close_up(ring, whole) } else { self.copy(ring, whole) };
        merged.own_from = own_from;
        merged.is_ordered = merged.ascends(ring);
        merged
    }

    /// Moves the parts together in the table's own space.
    fn close_up(&self, ring: &mut Writer, whole: Table) -> Table {
        let records = whole.records_mut(ring);
        let mut count = 0;
        for part in &self.done {
            let from = usize::try_from(part.at - whole.at).expect("a part of the table") / Descriptor::BYTES;
            records.copy_within(from..from + part.count, count);
            count += part.count;
        }
        Table { count, ..whole }
    }

    /// Copies the parts to fresh space, of which `room_for_merge` has spoken.
    fn copy(&self, ring: &mut Writer, whole: Table) -> Table {
        let count = self.done.iter().map(|part| part.count).sum();
        let at = table::align(ring);
        let published = ring.published();
        let (written, space) = ring.split(table::bytes_for(count));
        let mut space: &mut [Descriptor] = cast_slice_mut(space);
        for part in &self.done {
            let from = usize::try_from(part.at - published).expect("fits the ring");
            let (front, rest) = space.split_at_mut(part.count);
            front.copy_from_slice(cast_slice(&written[from..from + table::bytes_for(part.count)]));
            space = rest;
        }
        ring.advance(table::bytes_for(count));
        Table { at, count, ..whole }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    #[test]
    fn a_part_is_cut_into_pieces_that_come_in_order() {
        let mut ring = Writer::create(64 << 10, Waker::noop().clone()).unwrap();
        let at = table::align(&mut ring);
        ring.advance(table::bytes_for(10));
        let mut parts = Parts::default();
        parts.begin(Table { at, count: 10, own_from: 0, is_ordered: true }, Decider::Incumbent);
        let whole = parts.next().unwrap();
        parts.cut(whole, 4);
        let pieces: Vec<(u64, usize)> =
            std::iter::from_fn(|| parts.next()).map(|part| (part.table.at - at, part.table.count)).collect();
        assert_eq!(pieces, [(0, 4), (4 * 32, 4), (8 * 32, 2)]);
    }
}
