//! Edited bodies and attributes: overwritten where they lie, where that can be, else written to fresh space.

use super::window;
use crate::lane::table::Table;
use bytemuck::cast_slice;
use logagent_component::{Decisions, Edit, Part};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use std::ops::Range;

/// The edits of one part of one record.
struct Run<'a> {
    edits: &'a [Edit],
    /// What they put in.
    patch: &'a [u8],
    /// How many bytes they replace.
    removed: usize,
    /// Whether each puts in as many bytes as it replaces.
    is_in_place: bool,
}

/// The edits as runs, in one walk over them: most runs are so short that each further look at them would cost as much.
struct Runs<'a> {
    edits: &'a [Edit],
    patch: &'a [u8],
}

impl<'a> Runs<'a> {
    fn of(decisions: &'a Decisions) -> Self {
        Self { edits: &decisions.edits, patch: &decisions.patch }
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Run<'a>;

    #[inline]
    fn next(&mut self) -> Option<Run<'a>> {
        let first = self.edits.first()?;
        let (mut count, mut removed, mut added, mut is_in_place) = (0, 0, 0, true);
        for edit in self.edits.iter().take_while(|edit| (edit.index, edit.part) == (first.index, first.part)) {
            count += 1;
            removed += edit.length as usize;
            added += edit.patch_length as usize;
            is_in_place &= edit.length == edit.patch_length;
        }
        let (edits, patch);
        (edits, self.edits) = self.edits.split_at(count);
        (patch, self.patch) = self.patch.split_at(added);
        Some(Run { edits, patch, removed, is_in_place })
    }
}

impl Run<'_> {
    fn index(&self) -> usize {
        self.edits[0].index as usize
    }

    fn part(&self) -> Part {
        self.edits[0].part
    }

    /// How long the part is that these edits make.
    fn length(&self, record: &Descriptor) -> usize {
        self.part().length(record) as usize + self.patch.len() - self.removed
    }

    /// Whether the edited part can stay where it lies: no byte of it moves, and what lies from `own_from` on nobody else
    /// needs as it is.
    fn stays(&self, record: &Descriptor, own_from: usize) -> bool {
        self.is_in_place && places(self.part(), record).start >= own_from
    }
}

pub(super) fn room_for(decisions: &Decisions, table: &Table, ring: &Writer) -> usize {
    if decisions.edits.is_empty() {
        return 0;
    }
    let (records, own_from) = (table.records(ring), table.own_place(ring));
    let room = |run: Run<'_>| {
        let record = &records[run.index()];
        // With the newline behind it.
        if run.stays(record, own_from) { 0 } else { run.length(record) + 1 }
    };
    Runs::of(decisions).map(room).sum()
}

fn places(part: Part, record: &Descriptor) -> Range<usize> {
    match part {
        Part::Body => record.body(),
        Part::Attributes => record.attributes(),
    }
}

/// Where an edited part was written.
pub(in crate::lane) struct Moved {
    index: usize,
    part: Part,
    at: u32,
    length: u32,
}

/// Carries out the edits. `moved` is a list that is reused.
pub(in crate::lane) fn edit(ring: &mut Writer, table: &mut Table, decisions: &Decisions, moved: &mut Vec<Moved>) {
    if decisions.edits.is_empty() {
        return;
    }
    moved.clear();
    if rewrite_all(ring, table, decisions, moved) > 0 {
        overwrite_all(ring, table, decisions);
    }
    if !moved.is_empty() {
        point_to(moved, table.records_mut(ring));
        table.is_ordered = table.ascends(ring);
    }
}

/// Makes the edits of those parts that stay. What the others were made into lies behind the table, and none of them is
/// pointed to yet.
fn overwrite_all(ring: &mut Writer, table: &Table, decisions: &Decisions) {
    let own_from = table.own_place(ring);
    for run in Runs::of(decisions) {
        let record = &table.records(ring)[run.index()];
        if run.stays(record, own_from) {
            let part = places(run.part(), record);
            let start = table.position(part.start, ring);
            overwrite(ring.written_mut(start..start + part.len() as u64), &run);
        }
    }
}

fn overwrite(part: &mut [u8], run: &Run<'_>) {
    let mut patch = run.patch;
    for edit in run.edits {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        patch = rest;
        part[edit.at as usize..][..replacement.len()].copy_from_slice(replacement);
    }
}

/// Writes all parts that can't stay one behind another to fresh space, of which there is enough. Answers how many stay.
fn rewrite_all(ring: &mut Writer, table: &Table, decisions: &Decisions, moved: &mut Vec<Moved>) -> usize {
    let (own_from, fresh, base) = (table.own_place(ring), ring.place(ring.head()), ring.place(ring.published()));
    let records = table.places(ring);
    let (written, space) = ring.split(usize::MAX);
    let records: &[Descriptor] = cast_slice(&written[records.start - base..records.end - base]);
    let (mut used, mut staying) = (0, 0);
    for run in Runs::of(decisions) {
        let (index, part) = (run.index(), run.part());
        let record = &records[index];
        if run.stays(record, own_from) {
            staying += 1;
            continue;
        }
        let original = places(part, record);
        let original = if original.is_empty() { &[] } else { &written[original.start - base..original.end - base] };
        let length = run.length(record);
        moved.push(Moved { index, part, at: window(fresh + used), length: window(length) });
        replace(original, &run, &mut space[used..used + length]);
        used += length;
        if part == Part::Body {
            space[used] = b'\n';
            used += 1;
        }
    }
    ring.advance(used);
    staying
}

fn point_to(moved: &[Moved], records: &mut [Descriptor]) {
    for &Moved { index, part, at, length } in moved {
        let record = &mut records[index];
        match part {
            Part::Body => {
                (record.body_at, record.body_len, record.flags) = (at, length, record.flags | Flags::TERMINATED)
            }
            Part::Attributes => (record.attrs_at, record.attrs_len) = (at, length),
        }
    }
}

/// Copies `original` to `out`, which is as long as what comes of it, with the edits made.
fn replace(original: &[u8], run: &Run<'_>, out: &mut [u8]) {
    let (mut patch, mut from, mut at) = (run.patch, 0, 0);
    for edit in run.edits {
        let kept = edit.at as usize - from;
        at = put(out, at, &original[from..], kept);
        at = put(out, at, patch, edit.patch_length as usize);
        patch = &patch[edit.patch_length as usize..];
        from = edit.at as usize + edit.length as usize;
    }
    put(out, at, &original[from..], original.len() - from);
}

/// Copies the first `bytes` of `source` to `at`, and answers where they end. What is short is copied with more behind
/// it, where there is more and room for it, since a copy of a fixed length needs no call; the next one covers that.
#[inline]
fn put(out: &mut [u8], at: usize, source: &[u8], bytes: usize) -> usize {
    const SHORT: usize = 32;
    match (out[at..].first_chunk_mut::<SHORT>(), source.first_chunk::<SHORT>()) {
        (Some(out), Some(source)) if bytes <= SHORT => *out = *source,
        _ => out[at..at + bytes].copy_from_slice(&source[..bytes]),
    }
    at + bytes
}
