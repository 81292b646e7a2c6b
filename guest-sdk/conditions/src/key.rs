//! Keys of records: the value of a field as text, by which filters tell records apart. Not for what a key decides.

use std::io::Write;

use logagent_sdk::{Batch, ConfigError, Record};

use crate::names::Names;
use crate::scalar::{Found, Number};

/// A field whose value is a record's key.
///
/// ```
/// use logagent_conditions::KeyField;
///
/// let mut user = KeyField::new("key", "user.id").unwrap();
/// logagent_sdk::testing::once([r#"{"user":{"id":5.0}}"#, "no JSON"], |batch, _| {
///     let mut keys = Vec::new();
///     user.for_each(batch, |_, key| keys.push(key.map(<[u8]>::to_vec)));
///     assert_eq!(keys, [Some(b"5".to_vec()), None]);
/// });
/// ```
#[derive(Debug)]
pub struct KeyField {
    name: Names,
    /// Room for the text of a value that is no string.
    text: Vec<u8>,
}

impl KeyField {
    /// The field of this name; `at` is where the name stands in the configuration. Call it in `configure`.
    ///
    /// # Errors
    /// A name that no field can have.
    pub fn new(at: &str, name: &str) -> Result<Self, ConfigError> {
        if name.is_empty() {
            return Err(ConfigError::new(at, "an empty string", "a field's name"));
        }
        let name = Names::new([name]).map_err(|errors| {
            let reason = errors.into_iter().next().map_or_else(String::new, |error| error.reason);
            ConfigError::new(at, reason, "a name with fewer dots")
        })?;
        Ok(Self { name, text: Vec::new() })
    }

    /// Goes through the records of the batch in hand, in order, with the key of each that has one.
    pub fn for_each<'a>(&mut self, batch: &Batch<'a>, mut each: impl FnMut(&Record<'a>, Option<&[u8]>)) {
        let Self { name, text } = self;
        name.for_each(batch, |record, values| each(record, values.get(0).and_then(|found| found.as_text(text))));
    }
}

impl<'a> Found<'a> {
    /// What the value is written as: 5, 5.0 and `"5"` are one text, so that a filter that turns JSON into attributes does
    /// not change a key. Numbers are in decimal, without an exponent. `None` for what has no text: null, lists, maps,
    /// bytes, and numbers that are none. `room` is for values that are no strings.
    ///
    /// ```
    /// use logagent_conditions::{Found, Number};
    /// let mut room = Vec::new();
    /// assert_eq!(Found::Number(Number::Float(5.0)).as_text(&mut room), Some(&b"5"[..]));
    /// assert_eq!(Found::Other.as_text(&mut room), None);
    /// ```
    pub fn as_text<'t>(self, room: &'t mut Vec<u8>) -> Option<&'t [u8]>
    where
        'a: 't,
    {
        match self {
            Self::Text(bytes) => Some(bytes),
            Self::Number(number) => written(number, room),
            Self::Bool(true) => Some(b"true"),
            Self::Bool(false) => Some(b"false"),
            Self::Other => None,
        }
    }
}

fn written(number: Number, room: &mut Vec<u8>) -> Option<&[u8]> {
    room.clear();
    let done = match number {
        Number::Whole(whole) => match i64::try_from(whole) {
            Ok(whole) => write!(room, "{whole}"),
            Err(_) => write!(room, "{whole}"),
        },
        // Of the two zeros the one without a sign.
        Number::Float(float) if float.is_finite() => write!(room, "{}", float + 0.0),
        Number::Float(_) => return None,
    };
    done.ok().map(|()| room.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_booleans_have_one_text_each_however_they_are_written() {
        let cases = [
            (Found::Text(b"5"), "5"),
            (Found::Number(Number::Whole(5)), "5"),
            (Found::Number(Number::Float(5.0)), "5"),
            (Found::Number(Number::Whole(-7)), "-7"),
            (Found::Number(Number::Whole(u64::MAX.into())), "18446744073709551615"),
            (Found::Number(Number::Float(0.1)), "0.1"),
            (Found::Number(Number::Float(-0.0)), "0"),
            (Found::Number(Number::Float(1e21)), "1000000000000000000000"),
            (Found::Number(Number::Float(2.5e-7)), "0.00000025"),
            (Found::Bool(true), "true"),
            (Found::Bool(false), "false"),
        ];
        for (found, text) in cases {
            assert_eq!(found.as_text(&mut Vec::new()), Some(text.as_bytes()), "{found:?}");
        }
    }

    #[test]
    fn what_has_no_text_is_no_key() {
        let without = [f64::NAN, f64::INFINITY].map(|float| Found::Number(Number::Float(float)));
        assert!(without.into_iter().chain([Found::Other]).all(|found| found.as_text(&mut Vec::new()).is_none()));
    }
}
