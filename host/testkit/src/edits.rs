//! Putting edits and new records into decisions, as an SDK would.

use logagent_component::{Decisions, Edit, Fresh, Part};
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
