//! Removals with their commas. Members of one object (or elements of one array) that follow each other go as one run, so
//! that each comma goes once.

use crate::json::{before_blanks, behind_blanks, byte_before};

/// One run at a time, as its members come.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    run: Option<(usize, usize)>,
    /// Where the objects and arrays begin that lose all they have. Ascending.
    emptied: Vec<usize>,
}

impl Runs {
    pub(crate) fn clear(&mut self) {
        self.run = None;
        self.emptied.clear();
    }

    /// Takes the next member that goes, and hands over the run that it is no part of.
    pub(crate) fn remove(&mut self, body: &[u8], start: usize, end: usize, push: impl FnOnce(usize, usize)) {
        match &mut self.run {
            Some((_, run_end)) if follows(body, *run_end, start) => *run_end = end,
            _ => {
                self.flush(body, push);
                self.run = Some((start, end));
            }
        }
    }

    /// Hands over the run that is left.
    pub(crate) fn flush(&mut self, body: &[u8], push: impl FnOnce(usize, usize)) {
        let Some((start, end)) = self.run.take() else { return };
        let (before, behind) = (before_blanks(body, start), behind_blanks(body, end));
        match (byte_before(body, before), body.get(behind)) {
            (Some(b','), _) => push(before - 1, end),
            (_, Some(b',')) => push(start, behind_blanks(body, behind + 1)),
            _ => {
                self.emptied.push(before.saturating_sub(1));
                push(before, behind);
            }
        }
    }

    /// Whether the object that begins there loses all its members.
    pub(crate) fn has_emptied(&self, start: usize) -> bool {
        self.emptied.binary_search(&start).is_ok()
    }
}

/// Whether only a comma lies between.
fn follows(body: &[u8], end: usize, start: usize) -> bool {
    let comma = behind_blanks(body, end);
    body.get(comma) == Some(&b',') && behind_blanks(body, comma + 1) == start
}
