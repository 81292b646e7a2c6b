//! Values that can be compared, of the configuration and of records.

use std::fmt;

use logagent_sdk::Value;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A string, a number or a boolean of the configuration. Strings equal strings only, `"5"` is not 5; numbers
/// are equal by value, 5 is 5.0.
///
/// ```
/// use logagent_conditions::{Number, Scalar};
/// assert_eq!(Scalar::Number(Number::Whole(5)), Scalar::Number(Number::Float(5.0)));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A string.
    Text(String),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
}

/// A number, whole as long as it can be: floating point would make large ones equal that aren't.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    /// A whole number of JSON or MessagePack, which have up to 64 bits with or without a sign.
    Whole(i128),
    /// Any other.
    Float(f64),
}

/// A value that was found in a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Found<'a> {
    /// A string, decoded. UTF-8, but for lone surrogates of JSON's escapes, which are encoded alike and equal nothing.
    Text(&'a [u8]),
    /// A number.
    Number(Number),
    /// A boolean.
    Bool(bool),
    /// Null, bytes, a list, a map, or a number too large for a double: there, but equal to nothing.
    Other,
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Whole(a), Self::Whole(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Whole(whole), Self::Float(float)) | (Self::Float(float), Self::Whole(whole)) => {
                float == whole as f64
            }
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "the string \"{text}\""),
            Self::Number(Number::Whole(number)) => write!(f, "the number {number}"),
            Self::Number(Number::Float(number)) => write!(f, "the number {number}"),
            Self::Bool(truth) => write!(f, "{truth}"),
        }
    }
}

impl<'a> From<Value<'a>> for Found<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Bool(truth) => Self::Bool(truth),
            Value::Int(number) => Self::Number(Number::Whole(number.into())),
            Value::Large(number) => Self::Number(Number::Whole(number.into())),
            Value::Float(number) => Self::Number(Number::Float(number)),
            Value::Text(text) => Self::Text(text.as_bytes()),
            Value::Null | Value::Bytes(_) | Value::List(_) | Value::Map(_) | Value::Extension(_) => Self::Other,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, a number or a boolean")
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(truth))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Number(Number::Whole(number.into())))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(Number::Whole(number.into())))
    }

    /// A whole number beyond 64 bits comes as the nearest double, which others would equal as well.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        if number >= u64::MAX as f64 || number <= i64::MIN as f64 {
            let allowed = "a number of 64 bits at most, or the digits under `regex`";
            return Err(E::invalid_value(Unexpected::Float(number), &allowed));
        }
        Ok(Scalar::Number(Number::Float(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.into()))
    }
}
