//! The file as a tree in which each node knows its place. Hides the YAML library. Not for what the keys mean.
//!
//! The tree is built from the library's events, not by its own loader: that one recurses as deep as the file nests,
//! stops at the first duplicate key, and expands aliases.

mod build;
mod scalar;

pub(crate) use build::parse;
pub(crate) use scalar::Scalar;

use crate::problem::{Position, shorten};

/// A value and the place to point at: a scalar's own, but a collection's key, which stands where its reader looks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub position: Position,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Scalar(Scalar),
    Sequence(Vec<Node>),
    /// In the file's order, each key once.
    Mapping(Vec<Entry>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub key: String,
    pub position: Position,
    pub value: Node,
}

impl Node {
    /// Whether this is a mapping without keys, or nothing at all, as where all keys are commented out.
    pub fn is_empty(&self) -> bool {
        match &self.value {
            Value::Mapping(entries) => entries.is_empty(),
            value => *value == Value::Scalar(Scalar::Null),
        }
    }

    /// The value in words, for `found …`.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Mapping(_) => "a mapping".into(),
            Value::Sequence(_) => "a list".into(),
            Value::Scalar(scalar) => scalar.describe(),
        }
    }
}

impl Scalar {
    /// The scalar in words, for `found …`.
    pub fn describe(&self) -> String {
        match self {
            Self::Null => "nothing".into(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Float(value) => value.to_string(),
            Self::Text(text) => format!("{:?}", shorten(text)),
        }
    }
}
