//! Numbers of records, whole as long as they can be.

use logagent_conditions::{Found, Number};
use serde::{Deserialize, Serialize};

/// A number that can be added up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Amount {
    /// Of up to 64 bits, with or without a sign.
    Whole(i128),
    /// A finite one.
    Float(f64),
}

impl Amount {
    /// A number, or a text that is one from its first byte to its last: filters that take lines apart make texts.
    pub(crate) fn of(found: Found<'_>) -> Option<Self> {
        match found {
            Found::Number(Number::Whole(whole)) => Some(Self::Whole(whole)),
            Found::Number(Number::Float(float)) => Self::float(float),
            Found::Text(text) => Self::written(str::from_utf8(text).ok()?),
            Found::Bool(_) | Found::Other => None,
        }
    }

    fn written(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse::<i64>() {
            return Some(Self::Whole(whole.into()));
        }
        text.parse().ok().and_then(Self::float)
    }

    /// Whole where nothing is lost by it.
    fn float(float: f64) -> Option<Self> {
        // 2^53: below, each whole number is a double.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let is_whole = float.fract() == 0.0 && float.abs() < EXACT;
        #[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and is far below the type's end")]
        let whole = || Self::Whole(float as i128);
        float.is_finite().then(|| if is_whole { whole() } else { Self::Float(float) })
    }

    pub(crate) fn as_float(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Float(float) => float,
        }
    }

    pub(crate) fn is_less(self, other: Self) -> bool {
        match (self, other) {
            (Self::Whole(a), Self::Whole(b)) => a < b,
            (a, b) => a.as_float() < b.as_float(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_texts_that_are_numbers_count() {
        let text = |text: &'static str| Found::Text(text.as_bytes());
        let number = |number| Found::Number(Number::Float(number));
        let cases = [
            (Found::Number(Number::Whole(5)), Some(Amount::Whole(5))),
            (number(5.0), Some(Amount::Whole(5))),
            (number(-0.0), Some(Amount::Whole(0))),
            (number(0.5), Some(Amount::Float(0.5))),
            (number(1e300), Some(Amount::Float(1e300))),
            (number(f64::NAN), None),
            (number(f64::INFINITY), None),
            (text("-12"), Some(Amount::Whole(-12))),
            (text("0.25"), Some(Amount::Float(0.25))),
            (text("1e3"), Some(Amount::Whole(1000))),
            (text("12ms"), None),
            (text(" 12"), None),
            (text(""), None),
            (text("inf"), None),
            (Found::Text(b"\xff"), None),
            (Found::Bool(true), None),
            (Found::Other, None),
        ];
        for (found, expected) in cases {
            assert_eq!(Amount::of(found), expected, "{found:?}");
        }
    }

    #[test]
    fn large_whole_numbers_are_told_apart() {
        let (a, b) = (Amount::Whole((1 << 60) + 1), Amount::Whole(1 << 60));
        assert!(b.is_less(a) && !a.is_less(b));
        assert!(Amount::Float(0.5).is_less(Amount::Whole(1)));
    }
}
