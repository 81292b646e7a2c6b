//! Carrying out what a filter decided: edited records and emitted ones go to fresh space, dropped and routed ones
//! leave the table. The decisions were checked, and there is room for them.

mod edits;
mod emits;
mod verdicts;

pub(super) use edits::edit;
pub(super) use emits::emit;
pub(super) use verdicts::{Tally, judge};

use logagent_component::Decisions;
use logagent_record::Descriptor;

/// How much of the ring carrying out these decisions takes at most, in bytes.
pub(super) fn room_for(decisions: &Decisions, records: &[Descriptor]) -> usize {
    edits::room_for(&decisions.edits, records)
        + verdicts::room_for(&decisions.verdicts)
        + emits::room_for(decisions, records.len())
}

/// A number of bytes that fits the window, as descriptors have it.
fn window(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("the window has 32 bits")
}
