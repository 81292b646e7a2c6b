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
pub(crate) struct Edits {
    list: Vec<Edit>,
    is_unordered: bool,
}

impl Edits {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.is_unordered = false;
    }

    #[inline]
    pub(crate) fn push(&mut self, range: Range<usize>, new: New) {
        let edit = Edit { start: range.start, end: range.end, new };
        self.is_unordered |= self.list.last().is_some_and(|last| last.place() > edit.place());
        self.list.push(edit);
    }

    /// Adds those that cut long strings, wherever nothing else is edited. Answers how many.
    pub(crate) fn cut(&mut self, body: &[u8], cut: &Cut) -> u64 {
        self.sort();
        let (before, mut count, mut at) = (self.list.len(), 0, 0);
        for index in 0..=before {
            let end = self.list.get(index).filter(|_| index < before).map_or(body.len(), |edit| edit.start);
            cut.for_each(body, at..end, |too_much| {
                self.push(too_much, New::Ellipsis);
                count += 1;
            });
            at = self.list.get(index).map_or(end, |edit| edit.end);
        }
        count
    }

    /// All edits and what they write, ascending.
    pub(crate) fn in_order<'a>(&'a mut self, rules: &'a Rules) -> impl Iterator<Item = (Range<usize>, &'a [u8])> {
        self.sort();
        self.list.iter().map(|edit| (edit.start..edit.end, rules.text(edit.new)))
    }

    /// Stable: what is inserted at one place stays in the order it came in.
    fn sort(&mut self) {
        if std::mem::take(&mut self.is_unordered) {
            self.list.sort_by_key(Edit::place);
        }
    }
}

impl Edit {
    fn place(&self) -> (usize, usize) {
        (self.start, self.end)
    }
}
