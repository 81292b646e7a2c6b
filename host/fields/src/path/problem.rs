//! Why a path is refused.

/// A path that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path {index}: {reason}")]
pub struct PathError {
    /// The path's index in the list.
    pub index: usize,
    /// What is wrong with it.
    #[source]
    pub reason: PathProblem,
}

/// What is wrong with a path. `at` is always in bytes from the path's start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathProblem {
    /// It has no text.
    #[error("the path is empty; the root's is `$`")]
    Empty,
    /// A character is where it may not be.
    #[error("found {found:?} at byte {at}; allowed: {allowed}")]
    Unexpected {
        /// Where it stands.
        at: usize,
        /// What stands there.
        found: char,
        /// What may stand there.
        allowed: &'static str,
    },
    /// It ends too early.
    #[error("found the end at byte {at}; allowed: {allowed}")]
    End {
        /// The path's length.
        at: usize,
        /// What may stand there.
        allowed: &'static str,
    },
    /// `$` is a step among others.
    #[error("found `$` at byte {at}; allowed: `$` as the whole path, or as a key in quotes")]
    Root {
        /// Where it stands.
        at: usize,
    },
    /// An escape in a quoted key that JSON doesn't know.
    #[error("found no escape of JSON that goes on at byte {at}; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")]
    Escape {
        /// The first byte that is wrong.
        at: usize,
    },
    /// A quoted key with half of a surrogate pair.
    #[error("found a lone surrogate in the key at byte {at}; allowed: pairs")]
    Surrogate {
        /// Where the key begins.
        at: usize,
    },
    /// An index such as 01.
    #[error("found an index with a leading zero at byte {at}; allowed: none")]
    LeadingZero {
        /// Where it begins.
        at: usize,
    },
    /// An index that no array reaches.
    #[error("found an index at byte {at} that is too large; allowed: up to {most}")]
    LargeIndex {
        /// Where it begins.
        at: usize,
        /// The largest.
        most: u32,
    },
    /// It is too long.
    #[error("found a path of {bytes} bytes; allowed: up to {most}")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The most.
        most: usize,
    },
    /// All paths together have too many steps.
    #[error("this path brings the steps of all paths to {steps}, each path counting one more; allowed: up to {most}")]
    TooManySteps {
        /// With this path.
        steps: usize,
        /// The most.
        most: usize,
    },
}
