//! A field of a JSON body, found without building a tree. A body that isn't JSON from its first byte to its
//! last has no fields. Of a key that is there twice, the first counts, at each level of a path.

use std::fmt;

use memchr::memchr;
use memchr::memmem::Finder;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::scalar::{Found, Number};

/// A field's name: a key as a whole, or else a path.
#[derive(Debug)]
pub(crate) struct Name {
    whole: String,
    path: Vec<String>,
    /// The path's last key; bodies without it are not parsed.
    last: Finder<'static>,
}

impl Name {
    pub(crate) fn new(whole: String) -> Self {
        let path: Vec<String> = whole.split('.').map(String::from).collect();
        let last = Finder::new(path.last().map_or("", String::as_str)).into_owned();
        Self { whole, path, last }
    }

    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }

    /// Whether the field may be there. A backslash may be part of a key that is written with escapes.
    fn may_be_in(&self, body: &[u8]) -> bool {
        body.contains(&b'{') && (self.last.find(body).is_some() || memchr(b'\\', body).is_some())
    }
}

pub(crate) fn find<'a>(body: &'a [u8], name: &Name) -> Option<Found<'a>> {
    if !name.may_be_in(body) {
        return None;
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let root = Node { whole: Some(&name.whole), path: &name.path };
    let found = root.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    found
}

/// A value on the way to the field; with an empty path, the field itself.
#[derive(Clone, Copy)]
struct Node<'n> {
    /// The key that is looked for before the path is followed; at the root only.
    whole: Option<&'n str>,
    path: &'n [String],
}

impl<'a> Node<'_> {
    fn scalar(self, found: Found<'a>) -> Option<Found<'a>> {
        self.path.is_empty().then_some(found)
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Option<Found<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Option<Found<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let Some((first, rest)) = self.path.split_first() else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Some(Found::Other));
        };
        let (mut of_whole, mut of_path) = (None, None);
        while let Some(key) = map.next_key_seed(Key { whole: self.whole, first })? {
            let below = Node { whole: None, path: rest };
            match key {
                Matched::Whole if of_whole.is_none() => of_whole = Some(map.next_value_seed(LEAF)?),
                Matched::First if of_path.is_none() => of_path = Some(map.next_value_seed(below)?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(of_whole.flatten().or(of_path.flatten()))
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Self::Value, S::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(self.scalar(Found::Other))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Other))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Bool(truth)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Number(Number::Whole(number.into()))))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Number(Number::Whole(number.into()))))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Number(Number::Float(number))))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Text(text.into())))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.scalar(Found::Text(text.to_owned().into())))
    }
}

const LEAF: Node<'static> = Node { whole: None, path: &[] };

/// A key, compared where it lies.
struct Key<'n> {
    whole: Option<&'n str>,
    first: &'n str,
}

enum Matched {
    Whole,
    First,
    Neither,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Matched;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Matched, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Matched;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Matched, E> {
        Ok(match key {
            _ if self.whole == Some(key) => Matched::Whole,
            _ if self.first == key => Matched::First,
            _ => Matched::Neither,
        })
    }
}
