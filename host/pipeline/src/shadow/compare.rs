//! Whether two filters decided the same over one batch: by what comes of it, not by how it is said. Pure.

use super::Outcome;
use logagent_component::{Copied, Decisions, Description, Edit, Part, Stamp};
use logagent_record::{Descriptor, Verdict};

/// What one of two filters decided, and in which words.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) decisions: &'a Decisions,
    pub(crate) description: &'a Description,
}

/// The differences of one batch. The list is kept from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// By record, in order; only those that differ.
    pub(crate) records: Vec<Unlike>,
    /// The new records differ.
    pub(crate) is_emitted_unlike: bool,
}

/// What differs of one record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unlike {
    pub(crate) index: usize,
    verdict: bool,
    body: bool,
    attributes: bool,
    stamp: bool,
    copies: bool,
}

impl Unlike {
    fn is_any(self) -> bool {
        self.verdict || self.body || self.attributes || self.stamp || self.copies
    }

    /// The names of what differs, the first so many of the list.
    pub(crate) fn names(self) -> ([&'static str; 5], usize) {
        let mut names = [""; 5];
        let all = [
            (self.verdict, "verdict"),
            (self.body, "body"),
            (self.attributes, "attributes"),
            (self.stamp, "stamp"),
            (self.copies, "copies"),
        ];
        let given = all.into_iter().filter(|(is_unlike, _)| *is_unlike);
        let count = given.zip(&mut names).map(|((_, name), place)| *place = name).count();
        (names, count)
    }
}

impl Compared {
    /// How many differences there are; what differs of the new records is one.
    pub(crate) fn count(&self) -> u64 {
        self.records.len() as u64 + u64::from(self.is_emitted_unlike)
    }

    /// Compares what two filters decided over these records, whose bytes `bytes` answers by place and length.
    pub(crate) fn take<'b>(
        &mut self,
        records: &[Descriptor],
        bytes: impl Fn(u32, u32) -> &'b [u8],
        mine: Side<'_>,
        other: Side<'_>,
    ) {
        self.records.clear();
        let (one, two) = (mine.decisions, other.decisions);
        self.is_emitted_unlike = (&one.emitted, &one.emitted_bytes) != (&two.emitted, &two.emitted_bytes);
        if mine.speaks_like(&other) && one == two {
            return;
        }
        let (mut mine, mut other) = (Reader::new(mine), Reader::new(other));
        for (index, record) in records.iter().enumerate() {
            let unlike = unlike(index, record, &bytes, &mine.next(index), &other.next(index));
            self.records.extend(unlike.is_any().then_some(unlike));
        }
    }
}

impl<'a> Side<'a> {
    fn speaks_like(&self, other: &Self) -> bool {
        let (one, two) = (self.description, other.description);
        one.reasons == two.reasons && one.outputs == two.outputs
    }

    pub(crate) fn outcome(&self, index: usize) -> Outcome<'a> {
        let byte = self.decisions.verdicts.get(index).copied().unwrap_or_default();
        match Verdict::from_byte(byte) {
            Verdict::Keep => Outcome::Keep,
            Verdict::Drop { reason } => Outcome::Drop(&self.description.reasons[usize::from(reason)]),
            Verdict::Route { output } => Outcome::Route(self.output(output)),
        }
    }

    fn output(&self, output: u8) -> &'a str {
        &self.description.outputs[usize::from(output)]
    }
}

/// What is left of one side's decisions, record after record.
struct Reader<'a> {
    side: Side<'a>,
    edits: &'a [Edit],
    patch: &'a [u8],
    stamps: &'a [Stamp],
    copies: &'a [Copied],
}

/// One side's decisions over one record.
struct Decided<'a> {
    side: Side<'a>,
    outcome: Outcome<'a>,
    edits: &'a [Edit],
    patch: &'a [u8],
    stamp: Option<&'a Stamp>,
    copies: &'a [Copied],
}

impl<'a> Reader<'a> {
    fn new(side: Side<'a>) -> Self {
        let Decisions { edits, patch, stamps, copies, .. } = side.decisions;
        Self { side, edits, patch, stamps, copies }
    }

    fn next(&mut self, index: usize) -> Decided<'a> {
        let edits = take(&mut self.edits, |edit| edit.index as usize == index);
        let (patch, rest) = self.patch.split_at(patch_length(edits));
        self.patch = rest;
        let stamps = take(&mut self.stamps, |stamp| stamp.index as usize == index);
        let copies = take(&mut self.copies, |copy| copy.index as usize == index);
        Decided { side: self.side, outcome: self.side.outcome(index), edits, patch, stamp: stamps.first(), copies }
    }
}

impl Decided<'_> {
    /// Whether anything of the record goes on, by whatever way.
    fn is_seen(&self) -> bool {
        !matches!(self.outcome, Outcome::Drop(_)) || !self.copies.is_empty()
    }

    /// The edits of one part, with what they put in.
    fn part(&self, part: Part) -> (&[Edit], &[u8]) {
        let bodies = self.edits.partition_point(|edit| edit.part == Part::Body);
        let (body, attributes) = self.edits.split_at(bodies);
        let (body_patch, attributes_patch) = self.patch.split_at(patch_length(body));
        match part {
            Part::Body => (body, body_patch),
            Part::Attributes => (attributes, attributes_patch),
        }
    }

    fn stamped(&self, record: &Descriptor) -> (u64, u8) {
        let (time, severity) = self.stamp.map_or((0, 0), |stamp| (stamp.time_unix_nano, stamp.severity));
        let time = if time > 0 { time } else { record.time_unix_nano };
        (time, if severity > 0 { severity } else { record.severity })
    }

    fn copied_to(&self) -> impl Iterator<Item = &str> {
        self.copies.iter().map(|copy| self.side.output(copy.output))
    }
}

/// The first of the list that are so; they leave it.
fn take<'a, T>(list: &mut &'a [T], is_so: impl Fn(&T) -> bool) -> &'a [T] {
    let count = list.iter().take_while(|item| is_so(item)).count();
    let (first, rest) = list.split_at(count);
    *list = rest;
    first
}

fn patch_length(edits: &[Edit]) -> usize {
    edits.iter().map(|edit| edit.patch_length as usize).sum()
}

fn unlike<'b>(
    index: usize,
    record: &Descriptor,
    bytes: &impl Fn(u32, u32) -> &'b [u8],
    one: &Decided<'_>,
    two: &Decided<'_>,
) -> Unlike {
    let mut unlike = Unlike { index, verdict: one.outcome != two.outcome, ..Unlike::default() };
    unlike.copies = !one.copied_to().eq(two.copied_to());
    if one.is_seen() && two.is_seen() {
        let is_edited_unlike = |part, at, length| {
            let (one, two) = (one.part(part), two.part(part));
            one != two && edited(bytes(at, length), one) != edited(bytes(at, length), two)
        };
        unlike.body = is_edited_unlike(Part::Body, record.body_at, record.body_len);
        unlike.attributes = is_edited_unlike(Part::Attributes, record.attrs_at, record.attrs_len);
        unlike.stamp = one.stamped(record) != two.stamped(record);
    }
    unlike
}

/// A part of a record as the edits make it.
fn edited(part: &[u8], (edits, mut patch): (&[Edit], &[u8])) -> Vec<u8> {
    let mut made = Vec::with_capacity(part.len() + patch.len());
    let mut done = 0;
    for edit in edits {
        let (fresh, rest) = patch.split_at(edit.patch_length as usize);
        made.extend_from_slice(&part[done..edit.at as usize]);
        made.extend_from_slice(fresh);
        (done, patch) = ((edit.at + edit.length) as usize, rest);
    }
    made.extend_from_slice(&part[done..]);
    made
}

#[cfg(test)]
mod tests;
