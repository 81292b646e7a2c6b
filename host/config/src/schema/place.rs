//! A place in a configuration, and what the parser asks of what is put there. Not for what that means.

use crate::document::{Entry, Node, Value};
use crate::load::asked_of;
use crate::positions::join;
use crate::problem::Position;
use crate::reader::Ask;

/// A place in a configuration.
pub(super) struct Place<'a> {
    /// The path of its key.
    pub path: String,
    /// The configuration that has a value there, and else only what leads the parser to it.
    pub document: &'a dyn Fn(Value) -> Value,
}

impl Place<'_> {
    /// What is asked of this value here.
    pub fn asks_of(&self, value: Value) -> Vec<Ask> {
        asks_at(&self.path, &self.all_asks_of(value))
    }

    /// What is asked of everything where this value is here.
    pub fn all_asks_of(&self, value: Value) -> Vec<(String, Ask)> {
        asked_of(node((self.document)(value)))
    }

    /// The configuration that has these keys here.
    pub fn with<'k>(&self, keys: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
        (self.document)(Value::mapping(keys))
    }

    pub fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }
}

pub(super) fn asks_at(path: &str, asks: &[(String, Ask)]) -> Vec<Ask> {
    asks.iter().filter(|(of, _)| of == path).map(|(_, ask)| ask.clone()).collect()
}

impl Value {
    pub(super) const NULL: Self = Self::Scalar(crate::document::Scalar::Null);

    pub(super) fn text(text: &str) -> Self {
        Self::Scalar(crate::document::Scalar::Text(text.to_owned()))
    }

    pub(super) fn list(item: Self) -> Self {
        Self::Sequence(vec![node(item)])
    }

    pub(super) fn mapping<'k>(keys: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        let entry =
            |(key, value): (&str, Self)| Entry { key: key.to_owned(), position: Position::START, value: node(value) };
        Self::Mapping(keys.into_iter().map(entry).collect())
    }
}

fn node(value: Value) -> Node {
    Node { position: Position::START, value }
}
