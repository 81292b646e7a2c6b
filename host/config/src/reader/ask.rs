//! What a parser asks of the values that it reads, noted down: that is what a configuration may be. Not for what follows
//! from it, which is the schema's.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::time::Duration;

/// What is asked of one value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ask {
    /// A mapping, with this key or without it.
    Key(&'static str),
    /// A mapping, with this key.
    Required(&'static str),
    /// A mapping.
    Mapping,
    /// Whether it is a mapping; something else would do as well.
    MappingOrElse,
    /// A mapping of keys that the user chooses.
    Keys,
    /// That the keys are names.
    Names,
    /// A list.
    List,
    /// That nothing stands twice in the list.
    Unique,
    /// That the list or mapping has something in it.
    NotEmpty,
    /// Text, such as this.
    Text(String),
    /// A name of the user's choice.
    Name,
    /// One of these words.
    Choice(Vec<&'static str>),
    /// True or false.
    Switch,
    /// A size in bytes.
    Size(RangeInclusive<usize>),
    /// That the size is a power of two.
    PowerOfTwo,
    /// A whole number.
    Count(i128, i128),
    /// A duration.
    Duration(RangeInclusive<Duration>),
    /// `never`; something else would do as well.
    Never,
    /// A part of a whole.
    Share {
        /// Whether none is one.
        can_be_none: bool,
    },
    /// Whatever JSON can say.
    Anything,
}

/// All that was asked, each with the path of the key that it was asked of.
#[derive(Debug, Default)]
pub(crate) struct Asked(RefCell<Vec<(String, Ask)>>);

impl Asked {
    pub fn note(&self, path: &str, ask: Ask) {
        self.0.borrow_mut().push((path.to_owned(), ask));
    }

    pub fn into_list(self) -> Vec<(String, Ask)> {
        self.0.into_inner()
    }
}
