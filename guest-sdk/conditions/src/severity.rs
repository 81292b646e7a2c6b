//! Severities of values, as OpenTelemetry's numbers. The names are the SDK's; what is here is quick for the same few
//! texts over and over.

use logagent_sdk::severity::{of_name, of_number};

use crate::scalar::{Found, Number, Scalar};

pub(crate) const ALLOWED: &str =
    "a severity: trace, debug, info, notice, warn, error, critical, alert, fatal, or 1 to 24";

const SLOTS: usize = 16;

/// Short texts that were looked up, and what they mean: a batch has thousands of records and a handful of levels.
#[derive(Debug, Default)]
pub(crate) struct Severities {
    known: [(u64, Option<u8>); SLOTS],
}

impl Severities {
    pub(crate) fn of(&mut self, found: &Found<'_>) -> Option<u8> {
        match found {
            Found::Text(text) => self.of_text(text),
            Found::Number(number) => number_of(*number),
            Found::Bool(_) | Found::Other => None,
        }
    }

    fn of_text(&mut self, text: &[u8]) -> Option<u8> {
        let Some(packed) = packed(text) else { return text_of(text) };
        let known = &mut self.known[slot(packed)];
        if known.0 != packed {
            *known = (packed, text_of(text));
        }
        known.1
    }
}

/// A text of one to seven bytes with its length, which makes it unlike any other, and never 0.
fn packed(text: &[u8]) -> Option<u64> {
    let length = u64::try_from(text.len()).ok().filter(|length| (1..8).contains(length))?;
    Some(text.iter().fold(length, |packed, &byte| packed << 8 | u64::from(byte)))
}

/// The factor is odd and without pattern: Knuth's for multiplicative hashing, 2^64 over the golden ratio.
fn slot(packed: u64) -> usize {
    usize::try_from(packed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60).map_or(0, |slot| slot % SLOTS)
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
        let texts =
            ["info", "INFO", "info\0", "i", "", "warning", "critical", "13", "24", "25", "loud", "error2", "\0"];
        let twice = texts.iter().chain(&texts).chain(texts.iter().rev());
        for text in twice {
            let expected = text_of(text.as_bytes());
            assert_eq!(severities.of(&Found::Text(text.as_bytes())), expected, "{text:?}");
        }
    }
}
