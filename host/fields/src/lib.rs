//! The values at given paths in JSON bodies, as spans. All records of a batch are searched in one call, each body is
//! validated as a whole, and no tree is built. Pure computation: what reads the spans, or edits by them, is elsewhere.
//!
//! Two passes, after Langdale and Lemire, "Parsing Gigabytes of JSON per Second" (The VLDB Journal, 2019): the first
//! (`blocks`) finds, 64 bytes at a time, where tokens begin; the second (`walk`) goes from token to token, checks
//! the grammar, and steps all paths at once as the states of one automaton (`nfa`).

mod blocks;
mod escape;
mod field;
mod nfa;
mod path;
mod paths;
mod scalar;
mod tape;
mod walk;

pub use field::{Field, Interrupted};
pub use path::{PathError, PathProblem};
pub use paths::{MAX_FIELDS, MAX_PATH_BYTES, Paths, Scratch};

#[cfg(test)]
mod tests;
