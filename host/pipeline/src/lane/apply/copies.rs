//! Records that go to outputs beside their own way: further tables of the same bytes.

use crate::lane::table::{self, Table};
use logagent_component::Copied;
use logagent_ring::Writer;

/// One table an output, of all copies together.
pub(super) fn room_for(copies: &[Copied]) -> usize {
    table::bytes_for(copies.len()) + copies.len().min(128) * table::ALIGNMENT
}

/// Calls `route` with each output that gets copies, and their table. From then on later filters don't write to these
/// records' bytes.
pub(in crate::lane) fn copy(ring: &mut Writer, table: &mut Table, copies: &[Copied], mut route: impl FnMut(u8, Table)) {
    if copies.is_empty() {
        return;
    }
    let mut is_wanted = [false; 128];
    copies.iter().for_each(|copy| is_wanted[usize::from(copy.output)] = true);
    for output in (0..128).filter(|&output| is_wanted[usize::from(output)]) {
        let chosen = || copies.iter().filter(|copy| copy.output == output).map(|copy| copy.index as usize);
        let of_output = table.copy_with(ring, chosen().count(), |records, space| {
            space.iter_mut().zip(chosen()).for_each(|(slot, index)| *slot = records[index]);
        });
        route(output, of_output);
    }
    table.own_from = ring.head();
}
