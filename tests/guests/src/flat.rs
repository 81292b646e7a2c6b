//! Edits as the contract's flat list has them.

use crate::bindings::batch;

#[derive(Clone, Copy)]
pub(crate) enum Part {
    Body,
    Attributes,
}

#[derive(Clone, Copy)]
pub(crate) struct Replacement {
    pub(crate) index: u32,
    pub(crate) part: Part,
    pub(crate) at: u32,
    pub(crate) length: u32,
    pub(crate) patch_length: u32,
}

pub(crate) fn edit(edits: &[Replacement], patch: &[u8]) {
    let numbers = |it: &Replacement| [it.index, it.part as u32, it.at, it.length, it.patch_length];
    batch::edit(&edits.iter().flat_map(numbers).collect::<Vec<u32>>(), patch);
}
