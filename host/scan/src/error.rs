//! What can be wrong with a pattern, and with a run.

/// A pattern that a set can't be made with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pattern {index}: {reason}")]
pub struct PatternError {
    /// The pattern's index in what was asked for.
    pub index: usize,
    /// What is wrong with it.
    pub reason: PatternProblem,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternProblem {
    /// A literal without bytes would be found everywhere.
    #[error("an empty literal; one byte or more is needed")]
    EmptyLiteral,
    /// Not an expression of the `regex` crate's syntax.
    #[error("not a regular expression: {message}")]
    InvalidRegex {
        /// What the parser said last.
        message: String,
    },
    /// Its text is too long.
    #[error("{bytes} bytes long; at most {limit} are allowed")]
    TooLong {
        /// How long it is, in bytes.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The set's expressions up to this one take too much memory.
    #[error("takes the set to {bytes} bytes compiled, or more; at most {limit} are allowed")]
    TooLarge {
        /// What they take at least, in bytes.
        bytes: usize,
        /// What a set may take.
        limit: usize,
    },
    /// The first literal with which all are too long together.
    #[error("the set's literals are {bytes} bytes long together; at most {limit} are allowed")]
    LiteralsTooLong {
        /// How long they are, in bytes.
        bytes: usize,
        /// How long they may be.
        limit: usize,
    },
    /// The first pattern that is one too many.
    #[error("the set has {count} patterns; at most {limit} are allowed")]
    TooMany {
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// The run was ended early, since it was told to or has too many matches: they are not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search was interrupted")]
pub struct Interrupted;
