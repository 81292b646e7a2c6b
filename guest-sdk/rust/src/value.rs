//! MessagePack, read in place (<https://github.com/msgpack/msgpack/blob/master/spec.md>). Bytes that are none
//! end the reading: attributes come from the network. Not for writing, and no tree is built.

mod head;

use head::{Head, Kind, head};

/// One value. Lists, maps and extensions stay as they lie there.
///
/// ```
/// use logagent_sdk::Value;
/// assert_eq!(Value::of(b"\xa2ok"), Some(Value::Text("ok")));
/// assert_eq!(Value::of(b"\xa2o"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nil.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number too large for `Int`.
    Large(u64),
    /// A floating-point number, of either size.
    Float(f64),
    /// UTF-8.
    Text(&'a str),
    /// Binary, and strings that are no UTF-8.
    Bytes(&'a [u8]),
    /// A list, with its head.
    List(&'a [u8]),
    /// A map, with its head; read it with [`Entries::of`].
    Map(&'a [u8]),
    /// An extension, with its head.
    Extension(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The first value of `bytes`; `None` where they are no MessagePack or end too early.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::Value::of(b"\xff"), Some(logagent_sdk::Value::Int(-1)));
    /// ```
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        read(bytes).map(|(value, _)| value)
    }

    /// The text, if it is one.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::Value::Text("a").text(), Some("a"));
    /// ```
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The keys and values of a map, in its order. Ends early where the bytes are broken.
///
/// ```
/// use logagent_sdk::{Entries, Value};
/// let mut entries = Entries::of(b"\x82\xa1a\x01\xa1b\x02");
/// assert_eq!(entries.next(), Some((Value::Text("a"), Value::Int(1))));
/// assert_eq!(entries.next(), Some((Value::Text("b"), Value::Int(2))));
/// assert_eq!(entries.next(), None);
/// ```
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    rest: &'a [u8],
    left: u64,
}

impl<'a> Entries<'a> {
    /// Of a map with its head, as attributes are. None at all where `bytes` is no map.
    ///
    /// ```
    /// assert_eq!(logagent_sdk::Entries::of(b"").count(), 0);
    /// ```
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        match head(bytes) {
            Some(head) if head.kind == Kind::Map => Self { rest: &bytes[head.bytes..], left: head.children / 2 },
            _ => Self { rest: &[], left: 0 },
        }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Value<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (key, rest) = read(self.rest)?;
        let (value, rest) = read(rest)?;
        self.rest = rest;
        Some((key, value))
    }
}

/// The value of a map under a name; the first, should there be two. All that is before it is passed over unread.
pub(crate) fn find<'a>(map: &'a [u8], name: &[u8]) -> Option<Value<'a>> {
    let Entries { mut rest, left } = Entries::of(map);
    for _ in 0..left {
        let (key, behind) = split(rest)?;
        if key == Some(name) {
            return Value::of(behind);
        }
        (_, rest) = split(behind)?;
    }
    None
}

/// The first value's text, where it is one, whether UTF-8 or not, and what is behind it.
#[inline]
fn split(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    // What nearly all names and most values are.
    if let Some((&tag @ 0xa0..=0xbf, rest)) = bytes.split_first() {
        return rest.split_at_checked(usize::from(tag & 0x1f)).map(|(text, rest)| (Some(text), rest));
    }
    let head = head(bytes)?;
    if head.children > 0 {
        return skip(bytes).map(|rest| (None, rest));
    }
    let (payload, rest) = bytes[head.bytes..].split_at_checked(head.payload)?;
    Some(((head.kind == Kind::Text).then_some(payload), rest))
}

fn read(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let head = head(bytes)?;
    let rest = skip(bytes)?;
    let whole = &bytes[..bytes.len() - rest.len()];
    Some((value(head, whole), rest))
}

fn value(head: Head, whole: &[u8]) -> Value<'_> {
    let payload = &whole[head.bytes..];
    match head.kind {
        Kind::Null => Value::Null,
        Kind::Bool(truth) => Value::Bool(truth),
        Kind::Fixed(number) => Value::Int(number.into()),
        Kind::Unsigned => unsigned(payload),
        Kind::Signed => Value::Int(signed(payload)),
        Kind::Float => Value::Float(float(payload)),
        Kind::Text => std::str::from_utf8(payload).map_or(Value::Bytes(payload), Value::Text),
        Kind::Bytes => Value::Bytes(payload),
        Kind::List => Value::List(whole),
        Kind::Map => Value::Map(whole),
        Kind::Extension => Value::Extension(whole),
    }
}

fn unsigned(payload: &[u8]) -> Value<'static> {
    let number = payload.iter().fold(0, |number: u64, &byte| number << 8 | u64::from(byte));
    i64::try_from(number).map_or(Value::Large(number), Value::Int)
}

fn signed(payload: &[u8]) -> i64 {
    let is_negative = payload.first().is_some_and(|byte| byte & 0x80 != 0);
    let start = if is_negative { -1 } else { 0 };
    payload.iter().fold(start, |number: i64, &byte| number << 8 | i64::from(byte))
}

fn float(payload: &[u8]) -> f64 {
    match *payload {
        [a, b, c, d] => f32::from_be_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => f64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}

/// What follows the first value. Counts open values instead of recursing: a hostile nesting of a million
/// lists must not end the stack.
fn skip(mut bytes: &[u8]) -> Option<&[u8]> {
    let mut open = 1_u64;
    while open > 0 {
        let head = head(bytes)?;
        bytes = bytes.get(head.bytes..)?.get(head.payload..)?;
        open = open - 1 + head.children;
        // Each value takes a byte at least: a head that promises more is a lie.
        if open > bytes.len() as u64 {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
#[path = "value/tests.rs"]
mod tests;
