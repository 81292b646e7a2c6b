//! Edited bodies and attributes: overwritten where they lie, where that can be, else written to fresh space.

use super::window;
use crate::lane::table::Table;
use bytemuck::cast_slice;
use logagent_component::{Decisions, Edit, Part};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use std::ops::Range;

/// The edits of one part of one record at a time.
fn runs(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|one, next| (one.index, one.part) == (next.index, next.part))
}

/// The same, each with what its edits put in.
fn runs_with_patch(decisions: &Decisions) -> impl Iterator<Item = (&[Edit], &[u8])> {
    let mut rest = &decisions.patch[..];
    runs(&decisions.edits).map(move |run| {
        let (patch, behind) = rest.split_at(run.iter().map(|edit| edit.patch_length as usize).sum());
        rest = behind;
        (run, patch)
    })
}

pub(super) fn room_for(edits: &[Edit], table: &Table, ring: &Writer) -> usize {
    if edits.is_empty() {
        return 0;
    }
    let (records, own_from) = (table.records(ring), table.own_place(ring));
    let room = |run: &[Edit]| {
        let record = &records[run[0].index as usize];
        // With the newline behind it.
        if stays(run, record, own_from) { 0 } else { length(run, record) + 1 }
    };
    runs(edits).map(room).sum()
}

/// How long the part is that these edits make.
fn length(run: &[Edit], record: &Descriptor) -> usize {
    let added: usize = run.iter().map(|edit| edit.patch_length as usize).sum();
    let removed: usize = run.iter().map(|edit| edit.length as usize).sum();
    run[0].part.length(record) as usize + added - removed
}

/// Whether the edited part can stay where it lies: no byte of it moves, and what lies from `own_from` on nobody else needs
/// as it is.
fn stays(run: &[Edit], record: &Descriptor, own_from: usize) -> bool {
    run.iter().all(|edit| edit.length == edit.patch_length) && places(run[0].part, record).start >= own_from
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
    let room = room_for(&decisions.edits, table, ring);
    overwrite_all(ring, table, decisions);
    if room > 0 {
        moved.clear();
        rewrite_all(ring, table, decisions, room, moved);
        point_to(moved, table.records_mut(ring));
        table.is_ordered = table.ascends(ring);
    }
}

/// Makes the edits of those parts that stay.
fn overwrite_all(ring: &mut Writer, table: &Table, decisions: &Decisions) {
    let own_from = table.own_place(ring);
    for (run, patch) in runs_with_patch(decisions) {
        let record = &table.records(ring)[run[0].index as usize];
        if stays(run, record, own_from) {
            let part = places(run[0].part, record);
            let start = table.position(part.start, ring);
            overwrite(ring.written_mut(start..start + part.len() as u64), run, patch);
        }
    }
}

fn overwrite(part: &mut [u8], run: &[Edit], mut patch: &[u8]) {
    for edit in run {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        patch = rest;
        part[edit.at as usize..][..replacement.len()].copy_from_slice(replacement);
    }
}

/// Writes all other edited parts one behind another to fresh space, `room` bytes at most.
fn rewrite_all(ring: &mut Writer, table: &Table, decisions: &Decisions, room: usize, moved: &mut Vec<Moved>) {
    let (own_from, fresh, base) = (table.own_place(ring), ring.place(ring.head()), ring.place(ring.published()));
    let records = table.places(ring);
    let (written, space) = ring.split(room);
    let records: &[Descriptor] = cast_slice(&written[records.start - base..records.end - base]);
    let mut used = 0;
    for (run, patch) in runs_with_patch(decisions) {
        let (index, part) = (run[0].index as usize, run[0].part);
        let record = &records[index];
        if stays(run, record, own_from) {
            continue;
        }
        let original = places(part, record);
        let original = if original.is_empty() { &[] } else { &written[original.start - base..original.end - base] };
        let length = length(run, record);
        moved.push(Moved { index, part, at: window(fresh + used), length: window(length) });
        replace(original, run, patch, &mut space[used..used + length]);
        used += length;
        if part == Part::Body {
            space[used] = b'\n';
            used += 1;
        }
    }
    ring.advance(used);
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
fn replace(original: &[u8], run: &[Edit], mut patch: &[u8], mut out: &mut [u8]) {
    let mut put = |bytes: &[u8]| {
        let (front, rest) = std::mem::take(&mut out).split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        out = rest;
    };
    let mut from = 0;
    for edit in run {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        patch = rest;
        put(&original[from..edit.at as usize]);
        put(replacement);
        from = edit.at as usize + edit.length as usize;
    }
    put(&original[from..]);
}
