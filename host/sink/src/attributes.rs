//! A stream's attributes and a record's own as one set. The record's win; what is no MessagePack map is kept as
//! bytes under the name `bytesValue`, so that nothing a guest wrote is lost or makes a line unreadable. A name
//! that one map holds twice stays there twice. Doesn't know what they are encoded to.

use crate::tokens::{Token, Tokens};

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Attribute<'a> {
    /// The MessagePack of its key and value, both whole and not too deep.
    Pair { key: &'a [u8], value: &'a [u8] },
    /// What should have been a map and is none.
    Malformed(&'a [u8]),
}

/// The name of what is malformed: OTLP's for bytes.
pub(crate) const BYTES_NAME: &str = "bytesValue";

/// The attributes of both, the stream's first.
pub(crate) fn merged<'a>(stream: &'a [u8], own: &'a [u8]) -> impl Iterator<Item = Attribute<'a>> + Clone {
    let (stream, own) = (Entries::new(stream), Entries::new(own));
    let inherited = stream.filter(move |attribute| !own.clone().any(|other| has_same_key(attribute, &other)));
    inherited.chain(own)
}

fn has_same_key(one: &Attribute<'_>, other: &Attribute<'_>) -> bool {
    match (one, other) {
        (Attribute::Pair { key, .. }, Attribute::Pair { key: other, .. }) => key == other || is_same_text(key, other),
        (Attribute::Malformed(_), Attribute::Malformed(_)) => true,
        _ => false,
    }
}

/// One text can be encoded with lengths of different sizes.
fn is_same_text(one: &[u8], other: &[u8]) -> bool {
    match (Tokens::new(one).read(), Tokens::new(other).read()) {
        (Some(Token::Text(one)), Some(Token::Text(other))) => one == other,
        _ => false,
    }
}

#[derive(Clone, Copy)]
enum Entries<'a> {
    Map(Tokens<'a>),
    Malformed(&'a [u8]),
}

impl<'a> Entries<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        match content(bytes) {
            Some(tokens) => Self::Map(tokens),
            None => Self::Malformed(bytes),
        }
    }
}

/// What a map contains, if it is one and nothing follows it.
fn content(bytes: &[u8]) -> Option<Tokens<'_>> {
    let mut tokens = Tokens::new(bytes);
    if bytes.is_empty() {
        return Some(tokens);
    }
    let is_whole = tokens.value()?.len() == bytes.len();
    let mut content = Tokens::new(bytes);
    let is_map = matches!(content.read()?, Token::Map(_));
    (is_whole && is_map).then_some(content)
}

impl<'a> Iterator for Entries<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        match self {
            Self::Map(tokens) => Some(Attribute::Pair { key: tokens.value()?, value: tokens.value()? }),
            Self::Malformed(bytes) => {
                let malformed = Attribute::Malformed(bytes);
                *self = Self::Map(Tokens::new(&[]));
                Some(malformed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(stream: &[u8], own: &[u8]) -> Vec<String> {
        let name = |attribute| match attribute {
            Attribute::Pair { key, value } => format!("{}={value:x?}", String::from_utf8_lossy(&key[1..])),
            Attribute::Malformed(bytes) => format!("malformed {bytes:x?}"),
        };
        merged(stream, own).map(name).collect()
    }

    #[test]
    fn the_records_own_win_over_the_streams() {
        let stream = rmp_serde::to_vec(&json!({"a": 1, "b": 2})).unwrap();
        let own = rmp_serde::to_vec(&json!({"b": 3, "c": 4})).unwrap();
        assert_eq!(names(&stream, &own), ["a=[1]", "b=[3]", "c=[4]"]);
        assert_eq!(names(&stream, &[]), ["a=[1]", "b=[2]"]);
        assert_eq!(names(&[], &own), ["b=[3]", "c=[4]"]);
        assert_eq!(names(&[0x80], &[]), [""; 0]);
    }

    #[test]
    fn one_name_in_two_encodings_is_one_name() {
        let (short, long) = ([0x81, 0xa1, b'a', 1], [0x81, 0xd9, 1, b'a', 2]);
        assert_eq!(merged(&short, &long).count(), 1);
    }

    #[test]
    fn what_is_no_map_is_kept_as_bytes_beside_the_streams() {
        for bytes in [&[0x81, 0xa1][..], &[0xc0], &[0x80, 0x80], &[0xdf, 255, 255, 255, 255]] {
            assert_eq!(names(&[0x81, 0xa1, b'a', 1], bytes), ["a=[1]".to_owned(), format!("malformed {bytes:x?}")]);
        }
    }
}
