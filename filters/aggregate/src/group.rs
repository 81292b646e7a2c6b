//! What tells groups apart: the values of the `by` fields, as the bytes that are a group's key in the state. From a key
//! the values are read again.

use std::borrow::Cow;

use logagent_conditions::Found;
use sha2::{Digest, Sha256};

use crate::amount::Amount;
use crate::bytes;
use crate::datum::Datum;

/// How many fields make a key, at most: so each has room for what is worth reading.
pub(crate) const MOST_FIELDS: usize = 16;

/// A key of the state has 1,024 bytes, of which a map's name, the window and each value's head take some.
const TEXT_BYTES: usize = 900;

/// How long a text of a key may be, where there are so many fields.
pub(crate) fn longest_text(fields: usize) -> usize {
    TEXT_BYTES / fields.max(1)
}

/// Adds a value. 5, 5.0 and 5e0 are one, 5 and "5" are two; null, lists and objects are as no value.
pub(crate) fn push(found: Option<Found<'_>>, longest_text: usize, key: &mut Vec<u8>) {
    match found {
        Some(Found::Text(text)) => write(Datum::Text(&bounded(&String::from_utf8_lossy(text), longest_text)), key),
        Some(Found::Bool(truth)) => write(Datum::Bool(truth), key),
        Some(number @ Found::Number(_)) => write(Amount::of(number).map_or(Datum::Null, Datum::from), key),
        Some(Found::Other) | None => write(Datum::Null, key),
    }
}

#[inline]
fn write(datum: Datum<'_>, key: &mut Vec<u8>) {
    bytes::append(&datum, key);
}

/// A text that is too long is cut, and gets half of its SHA-256 in hexadecimal digits: what is different stays so.
fn bounded(text: &str, longest: usize) -> Cow<'_, str> {
    const MARK_BYTES: usize = "…".len() + 32;
    if text.len() <= longest {
        return text.into();
    }
    let start = &text[..text.floor_char_boundary(longest - MARK_BYTES)];
    let hash = Sha256::digest(text);
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{start}…{digits}").into()
}

/// The values of a key, in the order in which they were added.
pub(crate) fn values(mut key: &[u8]) -> impl Iterator<Item = Datum<'_>> {
    std::iter::from_fn(move || {
        let (datum, rest) = postcard::take_from_bytes(key).ok()?;
        key = rest;
        Some(datum)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use logagent_conditions::Number;

    fn key(found: Option<Found<'_>>) -> Vec<u8> {
        let mut key = Vec::new();
        push(found, longest_text(16), &mut key);
        key
    }

    #[test]
    fn values_come_out_of_a_key_as_they_went_in() {
        let mut all = Vec::new();
        let number = |number| Some(Found::Number(number));
        for found in [Some(Found::Text(b"api")), number(Number::Whole(-5)), number(Number::Float(0.5)), None] {
            push(found, 100, &mut all);
        }
        let expected = [Datum::Text("api"), Datum::Whole(-5), Datum::Float(0.5), Datum::Null];
        assert_eq!(values(&all).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn numbers_are_one_key_by_value_and_texts_by_their_bytes() {
        let five = key(Some(Found::Number(Number::Whole(5))));
        assert_eq!(key(Some(Found::Number(Number::Float(5.0)))), five);
        assert_ne!(key(Some(Found::Text(b"5"))), five);
        assert_eq!(key(Some(Found::Other)), key(None));
    }

    #[test]
    fn long_texts_are_cut_and_stay_different() {
        let (mut a, b) = ("ä".repeat(5_000), "ä".repeat(5_000));
        a.push('b');
        let [a, b] = [&a, &b].map(|text| bounded(text, 56).into_owned());
        assert!(a != b && a.starts_with("ää") && a.len() <= 56 && b.len() <= 56, "{a} {b}");
        assert_eq!(bounded("short", 56), "short");
    }

    #[test]
    fn the_longest_key_fits_the_state() {
        for fields in 1..=MOST_FIELDS {
            let mut all = vec![0; 8];
            for _ in 0..fields {
                push(Some(Found::Text(&[b'x'; 2_000])), longest_text(fields), &mut all);
            }
            assert!(all.len() <= 1_000, "{fields} fields: {}", all.len());
        }
    }
}
