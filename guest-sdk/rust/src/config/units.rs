//! Durations and sizes in a filter's configuration, written as in the agent's own. Not for their ranges, which are each
//! filter's business.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// In microseconds.
const DURATIONS: [(&str, u64); 5] =
    [("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1)];

const SIZES: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("KB", 1000),
    ("B", 1),
];

/// A length of time, written as a whole number with a unit: `250us`, `10ms`, `1s`, `5m`, `1h`.
///
/// ```
/// use logagent_sdk::Period;
/// let window: Period = serde_json::from_str(r#""5m""#).unwrap();
/// assert_eq!(window.0.as_secs(), 300);
/// assert!(serde_json::from_str::<Period>("5").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period(pub Duration);

/// A number of bytes: a whole number, alone or with a unit: `100`, `64KB`, `512KiB`.
///
/// ```
/// use logagent_sdk::Size;
/// assert_eq!(serde_json::from_str::<Size>(r#""1KiB""#).unwrap(), Size(1024));
/// assert_eq!(serde_json::from_str::<Size>("100").unwrap(), Size(100));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PeriodVisitor)
    }
}

struct PeriodVisitor;

impl Visitor<'_> for PeriodVisitor {
    type Value = Period;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as 10ms")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Period, E> {
        let micros = in_units(text, &DURATIONS).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))?;
        Ok(Period(Duration::from_micros(micros)))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SizeVisitor)
    }
}

struct SizeVisitor;

impl Visitor<'_> for SizeVisitor {
    type Value = Size;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes, or a size such as 512KiB")
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<Size, E> {
        Ok(Size(bytes))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
        in_units(text, &SIZES).map(Size).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

fn in_units(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let (number, name) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let (_, factor) = units.iter().find(|(unit, _)| *unit == name)?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        let micros = [("250us", 250), ("10ms", 10_000), ("1s", 1_000_000), ("1m", 60_000_000), ("0s", 0)];
        for (text, micros) in micros {
            let read: Period = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(read.0, Duration::from_micros(micros), "{text}");
        }
        for refused in [json!("10"), json!("1.5s"), json!("1d"), json!(""), json!("9999999999999999h"), json!(5)] {
            assert!(serde_json::from_value::<Period>(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn sizes_are_numbers_alone_or_with_a_unit() {
        let sizes: [(Value, u64); 5] =
            [(json!(0), 0), (json!(100), 100), (json!("1KiB"), 1024), (json!("2MB"), 2_000_000), (json!("7B"), 7)];
        for (written, bytes) in sizes {
            assert_eq!(serde_json::from_value::<Size>(written.clone()).unwrap(), Size(bytes), "{written}");
        }
        for refused in [json!("100"), json!("1.5MiB"), json!(-1), json!(1.5), json!("99999999999999GiB")] {
            assert!(serde_json::from_value::<Size>(refused.clone()).is_err(), "{refused}");
        }
    }

    #[test]
    fn what_is_refused_is_told_in_words() {
        let told = serde_json::from_value::<Period>(json!("soon")).unwrap_err().to_string();
        assert_eq!(told, r#"invalid value: string "soon", expected a duration such as 10ms"#);
    }
}
