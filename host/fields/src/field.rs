//! What a search answers.

use bytemuck::{Pod, Zeroable};

/// A value that a path names, or a body that is no JSON. Places are bytes from the body's start.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Field {
    /// The record's index in the batch.
    pub record: u32,
    /// The path's index in the list that [`Paths`](crate::Paths) was made of, or [`Field::MALFORMED`].
    pub path: u32,
    /// Where the opening quote of the member's key stands; `start` for an array's element and for the root.
    pub key: u32,
    /// Where the value begins: a string with its quote, an object or array with its bracket.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl Field {
    /// As `path`: the body is no JSON, and has no fields. `key`, `start` and `end` are where it breaks: the first byte
    /// that no JSON text goes on with, or the body's end where more is missing.
    pub const MALFORMED: u32 = u32::MAX;

    pub(crate) fn malformed(record: u32, at: u32) -> Self {
        Self { record, path: Self::MALFORMED, key: at, start: at, end: at }
    }
}

/// Whoever was asked whether to go on said no, or there was too much to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search was told to stop")]
pub struct Interrupted;
