//! One value of a group's key or of what is emitted: in JSON, and as an attribute.

use logagent_sdk::Attributes;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Datum<'a> {
    Null,
    Bool(bool),
    Whole(i128),
    Float(f64),
    Text(&'a str),
}

impl From<Amount> for Datum<'_> {
    fn from(amount: Amount) -> Self {
        match amount {
            Amount::Whole(whole) => Self::Whole(whole),
            Amount::Float(float) => Self::Float(float),
        }
    }
}

impl Datum<'_> {
    /// A whole number beyond 64 bits, and a sum that has run beyond what a double holds, are as near as JSON can say it.
    fn fitting(self) -> Self {
        match self {
            Self::Whole(whole) if i64::try_from(whole).is_err() && u64::try_from(whole).is_err() => {
                Self::Float(whole as f64)
            }
            Self::Float(float) if !float.is_finite() => Self::Null,
            _ => self,
        }
    }

    pub(crate) fn write_json(self, out: &mut Vec<u8>) {
        match self.fitting() {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(truth) => write_json(&truth, out),
            Self::Whole(whole) => write_json(&whole, out),
            Self::Float(float) => write_json(&float, out),
            Self::Text(text) => write_json(text, out),
        }
    }

    pub(crate) fn write_attribute(self, name: &str, attributes: &mut Attributes) {
        match self.fitting() {
            Self::Null => attributes.null(name),
            Self::Bool(truth) => attributes.bool(name, truth),
            Self::Whole(whole) => match i64::try_from(whole) {
                Ok(whole) => attributes.int(name, whole),
                Err(_) => attributes.uint(name, u64::try_from(whole).unwrap_or(u64::MAX)),
            },
            Self::Float(float) => attributes.float(name, float),
            Self::Text(text) => attributes.text(name, text),
        }
    }
}

fn write_json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    serde_json::to_writer(out, value).expect("memory takes all that is written");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_json_has_them() {
        let cases = [
            (Datum::Null, "null"),
            (Datum::Bool(true), "true"),
            (Datum::Whole(-5), "-5"),
            (Datum::Whole(u64::MAX.into()), "18446744073709551615"),
            (Datum::Whole(1 << 65), "3.6893488147419103e+19"),
            (Datum::Float(0.5), "0.5"),
            (Datum::Float(f64::INFINITY), "null"),
            (Datum::Text("a\"\n"), r#""a\"\n""#),
        ];
        for (datum, json) in cases {
            let mut out = Vec::new();
            datum.write_json(&mut out);
            assert_eq!(String::from_utf8(out).unwrap(), json);
        }
    }
}
