//! Bytes that may be text, as people and scripts can read both.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Bytes of any kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Bytes {
    /// In hexadecimal.
    pub hex: String,
    /// As text, where they are UTF-8.
    pub text: Option<String>,
}

impl Bytes {
    /// These bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let hex = bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { hex, text: std::str::from_utf8(bytes).ok().map(str::to_owned) }
    }

    /// How many they are.
    pub(crate) fn len(&self) -> usize {
        self.hex.len() / 2
    }
}

/// What a person writes for a key: text, or `hex:` and hexadecimal digits.
///
/// # Errors
/// What is wrong with the digits.
pub(crate) fn parse(text: &str) -> Result<Vec<u8>, String> {
    let Some(digits) = text.strip_prefix("hex:") else { return Ok(text.as_bytes().to_owned()) };
    let digit = |character: char| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Option<Vec<u8>> = digits.chars().map(digit).collect();
    match digits {
        Some(digits) if digits.len().is_multiple_of(2) => {
            Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
        }
        _ => Err("behind hex: there are pairs of hexadecimal digits".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_only_where_they_are_utf_8() {
        assert_eq!(Bytes::of("ä".as_bytes()), Bytes { hex: "c3a4".into(), text: Some("ä".into()) });
        assert_eq!(Bytes::of(b"\xff\0"), Bytes { hex: "ff00".into(), text: None });
        assert_eq!(Bytes::of(b"").len(), 0);
    }

    #[test]
    fn a_key_is_text_or_hexadecimal() {
        assert_eq!(parse("hex"), Ok(b"hex".to_vec()));
        assert_eq!(parse("hex:"), Ok(Vec::new()));
        assert_eq!(parse("hex:00Ff"), Ok(vec![0, 255]));
        for wrong in ["hex:0", "hex:0g", "hex:ä"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
