//! The host's checks of what a filter decided, and what then becomes of the records.

use crate::edits::Edit;
use crate::{Batch, Decisions, Part};

use super::{Emitted, Outcome, Verdict};

/// The names that verdicts may refer to.
pub(super) struct Vocabulary {
    pub(super) reasons: &'static [&'static str],
    pub(super) outputs: Vec<String>,
}

/// Applies decisions, or says what the host would refuse.
pub(super) fn apply(batch: &Batch<'_>, vocabulary: &Vocabulary, decisions: &mut Decisions) -> Result<Outcome, String> {
    let verdicts = match decisions.verdicts() {
        Some(bytes) => bytes.iter().map(|&byte| verdict(vocabulary, byte)).collect::<Result<_, _>>()?,
        None => vec![Verdict::Kept; batch.len()],
    };
    let mut outcome = Outcome {
        verdicts,
        bodies: batch.records().map(|record| record.body().to_vec()).collect(),
        attributes: batch.records().map(|record| record.attributes().to_vec()).collect(),
        times: batch.records().map(|record| record.time_unix_nano()).collect(),
        severities: batch.records().map(|record| record.severity()).collect(),
        copies: copies(batch.len(), vocabulary, decisions)?,
        emitted: emitted(decisions),
        ..Outcome::default()
    };
    stamp(&mut outcome, decisions)?;
    let (edits, patch) = decisions.edits.in_order();
    edit(&mut outcome, edits, patch)?;
    Ok(outcome)
}

fn verdict(vocabulary: &Vocabulary, byte: u8) -> Result<Verdict, String> {
    let verdict = match byte {
        0 => Some(Verdict::Kept),
        1..128 => vocabulary.reasons.get(usize::from(byte - 1)).copied().map(Verdict::Dropped),
        128.. => vocabulary.outputs.get(usize::from(byte - 128)).cloned().map(Verdict::Routed),
    };
    verdict.ok_or_else(|| format!("a verdict of {byte} names a reason or output that the filter lacks"))
}

fn copies(records: usize, vocabulary: &Vocabulary, decisions: &mut Decisions) -> Result<Vec<(usize, String)>, String> {
    let copy = |&[index, output]: &[u32; 2]| {
        let name = vocabulary.outputs.get(output as usize).filter(|_| (index as usize) < records);
        let name = name.ok_or_else(|| format!("a copy of record {index} to output {output}"))?;
        Ok((index as usize, name.clone()))
    };
    decisions.copies.in_order().iter().map(copy).collect()
}

pub(super) fn emitted(decisions: &Decisions) -> Vec<Emitted> {
    let (list, mut bytes) = decisions.emits.parts();
    let mut take = |length: u32| {
        let (taken, rest) = bytes.split_at(length as usize);
        bytes = rest;
        taken.to_vec()
    };
    list.iter()
        .map(|fresh| Emitted {
            body: take(fresh.body_length),
            attributes: take(fresh.attributes_length),
            time_unix_nano: fresh.time_unix_nano,
            severity: fresh.severity,
        })
        .collect()
}

fn stamp(outcome: &mut Outcome, decisions: &Decisions) -> Result<(), String> {
    for stamp in decisions.stamps.list() {
        let refused = || format!("a stamp of record {} with severity {}", stamp.index, stamp.severity);
        let index = usize::try_from(stamp.index).ok().filter(|&index| index < outcome.times.len());
        let index = index.ok_or_else(refused)?;
        let severity = u8::try_from(stamp.severity).ok().filter(|&severity| severity <= crate::severity::MAX);
        let severity = severity.ok_or_else(refused)?;
        if stamp.time_unix_nano > 0 {
            outcome.times[index] = stamp.time_unix_nano;
        }
        if severity > 0 {
            outcome.severities[index] = severity;
        }
    }
    Ok(())
}

/// From the last edit to the first, so that ranges stay as they were meant: as of the unedited record.
fn edit(outcome: &mut Outcome, edits: &[Edit], patch: &[u8]) -> Result<(), String> {
    let mut patch_end = patch.len();
    let mut behind: Option<&Edit> = None;
    for edit in edits.iter().rev() {
        let parts = if edit.part == Part::Body as u32 { &mut outcome.bodies } else { &mut outcome.attributes };
        let part = parts.get_mut(edit.index as usize).ok_or_else(|| format!("no record {}", edit.index))?;
        let (at, end) = (edit.at as usize, edit.at as usize + edit.length as usize);
        let next_at = match behind {
            Some(next) if (next.index, next.part) == (edit.index, edit.part) => next.at as usize,
            _ => part.len(),
        };
        if end > next_at {
            return Err(format!("an edit of record {} overlaps another or lies outside: {at}..{end}", edit.index));
        }
        let patch_at = patch_end - edit.patch_length as usize;
        part.splice(at..end, patch[patch_at..patch_end].iter().copied());
        patch_end = patch_at;
        behind = Some(edit);
    }
    Ok(())
}
