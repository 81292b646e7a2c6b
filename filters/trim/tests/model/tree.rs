//! Trees that bodies are rendered from, and what outputs are read into. Both keep duplicate keys and their order, which
//! serde_json's own type does not.

use std::fmt;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A text as it is written: whole characters and escapes, and what each stands for.
pub(crate) type Text = Vec<(&'static str, &'static str)>;

#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Scalar(&'static str),
    Text(Text),
    List(Vec<Tree>),
    Map(Vec<(Text, Tree)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Output {
    Scalar(serde_json::Value),
    Text(String),
    List(Vec<Output>),
    Map(Vec<(String, Output)>),
}

const SCALARS: &[&str] = &["1", "-0.5e3", "true", "false", "null", "12345678901234567890"];

const UNITS: &[(&str, &str)] = &[
    ("x", "x"),
    ("]", "]"),
    (":", ":"),
    ("ä", "ä"),
    ("😀", "😀"),
    (r"\n", "\n"),
    (r#"\""#, "\""),
    (r"\\", "\\"),
    (r"\u00e4", "ä"),
    (r"\ud83d\ude00", "😀"),
];

const KEYS: &[&[(&str, &str)]] = &[
    &[("a", "a")],
    &[("b", "b")],
    &[("c", "c")],
    &[(r"\u0061", "a")],
    &[("a", "a"), (".", "."), ("b", "b")],
    &[(r#"\""#, "\"")],
    &[],
];

pub(crate) fn written(text: &Text) -> String {
    text.iter().map(|(written, _)| *written).collect()
}

pub(crate) fn meant(text: &Text) -> String {
    text.iter().map(|(_, meant)| *meant).collect()
}

fn key() -> impl Strategy<Value = Text> {
    prop_oneof![6 => prop::sample::select(&KEYS[..3]), 1 => prop::sample::select(KEYS)].prop_map(|key| key.to_vec())
}

/// Mostly objects, with few keys, so that paths meet.
pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let text = prop::collection::vec(prop::sample::select(UNITS), 0..10).prop_map(Tree::Text);
    let leaf = prop_oneof![prop::sample::select(SCALARS).prop_map(Tree::Scalar), text];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            3 => prop::collection::vec((key(), inner.clone()), 0..6).prop_map(Tree::Map),
            1 => prop::collection::vec(inner, 0..5).prop_map(Tree::List),
        ]
    })
}

impl Tree {
    pub(crate) fn output(&self) -> Output {
        match self {
            Self::Scalar(text) => Output::Scalar(serde_json::from_str(text).unwrap()),
            Self::Text(text) => Output::Text(meant(text)),
            Self::List(list) => Output::List(list.iter().map(Self::output).collect()),
            Self::Map(map) => Output::Map(map.iter().map(|(key, value)| (meant(key), value.output())).collect()),
        }
    }
}

impl<'de> Deserialize<'de> for Output {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutputVisitor)
    }
}

struct OutputVisitor;

impl<'de> Visitor<'de> for OutputVisitor {
    type Value = Output;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Output, E> {
        Ok(Output::Scalar(serde_json::Value::Null))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Output, E> {
        Ok(Output::Scalar(truth.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Output, E> {
        Ok(Output::Scalar(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Output, E> {
        Ok(Output::Scalar(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Output, E> {
        Ok(Output::Scalar(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Output, E> {
        Ok(Output::Text(text.into()))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Output, S::Error> {
        let mut output = Vec::new();
        while let Some(element) = list.next_element()? {
            output.push(element);
        }
        Ok(Output::List(output))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Output, M::Error> {
        let mut output = Vec::new();
        while let Some(member) = map.next_entry()? {
            output.push(member);
        }
        Ok(Output::Map(output))
    }
}
