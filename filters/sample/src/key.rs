//! From a key's value to the hash that decides. Fixed for good: a sample must not change with a version, or differ
//! between machines.
//!
//! The hash is XXH64 with seed 0 (<https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>) of the key's text:
//! specified to the bit, there for every language, so that other programs can sample alike, and well mixed in its high
//! bits, which the threshold looks at. Not against whoever chooses keys in order to be kept.

use std::io::Write;

use logagent_conditions::{Found, Number};
use twox_hash::XxHash64;

/// `None` for what is no key: null, lists, maps, bytes, and numbers that are none.
pub(crate) fn hash(found: Found<'_>, text: &mut Vec<u8>) -> Option<u64> {
    let bytes = match found {
        Found::Text(bytes) => bytes,
        Found::Number(number) => written(number, text)?,
        Found::Bool(true) => b"true",
        Found::Bool(false) => b"false",
        Found::Other => return None,
    };
    Some(XxHash64::oneshot(0, bytes))
}

/// By value, in decimal and without an exponent: 5, 5.0 and 5e0 are one key. A filter that turns JSON into attributes
/// must not change what is kept.
fn written(number: Number, text: &mut Vec<u8>) -> Option<&[u8]> {
    text.clear();
    let done = match number {
        Number::Whole(whole) => match i64::try_from(whole) {
            Ok(whole) => write!(text, "{whole}"),
            Err(_) => write!(text, "{whole}"),
        },
        // Of the two zeros the one without a sign.
        Number::Float(float) if float.is_finite() => write!(text, "{}", float + 0.0),
        Number::Float(_) => return None,
    };
    done.ok().map(|()| text.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_text(text: &str) -> Option<u64> {
        hash(Found::Text(text.as_bytes()), &mut Vec::new())
    }

    fn of_number(number: Number) -> Option<u64> {
        hash(Found::Number(number), &mut Vec::new())
    }

    /// From xxHash's own documents; a change here changes every user's sample.
    #[test]
    fn the_hash_is_xxh64() {
        let cases = [
            ("", 0xef46_db37_51d8_e999),
            ("a", 0xd24e_c4f1_a98c_6e5b),
            ("abc", 0x44bc_2cf5_ad77_0999),
            ("xxhash", 0x32dd_3895_2c4b_c720),
        ];
        for (text, expected) in cases {
            assert_eq!(of_text(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn numbers_and_booleans_are_hashed_by_what_they_are_written_as() {
        let cases = [
            (Number::Whole(5), "5"),
            (Number::Float(5.0), "5"),
            (Number::Whole(-7), "-7"),
            (Number::Whole(u64::MAX.into()), "18446744073709551615"),
            (Number::Float(0.1), "0.1"),
            (Number::Float(-0.0), "0"),
            (Number::Float(1e21), "1000000000000000000000"),
            (Number::Float(2.5e-7), "0.00000025"),
        ];
        for (number, text) in cases {
            assert_eq!(of_number(number), of_text(text), "{text}");
        }
        assert_eq!(hash(Found::Bool(true), &mut Vec::new()), of_text("true"));
        assert_eq!(hash(Found::Bool(false), &mut Vec::new()), of_text("false"));
    }

    #[test]
    fn what_has_no_text_is_no_key() {
        assert_eq!(hash(Found::Other, &mut Vec::new()), None);
        assert!([f64::NAN, f64::INFINITY].into_iter().all(|float| of_number(Number::Float(float)).is_none()));
    }
}
