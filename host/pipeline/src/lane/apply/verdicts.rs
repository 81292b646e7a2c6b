//! Verdicts: who stays in the table, who leaves it, and for where.

use crate::lane::table::{self, Table};
use logagent_record::{Descriptor, Verdict};
use logagent_ring::Writer;

/// How many records got which verdict byte.
pub(in crate::lane) struct Tally([u32; 256]);

impl Tally {
    fn of(verdicts: &[u8]) -> Self {
        let mut counts = [0; 256];
        for &verdict in verdicts {
            counts[usize::from(verdict)] += 1;
        }
        Self(counts)
    }

    /// The verdicts that were given, with their counts; keep is none of them.
    pub(in crate::lane) fn others(&self) -> impl Iterator<Item = (Verdict, u64)> {
        let given = (1..=255u8).map(|byte| (byte, self.0[usize::from(byte)])).filter(|&(_, count)| count > 0);
        given.map(|(byte, count)| (Verdict::from_byte(byte), u64::from(count)))
    }
}

/// Tables for routed records, one an output at most.
pub(super) fn room_for(verdicts: &[u8]) -> usize {
    let routed = verdicts.iter().filter(|&&byte| byte >= 128).count();
    table::bytes_for(routed) + routed.min(128) * table::ALIGNMENT
}

/// Takes the records that are not kept out of the table. `route` is called with each output that got some, and
/// their table.
pub(in crate::lane) fn judge(
    ring: &mut Writer,
    table: &mut Table,
    verdicts: &[u8],
    mut route: impl FnMut(u8, Table),
) -> Tally {
    let tally = Tally::of(verdicts);
    for (verdict, count) in tally.others() {
        if let Verdict::Route { output } = verdict {
            let count = usize::try_from(count).expect("no more than records");
            route(output, choose(ring, table, verdicts, output + 128, count));
        }
    }
    if tally.others().next().is_some() {
        table.count = compact(table.records_mut(ring), verdicts);
    }
    tally
}

/// The `count` records with this verdict, in a table of their own.
fn choose(ring: &mut Writer, table: &Table, verdicts: &[u8], byte: u8, count: usize) -> Table {
    table.copy_with(ring, count, |records, chosen| {
        let of_verdict = records.iter().zip(verdicts).filter(|&(_, &verdict)| verdict == byte);
        for (slot, (record, _)) in chosen.iter_mut().zip(of_verdict) {
            *slot = *record;
        }
    })
}

/// Moves the kept records to the table's front. Without a branch on the verdict, which no processor could guess.
fn compact(records: &mut [Descriptor], verdicts: &[u8]) -> usize {
    let mut kept = 0;
    for (index, &verdict) in verdicts.iter().enumerate() {
        records[kept] = records[index];
        kept += usize::from(verdict == 0);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_records_move_to_the_front_in_order() {
        let mut records = [10, 11, 12, 13, 14].map(|body_at| Descriptor { body_at, ..Descriptor::default() });
        assert_eq!(compact(&mut records, &[1, 0, 128, 0, 0]), 3);
        assert_eq!(records.map(|record| record.body_at)[..3], [11, 13, 14]);
    }
}
