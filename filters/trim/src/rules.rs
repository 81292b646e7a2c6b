//! The configuration, compiled: what each path is looked for, and what is written. Immutable.

use std::ops::Range;

use crate::cut::Cut;
use crate::edits::New;
use crate::values::Values;

/// What a path is looked for. The indices are those of [`Rules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its values go.
    Remove,
    /// Its values stay, and all that holds them or lies in them.
    Keep,
    /// Its values go where they don't stay for a `Keep`.
    Level,
    /// Its members get another key.
    Rename(usize),
    /// Its members get another value.
    Add(usize),
    /// Its objects get the additions that they lack.
    Parent(usize),
}

#[derive(Debug)]
pub(crate) struct Rules {
    /// Whether something is removed, or goes where nothing keeps it.
    pub(crate) has_removals: bool,
    pub(crate) has_keep: bool,
    /// New keys, with their quotes.
    pub(crate) renames: Vec<Vec<u8>>,
    pub(crate) adds: Vec<Addition>,
    /// The additions of each parent; [`Rules::ROOT`] is the first, even where it has none.
    pub(crate) parents: Vec<Range<usize>>,
    pub(crate) roots: Roots,
    pub(crate) cut: Option<Cut>,
}

/// A member to be added.
#[derive(Debug)]
pub(crate) struct Addition {
    /// A comma, the key and the value.
    pub(crate) member: Vec<u8>,
    /// Where the value begins in it.
    pub(crate) value_at: usize,
}

/// Which root values the rules make sense for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roots {
    pub(crate) objects: bool,
    pub(crate) arrays: bool,
    pub(crate) scalars: bool,
}

impl Rules {
    /// The root's index among `parents`.
    pub(crate) const ROOT: usize = 0;

    /// Whether there is more to do than to cut.
    pub(crate) fn has_edits_of_members(&self) -> bool {
        self.has_removals || !self.renames.is_empty() || !self.adds.is_empty()
    }

    /// Whether the body may hold a string that is too long.
    pub(crate) fn may_cut(&self, body: &[u8]) -> bool {
        self.cut.as_ref().is_some_and(|cut| cut.may_be_in(body))
    }

    /// Whether the record's root value is of a kind that the rules make sense for.
    pub(crate) fn fit(&self, body: &[u8], values: &Values) -> bool {
        // Where any root will do, it was not looked for.
        let Some(at) = values.root() else { return true };
        match body[at] {
            b'{' => self.roots.objects,
            b'[' => self.roots.arrays,
            _ => self.roots.scalars,
        }
    }

    /// What an edit writes.
    #[inline]
    pub(crate) fn text(&self, new: New) -> &[u8] {
        match new {
            New::Nothing => &[],
            New::Key(index) => &self.renames[index],
            New::Value(index) => &self.adds[index].member[self.adds[index].value_at..],
            New::Member(index) => &self.adds[index].member,
            New::FirstMember(index) => &self.adds[index].member[1..],
            New::Ellipsis => self.cut.as_ref().map_or(&[], |cut| &cut.ellipsis),
        }
    }
}
