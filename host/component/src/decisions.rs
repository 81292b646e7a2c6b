//! What a filter decided over a batch, and whether that can be. Pure: how decisions change the ring is the
//! lane's business.

use logagent_record::{Descriptor, Vocabulary};

/// One filter call's decisions. The buffers are kept from batch to batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// One byte a record; empty where the filter decided nothing, which keeps all.
    pub verdicts: Vec<u8>,
    /// Replacements, ascending.
    pub edits: Vec<Edit>,
    /// What the edits put in, in their order.
    pub patch: Vec<u8>,
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

/// Decisions that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not one verdict a record.
    #[error("it decided over {found} records, the batch has {expected}")]
    VerdictCount {
        /// How many verdicts there were.
        found: usize,
        /// How many records the batch has.
        expected: usize,
    },
    /// A verdict that names no reason or output.
    #[error("record {index}: verdict {verdict} names no reason or output of its description")]
    Verdict {
        /// The record's index in the batch.
        index: usize,
        /// The byte.
        verdict: u8,
    },
    /// An edit of a record that the batch lacks.
    #[error("edit {edit}: record {index}, the batch has {count}")]
    EditRecord {
        /// The edit's index.
        edit: usize,
        /// The record it names.
        index: u32,
        /// How many records the batch has.
        count: usize,
    },
    /// An edit of bytes that the record lacks.
    #[error("edit {edit}: bytes {at} to {end} of a part of {length} bytes")]
    EditRange {
        /// The edit's index.
        edit: usize,
        /// Where the range begins.
        at: u32,
        /// Where it ends.
        end: u64,
        /// How long the part is.
        length: u32,
    },
    /// An edit that does not come behind the one before.
    #[error("edit {edit}: it overlaps the one before or goes back")]
    EditOrder {
        /// The edit's index.
        edit: usize,
    },
    /// The edits' patch is not as long as they say.
    #[error("the edits take {expected} bytes of patch, there are {found}")]
    PatchLength {
        /// How many bytes there are.
        found: usize,
        /// How many the edits name.
        expected: u64,
    },
    /// The emitted bytes are not as long as the records say.
    #[error("the emitted records take {expected} bytes, there are {found}")]
    EmitLength {
        /// How many bytes there are.
        found: usize,
        /// How many the records name.
        expected: u64,
    },
    /// The result is larger than the ring.
    #[error("edits and emitted records need {needed} bytes, the ring has room for {available}")]
    TooLarge {
        /// What they need.
        needed: usize,
        /// What can be had.
        available: usize,
    },
    /// A call that this moment has no place for.
    #[error("it called {function} outside of process")]
    Moment {
        /// The function.
        function: &'static str,
    },
    /// A region that can't be the window.
    #[error(
        "it lent a region of {found} bytes, {misaligned_by} bytes off a page; {expected} bytes at a multiple of 64 KiB are wanted, once"
    )]
    Window {
        /// How long the region is.
        found: usize,
        /// How far behind the start of a page it starts, in bytes.
        misaligned_by: usize,
        /// How long it should be.
        expected: usize,
    },
}

impl Fault {
    /// The kind, as metrics and the report name it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerdictCount { .. } | Self::Verdict { .. } => "verdict",
            Self::EditRecord { .. } | Self::EditRange { .. } | Self::EditOrder { .. } | Self::PatchLength { .. } => {
                "edit"
            }
            Self::EmitLength { .. } => "emit",
            Self::TooLarge { .. } => "output",
            Self::Moment { .. } => "call",
            Self::Window { .. } => "window",
        }
    }
}

impl Decisions {
    /// Forgets everything but the buffers.
    pub fn clear(&mut self) {
        self.verdicts.clear();
        self.edits.clear();
        self.patch.clear();
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
    fn bytes_are_as_long_as_what_takes_them() {
        let fresh = Fresh { body_length: u32::MAX, attributes_length: u32::MAX, time_unix_nano: 0, severity: 0 };
        let emits = Decisions { emitted: vec![fresh], emitted_bytes: vec![0; 3], ..Decisions::default() };
        let expected = 2 * u64::from(u32::MAX);
        assert_eq!(emits.check(&records(), VOCABULARY), Err(Fault::EmitLength { found: 3, expected }));
        let edits = Decisions { edits: vec![edit(0, Part::Body, 0, 0)], ..Decisions::default() };
        assert_eq!(edits.check(&records(), VOCABULARY), Err(Fault::PatchLength { found: 0, expected: 1 }));
    }
}
