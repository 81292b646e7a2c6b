//! What the paths found in one record, and the edits that follow from it. Each pass over the values is one loop with the
//! same little work for each, however deep they lie in each other.

use std::ops::Range;

use crate::edits::{Edits, New};
use crate::json::before_blanks;
use crate::rules::{Role, Rules};
use crate::runs::Runs;

/// A member, an element, or the root.
#[derive(Debug)]
struct Value {
    /// Where the member begins; of an element and the root, where the value does.
    key: usize,
    range: Range<usize>,
    is_removed: bool,
    is_kept: bool,
    /// Whether it goes where nothing keeps it.
    is_on_level: bool,
    /// Whether it is there in the end.
    stays: bool,
    rename: Option<usize>,
    add: Option<usize>,
    parent: Option<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Values {
    /// By where they begin: what lies in a value comes behind it.
    list: Vec<Value>,
    /// How far the values that are kept reach.
    kept_end: usize,
    runs: Runs,
    /// By addition: where the nearest member lies that has its path already.
    members: Vec<usize>,
}

impl Values {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.kept_end = 0;
        self.runs.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The root value's place, where it was looked for.
    pub(crate) fn root(&self) -> Option<usize> {
        self.list.first().filter(|value| value.parent == Some(Rules::ROOT)).map(|value| value.range.start)
    }

    /// Takes what was found, in the order that the host answers in.
    pub(crate) fn add(&mut self, role: Role, key: usize, range: Range<usize>) {
        if self.list.last().is_none_or(|last| last.range.start != range.start) {
            self.list.push(Value::new(key, range.clone()));
        }
        let Some(value) = self.list.last_mut() else { return };
        match role {
            Role::Remove => value.is_removed = true,
            Role::Keep => {
                value.is_kept = true;
                self.kept_end = self.kept_end.max(range.end);
            }
            Role::Level => value.is_on_level = range.start >= self.kept_end,
            Role::Rename(index) => value.rename = value.rename.or(Some(index)),
            Role::Add(index) => value.add = Some(index),
            Role::Parent(index) => value.parent = Some(index),
        }
    }

    /// Finds what goes because nothing keeps it. From the last value to the first: of those that are kept, only the
    /// nearest behind a value need be looked at to know whether it holds one.
    pub(crate) fn judge(&mut self, rules: &Rules) {
        if !rules.has_keep {
            return;
        }
        let mut nearest_kept = usize::MAX;
        for value in self.list.iter_mut().rev() {
            if value.is_kept {
                nearest_kept = value.range.start;
            }
            value.is_removed |= value.is_on_level && nearest_kept >= value.range.end;
        }
    }

    /// Edits what is there.
    pub(crate) fn write(&mut self, body: &[u8], edits: &mut Edits) {
        let mut done_to = 0;
        for value in &mut self.list {
            if value.range.start < done_to {
                continue;
            }
            if value.is_removed {
                let push = |start, end| edits.push(start..end, New::Nothing);
                self.runs.remove(body, value.key, value.range.end, push);
                done_to = value.range.end;
                continue;
            }
            value.stays = true;
            if let Some(index) = value.rename {
                edits.push(value.key..value.key_end(body), New::Key(index));
            } else if let Some(index) = value.add {
                edits.push(value.range.clone(), New::Value(index));
                done_to = value.range.end;
            }
        }
        self.runs.flush(body, |start, end| edits.push(start..end, New::Nothing));
    }

    /// Adds what is not there. From the last value to the first: a path of an addition has no wildcards, so its nearest
    /// member behind an object is that object's own, or lies behind the object's end.
    pub(crate) fn grow(&mut self, body: &[u8], rules: &Rules, edits: &mut Edits) {
        if rules.adds.is_empty() {
            return;
        }
        self.members.clear();
        self.members.resize(rules.adds.len(), usize::MAX);
        for value in self.list.iter().rev().filter(|value| value.stays) {
            if let (Some(index), None) = (value.add, value.rename) {
                self.members[index] = value.range.start;
            }
            let Some(parent) = value.parent.filter(|_| body[value.range.start] == b'{') else { continue };
            let is_emptied = self.runs.has_emptied(value.range.start);
            let missing = rules.parents[parent].clone().filter(|&index| self.members[index] >= value.range.end);
            insert(body, &value.range, is_emptied, missing, edits);
        }
    }
}

/// Puts members at the end of an object.
fn insert(
    body: &[u8],
    object: &Range<usize>,
    is_emptied: bool,
    missing: impl Iterator<Item = usize>,
    edits: &mut Edits,
) {
    let close = object.end - 1;
    let behind = before_blanks(body, close);
    let mut is_first = is_emptied || behind == object.start + 1;
    let at = if is_emptied { close } else { behind };
    for index in missing {
        edits.push(at..at, if is_first { New::FirstMember(index) } else { New::Member(index) });
        is_first = false;
    }
}

impl Value {
    fn new(key: usize, range: Range<usize>) -> Self {
        Self {
            key,
            range,
            is_removed: false,
            is_kept: false,
            is_on_level: false,
            stays: false,
            rename: None,
            add: None,
            parent: None,
        }
    }

    /// Where its key's closing quote ends: between it and the value is a colon.
    fn key_end(&self, body: &[u8]) -> usize {
        let colon = before_blanks(body, self.range.start).saturating_sub(1);
        before_blanks(body, colon)
    }
}
