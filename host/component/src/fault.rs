//! What a filter can't decide or do: the typed reasons for which a call counts as failed.

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
    /// An edit of a part that records don't have.
    #[error("edit {edit}: part {part}, records have parts 0 and 1")]
    EditPart {
        /// The edit's index.
        edit: usize,
        /// The part it names.
        part: u32,
    },
    /// A flat list that is not made of whole entries.
    #[error("it called {function} with {found} numbers, each entry has {each}")]
    Ragged {
        /// The function.
        function: &'static str,
        /// How many numbers there were.
        found: usize,
        /// How many make an entry.
        each: usize,
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
    /// A stamp that names no record, goes back, or has a severity that is none.
    #[error(
        "stamp {stamp}: record {index} with severity {severity}; the batch has {count} records, stamps ascend, a severity is 24 at most"
    )]
    Stamp {
        /// The stamp's index.
        stamp: usize,
        /// The record it names.
        index: u32,
        /// The severity it gives.
        severity: u8,
        /// How many records the batch has.
        count: usize,
    },
    /// A copy that names no record or output, or goes back.
    #[error(
        "copy {copy}: record {index} to output {output}; the batch has {count} records, the filter {outputs} outputs, copies ascend"
    )]
    Copy {
        /// The copy's index.
        copy: usize,
        /// The record it names.
        index: u32,
        /// The output it names.
        output: u8,
        /// How many records the batch has.
        count: usize,
        /// How many outputs the filter has.
        outputs: u8,
    },
    /// An emitted record's severity is none.
    #[error("emitted record {index}: severity {severity}, 24 is the largest")]
    EmitSeverity {
        /// Its index among the emitted.
        index: usize,
        /// What it says.
        severity: u8,
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
    #[error("what it decided needs {needed} bytes, the ring has room for {available}")]
    TooLarge {
        /// What they need.
        needed: usize,
        /// What can be had.
        available: usize,
    },
    /// What the host compiles for a filter takes more than the filter may have.
    #[error("its patterns and paths take {needed} bytes of the host's memory, {limit} at most (limits.memory)")]
    Searches {
        /// What they take, compiled and searched with.
        needed: usize,
        /// What they may take.
        limit: usize,
    },
    /// A call answers more than it may.
    #[error("it answers {found} bytes, {limit} at most (limits.output)")]
    Output {
        /// How many bytes of patch and new records there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A call emits more records than it may.
    #[error("it emits {found} records, {limit} at most (limits.emits)")]
    Emits {
        /// How many there are, copies for outputs included.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A call that this moment has no place for.
    #[error("it called {function} outside of {place}")]
    Moment {
        /// The function.
        function: &'static str,
        /// Where it may be called.
        place: &'static str,
    },
    /// A number that was given to nothing.
    #[error("it named {what} {number}, it has {count} of them")]
    Unknown {
        /// What it named.
        what: &'static str,
        /// The number.
        number: u32,
        /// How many there are.
        count: usize,
    },
    /// More than an instance may have.
    #[error("it wants more than {most} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many it may have.
        most: usize,
    },
    /// A metric that can't be.
    #[error("its metric {name}: {reason}")]
    Metric {
        /// The metric's name, or its number.
        name: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// Byte strings that are not as long as they say.
    #[error("its byte strings take {expected} bytes by their lengths, there are {found}")]
    ItemsLength {
        /// How many bytes there are.
        found: usize,
        /// How many the lengths name.
        expected: u64,
    },
    /// Something that the state map can't do.
    #[error("it called {function}: {reason}")]
    State {
        /// The function.
        function: &'static str,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// What a call wrote to the state map takes more than the filter may have.
    #[error("what it wrote to its state takes {needed} bytes to undo, {limit} at most (limits.memory)")]
    Undo {
        /// What it takes.
        needed: usize,
        /// What it may take.
        limit: usize,
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
            Self::EditRecord { .. }
            | Self::EditPart { .. }
            | Self::EditRange { .. }
            | Self::EditOrder { .. }
            | Self::PatchLength { .. } => "edit",
            Self::Stamp { .. } => "stamp",
            Self::Copy { .. } => "copy",
            Self::EmitLength { .. } | Self::EmitSeverity { .. } => "emit",
            Self::TooLarge { .. } | Self::Output { .. } => "output",
            Self::Emits { .. } => "emits",
            Self::Searches { .. } | Self::Undo { .. } => "memory",
            Self::Moment { .. }
            | Self::Ragged { .. }
            | Self::Unknown { .. }
            | Self::TooMany { .. }
            | Self::Metric { .. }
            | Self::ItemsLength { .. }
            | Self::State { .. } => "call",
            Self::Window { .. } => "window",
        }
    }
}
