//! What a filter decided over a batch, and whether that can be. Pure: how decisions change the ring is the
//! lane's business.

use crate::Fault;
use logagent_record::{Descriptor, Severity, Vocabulary};

/// One filter call's decisions. The buffers are kept from batch to batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// One byte a record; empty where the filter decided nothing, which keeps all.
    pub verdicts: Vec<u8>,
    /// Replacements, ascending.
    pub edits: Vec<Edit>,
    /// What the edits put in, in their order.
    pub patch: Vec<u8>,
    /// Times and severities, ascending by record.
    pub stamps: Vec<Stamp>,
    /// Records that go to outputs beside their own way, ascending by record and output.
    pub copies: Vec<Copied>,
    /// New records.
    pub emitted: Vec<Fresh>,
    /// Their bodies and attributes, in their order.
    pub emitted_bytes: Vec<u8>,
}

/// A replacement of a byte range of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The record's index in the batch.
    pub index: u32,
    /// The part that the range lies in.
    pub part: Part,
    /// Where the range begins, in bytes from the part's start.
    pub at: u32,
    /// How many bytes are replaced.
    pub length: u32,
    /// How many bytes of the patch replace them.
    pub patch_length: u32,
}

/// A part of a record, in the order in which edits name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The body.
    Body,
    /// The attributes.
    Attributes,
}

/// What a filter says of when a record happened, and how much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The record's index in the batch.
    pub index: u32,
    /// OpenTelemetry's severity number; 0 leaves the record's own.
    pub severity: u8,
    /// Nanoseconds since the Unix epoch; 0 leaves the record's own.
    pub time_unix_nano: u64,
}

/// A record that goes to an output beside its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copied {
    /// The record's index in the batch.
    pub index: u32,
    /// The output's index in the description.
    pub output: u8,
}

/// A new record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fresh {
    /// Its body's length in bytes.
    pub body_length: u32,
    /// Its attributes' length in bytes.
    pub attributes_length: u32,
    /// When it happened, nanoseconds since the Unix epoch; 0 unknown.
    pub time_unix_nano: u64,
    /// OpenTelemetry's severity number; 0 unknown.
    pub severity: u8,
}

impl Decisions {
    /// Forgets everything but the buffers.
    pub fn clear(&mut self) {
        self.verdicts.clear();
        self.edits.clear();
        self.patch.clear();
        self.stamps.clear();
        self.copies.clear();
        self.emitted.clear();
        self.emitted_bytes.clear();
    }

    /// Whether these can be decisions over a batch of these records, by a filter of this vocabulary.
    ///
    /// # Errors
    /// [`Fault`], the first that is found.
    pub fn check(&self, records: &[Descriptor], vocabulary: Vocabulary) -> Result<(), Fault> {
        self.check_verdicts(records.len(), vocabulary)?;
        self.check_edits(records)?;
        self.check_stamps(records.len())?;
        self.check_copies(records.len(), vocabulary)?;
        if let Some(index) = self.emitted.iter().position(|fresh| fresh.severity > Severity::MAX) {
            return Err(Fault::EmitSeverity { index, severity: self.emitted[index].severity });
        }
        let lengths = |fresh: &Fresh| u64::from(fresh.body_length) + u64::from(fresh.attributes_length);
        let expected = self.emitted.iter().map(lengths).sum();
        let found = self.emitted_bytes.len();
        if expected == found as u64 { Ok(()) } else { Err(Fault::EmitLength { found, expected }) }
    }

    fn check_verdicts(&self, expected: usize, vocabulary: Vocabulary) -> Result<(), Fault> {
        let found = self.verdicts.len();
        if found == 0 {
            return Ok(());
        }
        if found != expected {
            return Err(Fault::VerdictCount { found, expected });
        }
        match vocabulary.first_unknown(&self.verdicts) {
            Some((index, verdict)) => Err(Fault::Verdict { index, verdict }),
            None => Ok(()),
        }
    }

    fn check_edits(&self, records: &[Descriptor]) -> Result<(), Fault> {
        let mut free_from = (0, Part::Body, 0);
        for (number, edit) in self.edits.iter().enumerate() {
            let Some(record) = records.get(edit.index as usize) else {
                return Err(Fault::EditRecord { edit: number, index: edit.index, count: records.len() });
            };
            let length = edit.part.length(record);
            let end = u64::from(edit.at) + u64::from(edit.length);
            if end > u64::from(length) {
                return Err(Fault::EditRange { edit: number, at: edit.at, end, length });
            }
            if (edit.index, edit.part, u64::from(edit.at)) < free_from {
                return Err(Fault::EditOrder { edit: number });
            }
            free_from = (edit.index, edit.part, end);
        }
        let expected = self.edits.iter().map(|edit| u64::from(edit.patch_length)).sum();
        let found = self.patch.len();
        if expected == found as u64 { Ok(()) } else { Err(Fault::PatchLength { found, expected }) }
    }

    fn check_copies(&self, count: usize, vocabulary: Vocabulary) -> Result<(), Fault> {
        let mut before = None;
        for (number, &copy) in self.copies.iter().enumerate() {
            let Copied { index, output } = copy;
            if index as usize >= count || output >= vocabulary.outputs || before.is_some_and(|before| before >= copy) {
                return Err(Fault::Copy { copy: number, index, output, count, outputs: vocabulary.outputs });
            }
            before = Some(copy);
        }
        Ok(())
    }

    fn check_stamps(&self, count: usize) -> Result<(), Fault> {
        let mut free_from = 0;
        for (number, &Stamp { index, severity, .. }) in self.stamps.iter().enumerate() {
            if index < free_from || index as usize >= count || severity > Severity::MAX {
                return Err(Fault::Stamp { stamp: number, index, severity, count });
            }
            free_from = index + 1;
        }
        Ok(())
    }
}

impl Part {
    /// How long this part of a record is, in bytes.
    #[must_use]
    pub fn length(self, record: &Descriptor) -> u32 {
        match self {
            Self::Body => record.body_len,
            Self::Attributes => record.attrs_len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VOCABULARY: Vocabulary = Vocabulary { reasons: 1, outputs: 1 };

    fn records() -> [Descriptor; 2] {
        [Descriptor { body_len: 10, attrs_len: 4, ..Descriptor::default() }; 2]
    }

    fn edit(index: u32, part: Part, at: u32, length: u32) -> Edit {
        Edit { index, part, at, length, patch_length: 1 }
    }

    fn check_edits(edits: &[Edit]) -> Result<(), Fault> {
        let decisions = Decisions { edits: edits.to_vec(), patch: vec![0; edits.len()], ..Decisions::default() };
        decisions.check(&records(), VOCABULARY)
    }

    #[test]
    fn verdicts_are_one_a_record_and_of_the_vocabulary() {
        let check = |verdicts: &[u8]| {
            Decisions { verdicts: verdicts.to_vec(), ..Decisions::default() }.check(&records(), VOCABULARY)
        };
        assert_eq!(check(&[]), Ok(()));
        assert_eq!(check(&[1, 128]), Ok(()));
        assert_eq!(check(&[0]), Err(Fault::VerdictCount { found: 1, expected: 2 }));
        assert_eq!(check(&[0, 2]), Err(Fault::Verdict { index: 1, verdict: 2 }));
    }

    #[test]
    fn edits_ascend_within_their_records() {
        use Part::{Attributes, Body};
        let right = [edit(0, Body, 0, 2), edit(0, Body, 2, 0), edit(0, Attributes, 0, 4), edit(1, Body, 10, 0)];
        assert_eq!(check_edits(&right), Ok(()));
        for (edits, fault) in [
            (vec![edit(2, Body, 0, 1)], Fault::EditRecord { edit: 0, index: 2, count: 2 }),
            (vec![edit(0, Body, 8, 3)], Fault::EditRange { edit: 0, at: 8, end: 11, length: 10 }),
            (vec![edit(0, Body, u32::MAX, 1)], Fault::EditRange { edit: 0, at: u32::MAX, end: 1 << 32, length: 10 }),
            (vec![edit(0, Body, 0, 3), edit(0, Body, 2, 1)], Fault::EditOrder { edit: 1 }),
            (vec![edit(1, Body, 0, 1), edit(0, Body, 0, 1)], Fault::EditOrder { edit: 1 }),
            (vec![edit(0, Attributes, 0, 1), edit(0, Body, 5, 1)], Fault::EditOrder { edit: 1 }),
        ] {
            assert_eq!(check_edits(&edits), Err(fault));
        }
    }

    #[test]
    fn copies_ascend_and_name_outputs() {
        let check = |copies: &[(u32, u8)]| {
            let copies = copies.iter().map(|&(index, output)| Copied { index, output }).collect();
            Decisions { copies, ..Decisions::default() }.check(&records(), Vocabulary { reasons: 0, outputs: 2 })
        };
        assert_eq!(check(&[(0, 0), (0, 1), (1, 0)]), Ok(()));
        for (copies, copy, index, output) in
            [(&[(2, 0)][..], 0, 2, 0), (&[(0, 2)], 0, 0, 2), (&[(0, 1), (0, 1)], 1, 0, 1), (&[(1, 0), (0, 1)], 1, 0, 1)]
        {
            assert_eq!(check(copies), Err(Fault::Copy { copy, index, output, count: 2, outputs: 2 }));
        }
    }

    #[test]
    fn stamps_ascend_within_the_batch() {
        let check = |stamps: &[(u32, u8)]| {
            let stamp = |&(index, severity): &(u32, u8)| Stamp { index, severity, time_unix_nano: 1 };
            let decisions = Decisions { stamps: stamps.iter().map(stamp).collect(), ..Decisions::default() };
            decisions.check(&records(), VOCABULARY)
        };
        assert_eq!(check(&[(0, 24), (1, 0)]), Ok(()));
        for (stamps, stamp, index, severity) in [
            (&[(2, 1)][..], 0, 2, 1),
            (&[(0, 25)], 0, 0, 25),
            (&[(1, 1), (1, 1)], 1, 1, 1),
            (&[(1, 1), (0, 1)], 1, 0, 1),
        ] {
            assert_eq!(check(stamps), Err(Fault::Stamp { stamp, index, severity, count: 2 }));
        }
    }

    #[test]
    fn bytes_are_as_long_as_what_takes_them() {
        let fresh = Fresh { body_length: u32::MAX, attributes_length: u32::MAX, time_unix_nano: 0, severity: 0 };
        let emits = Decisions { emitted: vec![fresh], emitted_bytes: vec![0; 3], ..Decisions::default() };
        let expected = 2 * u64::from(u32::MAX);
        assert_eq!(emits.check(&records(), VOCABULARY), Err(Fault::EmitLength { found: 3, expected }));
        let edits = Decisions { edits: vec![edit(0, Part::Body, 0, 0)], ..Decisions::default() };
        assert_eq!(edits.check(&records(), VOCABULARY), Err(Fault::PatchLength { found: 0, expected: 1 }));
    }
}
