//! Verdicts: who stays in the table, and how many got which.

use crate::lane::table::Table;
use logagent_record::{Descriptor, Verdict};
use logagent_ring::Writer;

/// How many records got which verdict byte.
pub(in crate::lane) struct Tally([u32; 256]);

impl Tally {
    /// Counted in turns: neighbours mostly have the same verdict, and a count that was just written is slow to read.
    pub(in crate::lane) fn of(verdicts: &[u8]) -> Self {
        const TURNS: usize = 4;
        let mut counts = [[0; 256]; TURNS];
        let (turns, rest) = verdicts.as_chunks::<TURNS>();
        for turn in turns {
            for (counts, &verdict) in counts.iter_mut().zip(turn) {
                counts[usize::from(verdict)] += 1;
            }
        }
        rest.iter().for_each(|&verdict| counts[0][usize::from(verdict)] += 1);
        Self(std::array::from_fn(|verdict| counts.iter().map(|counts| counts[verdict]).sum()))
    }

    /// The verdicts that were given, with their counts; keep is none of them.
    pub(in crate::lane) fn others(&self) -> impl Iterator<Item = (Verdict, u64)> {
        let given = (1..=255u8).map(|byte| (byte, self.0[usize::from(byte)])).filter(|&(_, count)| count > 0);
        given.map(|(byte, count)| (Verdict::from_byte(byte), u64::from(count)))
    }
}

/// Takes the records that are not kept out of the table.
pub(in crate::lane) fn judge(ring: &mut Writer, table: &mut Table, verdicts: &[u8]) {
    if verdicts.iter().any(|&verdict| verdict != 0) {
        table.count = compact(table.records_mut(ring), verdicts);
    }
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
    fn each_verdict_is_counted_wherever_it_stands() {
        for length in 0..20 {
            let verdicts: Vec<u8> = (0..length).map(|index| [0, 1, 128][index % 3]).collect();
            let count = |byte| verdicts.iter().filter(|&&verdict| verdict == byte).count() as u64;
            let others: Vec<u64> = Tally::of(&verdicts).others().map(|(_, count)| count).collect();
            let expected = [1, 128].map(count).into_iter().filter(|&count| count > 0);
            assert_eq!(others, expected.collect::<Vec<_>>(), "of {length}");
        }
    }

    #[test]
    fn kept_records_move_to_the_front_in_order() {
        let mut records = [10, 11, 12, 13, 14].map(|body_at| Descriptor { body_at, ..Descriptor::default() });
        assert_eq!(compact(&mut records, &[1, 0, 128, 0, 0]), 3);
        assert_eq!(records.map(|record| record.body_at)[..3], [11, 13, 14]);
    }
}
