//! Severities of values, as OpenTelemetry's numbers. The names are the SDK's; what is here is quick for the same few
//! texts over and over.

use logagent_sdk::severity::{of_name, of_number};

use crate::json;
use crate::scalar::{Found, Number, Scalar};

pub(crate) const ALLOWED: &str =
    "a severity: trace, debug, info, notice, warn, error, critical, alert, fatal, or 1 to 24";

/// Enough that the usual names hardly ever share one.
const SLOTS: usize = 64;

/// Severities of values. Those of short texts are remembered.
#[derive(Debug, Default)]
pub(crate) struct Severities {
    texts: Memo,
    written: Memo,
}

impl Severities {
    pub(crate) fn of(&mut self, found: &Found<'_>) -> Option<u8> {
        match found {
            Found::Text(text) => self.texts.get(text, || text_of(text)),
            Found::Number(number) => number_of(*number),
            Found::Bool(_) | Found::Other => None,
        }
    }

    /// Of a value of JSON as it stands: one that was met before is not even read.
    #[inline]
    pub(crate) fn of_written(&mut self, written: &[u8], decoded: &mut Vec<u8>) -> Option<u8> {
        let Self { texts, written: memo } = self;
        memo.get(written, || match json::read(written, decoded) {
            Found::Text(text) => texts.get(text, || text_of(text)),
            Found::Number(number) => number_of(number),
            Found::Bool(_) | Found::Other => None,
        })
    }
}

/// Short texts that were looked up, and what they mean: a batch has thousands of records and a handful of levels.
#[derive(Debug)]
struct Memo([Known; SLOTS]);

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    packed: Packed,
    severity: Option<u8>,
}

impl Default for Memo {
    fn default() -> Self {
        Self([Known::default(); SLOTS])
    }
}

impl Memo {
    #[inline]
    fn get(&mut self, text: &[u8], look_up: impl FnOnce() -> Option<u8>) -> Option<u8> {
        let Some(packed) = Packed::of(text) else { return look_up() };
        let known = &mut self.0[packed.slot()];
        if known.packed != packed {
            *known = Known { packed, severity: look_up() };
        }
        known.severity
    }
}

/// A text of 1 to 16 bytes: its length, its first bytes and its last, which overlap in most. Unlike any other, and unlike
/// the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Packed {
    length: usize,
    first: u64,
    last: u64,
}

impl Packed {
    #[inline]
    fn of(text: &[u8]) -> Option<Self> {
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) if text.len() <= 16 => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            (Some(_), _) => return None,
            _ => match (text.first_chunk(), text.last_chunk(), text) {
                (Some(first), Some(last), _) => (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into()),
                (_, _, &[first, .., middle, last]) => (u64::from(first) << 8 | u64::from(middle), last.into()),
                (_, _, &[first, last]) => (first.into(), last.into()),
                (_, _, &[only]) => (only.into(), 0),
                _ => return None,
            },
        };
        Some(Self { length: text.len(), first, last })
    }

    /// The factor is odd and without pattern: Knuth's for multiplicative hashing, 2^64 over the golden ratio.
    #[inline]
    fn slot(self) -> usize {
        let mixed = (self.first ^ self.last.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58;
        usize::try_from(mixed).map_or(0, |slot| slot % SLOTS)
    }
}

pub(crate) fn of_config(scalar: &Scalar) -> Option<u8> {
    match scalar {
        Scalar::Text(text) => text_of(text.as_bytes()),
        Scalar::Number(number) => number_of(*number),
        Scalar::Bool(_) => None,
    }
}

fn text_of(text: &[u8]) -> Option<u8> {
    let text = str::from_utf8(text).ok()?;
    of_name(text).or_else(|| text.parse().ok().and_then(of_number))
}

fn number_of(number: Number) -> Option<u8> {
    match number {
        Number::Whole(number) => i64::try_from(number).ok().and_then(of_number),
        Number::Float(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_looked_up() {
        let mut severities = Severities::default();
        let texts = [
            "info",
            "INFO",
            "info\0",
            "i",
            "",
            "warning",
            "critical",
            "13",
            "24",
            "25",
            "loud",
            "error2",
            "\0",
            "inf",
            "criticalcritical",
            "criticalcritical2",
        ];
        let twice = texts.iter().chain(&texts).chain(texts.iter().rev());
        for text in twice {
            let expected = text_of(text.as_bytes());
            assert_eq!(severities.of(&Found::Text(text.as_bytes())), expected, "{text:?}");
        }
    }

    #[test]
    fn what_stands_in_json_means_what_it_decodes_to() {
        let mut severities = Severities::default();
        let cases = [
            (r#""info""#, Some(9)),
            (r#""in\u0066o""#, Some(9)),
            (r#""warning""#, Some(13)),
            (r#""\"info\"""#, None),
            ("13", Some(13)),
            (r#""13""#, Some(13)),
            ("7.5", None),
            ("true", None),
            ("1", Some(1)),
            ("123", None),
            ("[9]", None),
        ];
        for (written, expected) in cases.iter().chain(&cases).chain(cases.iter().rev()) {
            assert_eq!(severities.of_written(written.as_bytes(), &mut Vec::new()), *expected, "{written}");
        }
        assert_eq!(severities.of(&Found::Text(br#""info""#)), None, "a text with quotes is no JSON");
    }

    #[test]
    fn the_usual_names_have_slots_of_their_own() {
        for names in [
            ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"],
            ["trace", "debug", "info", "warn", "error", "fatal"],
            ["debug", "info", "notice", "warning", "error", "critical"],
            ["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"],
        ] {
            let slot = |name: &&str| Packed::of(format!("\"{name}\"").as_bytes()).unwrap().slot();
            let mut slots: Vec<_> = names.iter().map(slot).collect();
            slots.sort_unstable();
            assert!(slots.is_sorted_by(|a, b| a < b), "{names:?}: {slots:?}");
        }
    }
}
