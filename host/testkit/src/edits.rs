//! Putting edits and new records into decisions, as an SDK would.

use logagent_component::{Copied, Decisions, Edit, Fresh, Part, Stamp};
use std::ops::Range;

/// Replaces a range of a part of a record.
pub fn replace(decisions: &mut Decisions, index: usize, part: Part, range: Range<usize>, with: &[u8]) {
    decisions.edits.push(Edit {
        index: number(index),
        part,
        at: number(range.start),
        length: number(range.len()),
        patch_length: number(with.len()),
    });
    decisions.patch.extend_from_slice(with);
}

/// Sets a record's time and severity; 0 leaves what it has.
pub fn stamp(decisions: &mut Decisions, index: usize, time_unix_nano: u64, severity: u8) {
    decisions.stamps.push(Stamp { index: number(index), severity, time_unix_nano });
}

/// Sends a record to an output as well.
pub fn copy(decisions: &mut Decisions, index: usize, output: u8) {
    decisions.copies.push(Copied { index: number(index), output });
}

/// Makes a record.
pub fn emit(decisions: &mut Decisions, body: &[u8], attributes: &[u8], time_unix_nano: u64, severity: u8) {
    let (body_length, attributes_length) = (number(body.len()), number(attributes.len()));
    decisions.emitted.push(Fresh { body_length, attributes_length, time_unix_nano, severity });
    decisions.emitted_bytes.extend_from_slice(body);
    decisions.emitted_bytes.extend_from_slice(attributes);
}

fn number(number: usize) -> u32 {
    u32::try_from(number).expect("a small ring")
}
