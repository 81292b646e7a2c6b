//! Patterns searched over the bodies of a batch at once, at native speed, on behalf of filters. Knows nothing of
//! guests, of what a match leads to, or of time: the caller says now and then whether the search may go on.
//!
//! What makes it fast, in the order of the modules:
//! - `needles`: bytes of which every match of a pattern holds some, as rare as they can be had;
//! - `hunt` and `sweep`: one sweep for all needles over a whole run of bodies, whose hits are then looked at in their
//!   body;
//! - `sieve`: patterns without needles go through one automaton, several bodies at a time;
//! - `settle`: one body, pattern by pattern: for the bodies that the others single out.
//!
//! What makes it stop when it is told to: `machine`, which takes long bodies in the steps of `stepped`.

mod all;
mod caches;
mod engines;
mod error;
mod escapes;
mod expression;
mod first;
mod hunt;
mod machine;
mod needles;
mod pace;
mod rarity;
mod rest;
mod scratch;
mod set;
mod settle;
mod sieve;
mod stepped;
mod sweep;

pub use error::{Interrupted, PatternError, PatternProblem};
pub use logagent_secrets::Kind;
pub use scratch::Scratch;
pub use set::Set;

use bytemuck::{Pod, Zeroable};

/// How many patterns a set may have: a filter's rules, not a dictionary.
pub const MAX_PATTERNS: usize = 1024;

/// How long a pattern may be, in bytes: that of a literal, or a regular expression's text.
pub const MAX_PATTERN_BYTES: usize = 64 << 10;

/// What the regular expressions of a set may take compiled, together, in bytes. As much again, at most, is taken by
/// their second form, for long bodies, which this does not count; [`Set::memory_bytes`] does.
pub const MAX_COMPILED_BYTES: usize = 10 << 20;

/// How many bytes the literals of a set may have together: each is kept several times over.
pub const MAX_LITERAL_BYTES: usize = 1 << 20;

/// How many matches a run may have: 64 MiB of them, as many as the bytes of a large batch.
pub const MAX_MATCHES: usize = 4 << 20;

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// These bytes.
    Literal(Vec<u8>),
    /// An expression in the syntax of the `regex` crate, over bytes: classes such as `\d` are Unicode's, and
    /// `(?-u:\xFF)` is one byte.
    Regex(String),
    /// A secret of a known form.
    Kind(Kind),
}

/// Which matches are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// One for each record that any pattern is found in, in the order of the records: whichever match is come upon
    /// first. It is a true match of the pattern that it names, but not always the record's leftmost, and where
    /// several patterns match, any of them may be named. The same set answers the same for the same batch.
    First,
    /// All: of each pattern those that the `regex` crate's iterator gives (leftmost, without overlap, empty ones left
    /// out), sorted by record and start. One that lies within another is left out, of equal ones the lowest pattern's
    /// stays; those that overlap in part are both there.
    All,
}

/// What a body is searched as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escapes {
    /// Its bytes.
    Raw,
    /// What JSON's escapes in it stand for. A match begins and ends at whole escapes. A body that doesn't begin as
    /// JSON does (with `{`, `[` or `"` behind blanks) is searched both ways.
    Json,
}

/// How a set searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which matches are reported.
    pub report: Report,
    /// What a body is searched as.
    pub escapes: Escapes,
}

/// Where a pattern was found.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
pub struct Match {
    /// The record's index in the batch.
    pub record: u32,
    /// The pattern's index in the set.
    pub pattern: u32,
    /// Where it begins, in bytes from the body's start.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// Offsets and indexes fit: a body's place and a batch's length are `u32` in the descriptors already.
#[expect(clippy::cast_possible_truncation, reason = "bodies are shorter than 4 GiB, and sets have few patterns")]
const fn narrow(wide: usize) -> u32 {
    wide as u32
}
