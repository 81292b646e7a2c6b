//! The edits of one record: gathered in any order, handed over in that of the body. They never overlap.

use std::ops::Range;

use crate::cut::Cut;
use crate::rules::Rules;

/// What an edit writes. The indices are the rules'.
#[derive(Clone, Copy, Debug)]
pub(crate) enum New {
    Nothing,
    /// The key that a member is renamed to.
    Key(usize),
    /// The value of a member that was there.
    Value(usize),
    /// A member behind another, with the comma between them.
    Member(usize),
    /// An object's first member.
    FirstMember(usize),
    Ellipsis,
}

#[derive(Clone, Copy, Debug)]
struct Edit {
    start: usize,
    end: usize,
    new: New,
}

#[derive(Debug, Default)]
pub(crate) struct Edits(Vec<Edit>);

impl Edits {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn push(&mut self, range: Range<usize>, new: New) {
        self.0.push(Edit { start: range.start, end: range.end, new });
    }

    /// Adds those that cut long strings, wherever nothing else is edited. Answers how many.
    pub(crate) fn cut(&mut self, body: &[u8], cut: &Cut) -> u64 {
        self.sort();
        let (before, mut count, mut at) = (self.0.len(), 0, 0);
        for index in 0..=before {
            let end = self.0.get(index).filter(|_| index < before).map_or(body.len(), |edit| edit.start);
            cut.for_each(body, at..end, |too_much| {
                self.push(too_much, New::Ellipsis);
                count += 1;
            });
            at = self.0.get(index).map_or(end, |edit| edit.end);
        }
        count
    }

    /// All edits and what they write, ascending.
    pub(crate) fn in_order<'a>(&'a mut self, rules: &'a Rules) -> impl Iterator<Item = (Range<usize>, &'a [u8])> {
        self.sort();
        self.0.iter().map(|edit| (edit.start..edit.end, rules.text(edit.new)))
    }

    /// Stable: what is inserted at one place stays in the order it came in.
    fn sort(&mut self) {
        self.0.sort_by_key(|edit| (edit.start, edit.end));
    }
}
