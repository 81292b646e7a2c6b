//! A filter's outputs: the records that are routed or copied there, each output's in a table of its own, in the batch's
//! order.

use super::Tally;
use crate::lane::table::{self, Table};
use logagent_component::{Copied, Decisions};
use logagent_record::{Descriptor, Verdict};
use logagent_ring::Writer;

const MOST_OUTPUTS: usize = 128;

/// Tables for all of them, one behind another.
pub(super) fn room_for(decisions: &Decisions) -> usize {
    let routed = decisions.verdicts.iter().filter(|&&byte| byte >= 128).count();
    match routed + decisions.copies.len() {
        0 => 0,
        count => table::room_for(count),
    }
}

/// Calls `each` with each output that gets records, and their table.
pub(in crate::lane) fn route(
    ring: &mut Writer,
    table: &mut Table,
    decisions: &Decisions,
    tally: &Tally,
    mut each: impl FnMut(u8, Table),
) {
    let starts = starts(tally, &decisions.copies);
    if starts[MOST_OUTPUTS] == 0 {
        return;
    }
    let all = table.copy_with(ring, starts[MOST_OUTPUTS], |records, space| place(records, decisions, starts, space));
    for output in 0..MOST_OUTPUTS {
        let (start, count) = (starts[output], starts[output + 1] - starts[output]);
        if count > 0 {
            let output = u8::try_from(output).expect("MOST_OUTPUTS bounds it");
            each(output, Table { at: all.at + table::bytes_for(start) as u64, count, ..all });
        }
    }
    if !decisions.copies.is_empty() {
        // What is on its way to an output, later filters must not change.
        table.own_from = ring.head();
    }
}

/// Where each output's records begin, and behind them where all end.
fn starts(tally: &Tally, copies: &[Copied]) -> [usize; MOST_OUTPUTS + 1] {
    let mut starts = [0; MOST_OUTPUTS + 1];
    for (verdict, count) in tally.others() {
        if let Verdict::Route { output } = verdict {
            starts[usize::from(output) + 1] = usize::try_from(count).expect("no more than records");
        }
    }
    copies.iter().for_each(|copy| starts[usize::from(copy.output) + 1] += 1);
    for output in 0..MOST_OUTPUTS {
        starts[output + 1] += starts[output];
    }
    starts
}

/// Puts each record into the next places of its outputs.
fn place(records: &[Descriptor], decisions: &Decisions, mut next: [usize; MOST_OUTPUTS + 1], space: &mut [Descriptor]) {
    let mut put = |output: u8, record: &Descriptor| {
        space[next[usize::from(output)]] = *record;
        next[usize::from(output)] += 1;
    };
    let mut copies = &decisions.copies[..];
    for (index, record) in records.iter().enumerate() {
        while let Some((copy, behind)) = copies.split_first().filter(|(copy, _)| copy.index as usize == index) {
            put(copy.output, record);
            copies = behind;
        }
        if let Some(&byte) = decisions.verdicts.get(index).filter(|&&byte| byte >= 128) {
            put(byte - 128, record);
        }
    }
}
