//! Edited bodies and attributes, written to fresh space.

use super::window;
use crate::lane::table::Table;
use logagent_component::{Decisions, Edit, Part};
use logagent_record::{Descriptor, Flags};
use logagent_ring::Writer;

/// The edits of one part of one record at a time.
fn runs(edits: &[Edit]) -> impl Iterator<Item = &[Edit]> {
    edits.chunk_by(|one, next| (one.index, one.part) == (next.index, next.part))
}

pub(super) fn room_for(edits: &[Edit], records: &[Descriptor]) -> usize {
    let with_newline = |run: &[Edit]| length(run, &records[run[0].index as usize]) + 1;
    runs(edits).map(with_newline).sum()
}

/// How long the part is that these edits make.
fn length(run: &[Edit], record: &Descriptor) -> usize {
    let added: usize = run.iter().map(|edit| edit.patch_length as usize).sum();
    let removed: usize = run.iter().map(|edit| edit.length as usize).sum();
    run[0].part.length(record) as usize + added - removed
}

/// Writes the edited parts to fresh space and points the table at them.
pub(in crate::lane) fn edit(ring: &mut Writer, table: &mut Table, decisions: &Decisions) {
    let mut patch = &decisions.patch[..];
    for run in runs(&decisions.edits) {
        let index = run[0].index as usize;
        let edited = rewrite(ring, table.records(ring)[index], run, &mut patch);
        table.records_mut(ring)[index] = edited;
        table.is_ordered = false;
    }
}

fn rewrite(ring: &mut Writer, record: Descriptor, run: &[Edit], patch: &mut &[u8]) -> Descriptor {
    let at = window(ring.place(ring.head()));
    let base = ring.place(ring.published());
    let length = length(run, &record);
    let (written, space) = ring.split(length + 1);
    let original = |places: std::ops::Range<usize>| match places.is_empty() {
        true => &[][..],
        false => &written[places.start - base..places.end - base],
    };
    let (edited, taken) = match run[0].part {
        Part::Body => {
            replace(original(record.body()), run, patch, space);
            space[length] = b'\n';
            let flags = record.flags | Flags::TERMINATED;
            (Descriptor { body_at: at, body_len: window(length), flags, ..record }, length + 1)
        }
        Part::Attributes => {
            replace(original(record.attributes()), run, patch, space);
            (Descriptor { attrs_at: at, attrs_len: window(length), ..record }, length)
        }
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
