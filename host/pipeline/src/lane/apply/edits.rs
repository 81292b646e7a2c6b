//! Edited bodies and attributes: overwritten where they lie, where that can be, else written to fresh space.

use super::window;
use crate::lane::table::Table;
use logagent_component::{Decisions, Edit, Part};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;
use std::ops::Range;

/// The edits of one part of one record at a time.
fn runs(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|one, next| (one.index, one.part) == (next.index, next.part))
}

pub(super) fn room_for(edits: &[Edit], table: &Table, ring: &Writer) -> usize {
    let room = |run: &[Edit]| {
        let record = &table.records(ring)[run[0].index as usize];
        // With the newline behind it.
        if in_place(run, record, table, ring).is_some() { 0 } else { length(run, record) + 1 }
    };
    runs(edits).map(room).sum()
}

/// How long the part is that these edits make.
fn length(run: &[Edit], record: &Descriptor) -> usize {
    let added: usize = run.iter().map(|edit| edit.patch_length as usize).sum();
    let removed: usize = run.iter().map(|edit| edit.length as usize).sum();
    run[0].part.length(record) as usize + added - removed
}

/// Where the edited part lies, if no byte of it moves and nobody else needs what it holds now.
fn in_place(run: &[Edit], record: &Descriptor, table: &Table, ring: &Writer) -> Option<Range<u64>> {
    if run.iter().any(|edit| edit.length != edit.patch_length) {
        return None;
    }
    let part = places(run[0].part, record);
    let start = table.position(part.start, ring);
    (table.is_own(start, ring)).then(|| start..start + part.len() as u64)
}

fn places(part: Part, record: &Descriptor) -> Range<usize> {
    match part {
        Part::Body => record.body(),
        Part::Attributes => record.attributes(),
    }
}

/// Carries out the edits.
pub(in crate::lane) fn edit(ring: &mut Writer, table: &mut Table, decisions: &Decisions) {
    let mut patch = &decisions.patch[..];
    let mut has_moved = false;
    for run in runs(&decisions.edits) {
        let index = run[0].index as usize;
        let record = table.records(ring)[index];
        if let Some(part) = in_place(run, &record, table, ring) {
            overwrite(ring.written_mut(part), run, &mut patch);
        } else {
            let edited = rewrite(ring, record, run, &mut patch);
            table.records_mut(ring)[index] = edited;
            has_moved = true;
        }
    }
    if has_moved {
        table.is_ordered = table.ascends(ring);
    }
}

fn overwrite(part: &mut [u8], run: &[Edit], patch: &mut &[u8]) {
    for edit in run {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        *patch = rest;
        part[edit.at as usize..][..replacement.len()].copy_from_slice(replacement);
    }
}

fn rewrite(ring: &mut Writer, record: Descriptor, run: &[Edit], patch: &mut &[u8]) -> Descriptor {
    let at = window(ring.place(ring.head()));
    let base = ring.place(ring.published());
    let length = length(run, &record);
    let (written, space) = ring.split(length + 1);
    let original = places(run[0].part, &record);
    let original = if original.is_empty() { &[] } else { &written[original.start - base..original.end - base] };
    replace(original, run, patch, space);
    let (edited, taken) = match run[0].part {
        Part::Body => {
            space[length] = b'\n';
            let flags = record.flags | Flags::TERMINATED;
            (Descriptor { body_at: at, body_len: window(length), flags, ..record }, length + 1)
        }
        Part::Attributes => (Descriptor { attrs_at: at, attrs_len: window(length), ..record }, length),
    };
    ring.advance(taken);
    edited
}

/// Copies `original` to the front of `out` with the edits made, and takes what they put in from `patch`.
fn replace(original: &[u8], run: &[Edit], patch: &mut &[u8], mut out: &mut [u8]) {
    let mut put = |bytes: &[u8]| {
        let (front, rest) = std::mem::take(&mut out).split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        out = rest;
    };
    let mut from = 0;
    for edit in run {
        let (replacement, rest) = patch.split_at(edit.patch_length as usize);
        *patch = rest;
        put(&original[from..edit.at as usize]);
        put(replacement);
        from = edit.at as usize + edit.length as usize;
    }
    put(&original[from..]);
}
