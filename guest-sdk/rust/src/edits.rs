//! Edits, in the order that the contract wants.

use std::ops::Range;

use crate::bindings::batch;

/// Which bytes of a record an edit replaces.
///
/// ```
/// use logagent_sdk::{Part, testing::once};
/// let outcome = once(["a"], |_, decisions| decisions.replace(0, Part::Attributes, 0..0, b"\x80"));
/// assert_eq!(outcome.attributes[0], b"\x80");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The body.
    Body,
    /// The attributes: one MessagePack map, empty where there are none.
    Attributes,
}

#[derive(Debug, Default)]
pub(crate) struct Edits {
    list: Vec<batch::Replacement>,
    patch: Vec<u8>,
    is_unordered: bool,
    /// Where each edit's bytes begin in `patch`; needed to put `patch` in order.
    patch_at: Vec<usize>,
    order: Vec<usize>,
    sorted: (Vec<batch::Replacement>, Vec<u8>),
}

type Key = (u32, Part, u32, u32);

fn key(edit: &batch::Replacement) -> Key {
    let part = if matches!(edit.part, batch::Part::Body) { Part::Body } else { Part::Attributes };
    (edit.index, part, edit.at, edit.length)
}

impl Edits {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.patch.clear();
        self.patch_at.clear();
        self.is_unordered = false;
    }

    pub(crate) fn push(&mut self, index: usize, part: Part, range: Range<usize>, with: &[u8]) {
        assert!(range.start <= range.end, "an edit ends before it begins");
        let part = match part {
            Part::Body => batch::Part::Body,
            Part::Attributes => batch::Part::Attributes,
        };
        let edit = batch::Replacement {
            index: number(index),
            part,
            at: number(range.start),
            length: number(range.len()),
            patch_length: number(with.len()),
        };
        self.is_unordered |= self.list.last().is_some_and(|last| key(last) > key(&edit));
        self.patch_at.push(self.patch.len());
        self.patch.extend_from_slice(with);
        self.list.push(edit);
    }

    /// The edits in the contract's order, and their bytes in the same order.
    pub(crate) fn in_order(&mut self) -> (&[batch::Replacement], &[u8]) {
        if !self.is_unordered {
            return (&self.list, &self.patch);
        }
        self.order.clear();
        self.order.extend(0..self.list.len());
        // Stable, so that two insertions at one place stay in the order they were made in.
        self.order.sort_by_key(|&at| key(&self.list[at]));
        let (list, patch) = &mut self.sorted;
        list.clear();
        patch.clear();
        for &at in &self.order {
            list.push(self.list[at]);
            patch.extend_from_slice(&self.patch[self.patch_at[at]..][..self.list[at].patch_length as usize]);
        }
        (list, patch)
    }
}

/// A number for the contract. Panics beyond 32 bits: no batch is that large.
pub(crate) fn number(size: usize) -> u32 {
    u32::try_from(size).expect("a batch is smaller than 4 GiB")
}
