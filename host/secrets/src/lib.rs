//! Secrets of known forms in log bodies: e-mail addresses, card numbers, keys. It says where they are; what becomes
//! of them is a filter's business. Pure computation over bytes, with no patterns of the user's.

mod bytes;
mod finder;
mod forms;
mod kind;
mod sieve;

pub use finder::Finder;
pub use kind::Kind;

/// A secret in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The index of the record in the batch.
    pub record: u32,
    /// What it is.
    pub kind: Kind,
    /// Where it begins, in bytes from the body's start.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

impl Found {
    /// What they are sorted by.
    pub(crate) fn place(&self) -> (u32, u32, Kind) {
        (self.record, self.start, self.kind)
    }
}
