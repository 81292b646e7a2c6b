//! Carrying out what a filter decided: edited parts are overwritten or go to fresh space, as emitted records do;
//! dropped and routed records leave the table. The decisions were checked, and there is room for them.

mod edits;
mod emits;
mod outputs;
mod stamps;
mod verdicts;

pub(super) use edits::{Moved, edit};
pub(super) use emits::emit;
pub(super) use outputs::route;
pub(super) use stamps::stamp;
pub(super) use verdicts::{Tally, judge};

use super::table::Table;
use logagent_component::Decisions;
use logagent_ring::Writer;

/// How much of the ring carrying out these decisions over this table takes at most, in bytes.
pub(super) fn room_for(decisions: &Decisions, table: &Table, ring: &Writer) -> usize {
    edits::room_for(decisions, table, ring) + outputs::room_for(decisions) + emits::room_for(decisions, table.count)
}

/// A number of bytes that fits the window, as descriptors have it.
fn window(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("the window has 32 bits")
}
