//! MessagePack as a run of tokens, read in place. Made for bytes that a guest wrote: nothing is believed, nothing
//! allocated, and nesting is bounded where a whole value is walked. Writes nothing.

use rmp::Marker;

/// Deeper values than this count as malformed: no log needs them, and each level costs stack.
const MAX_DEPTH: usize = 32;

/// One item; a container is followed by what it contains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Single(f32),
    Double(f64),
    /// Perhaps not UTF-8.
    Text(&'a [u8]),
    Binary(&'a [u8]),
    Extension(&'a [u8]),
    Array(u32),
    Map(u32),
}

#[derive(Clone, Copy)]
pub(crate) struct Tokens<'a> {
    pub(crate) rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next token; `None` where the bytes end or are none.
    pub(crate) fn read(&mut self) -> Option<Token<'a>> {
        Some(match Marker::from_u8(self.array::<1>()?[0]) {
            Marker::Null => Token::Null,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::FixPos(value) => Token::Unsigned(value.into()),
            Marker::FixNeg(value) => Token::Signed(value.into()),
            Marker::U8 => Token::Unsigned(u8::from_be_bytes(self.array()?).into()),
            Marker::U16 => Token::Unsigned(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => Token::Unsigned(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => Token::Unsigned(u64::from_be_bytes(self.array()?)),
            Marker::I8 => Token::Signed(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => Token::Signed(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => Token::Signed(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => Token::Signed(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Token::Single(f32::from_be_bytes(self.array()?)),
            Marker::F64 => Token::Double(f64::from_be_bytes(self.array()?)),
            marker => return self.sized(marker),
        })
    }

    fn sized(&mut self, marker: Marker) -> Option<Token<'a>> {
        Some(match marker {
            Marker::FixStr(length) => Token::Text(self.take(length.into())?),
            Marker::Str8 => Token::Text(self.run::<1>()?),
            Marker::Str16 => Token::Text(self.run::<2>()?),
            Marker::Str32 => Token::Text(self.run::<4>()?),
            Marker::Bin8 => Token::Binary(self.run::<1>()?),
            Marker::Bin16 => Token::Binary(self.run::<2>()?),
            Marker::Bin32 => Token::Binary(self.run::<4>()?),
            Marker::FixArray(count) => Token::Array(count.into()),
            Marker::Array16 => Token::Array(self.length::<2>()?),
            Marker::Array32 => Token::Array(self.length::<4>()?),
            Marker::FixMap(count) => Token::Map(count.into()),
            Marker::Map16 => Token::Map(self.length::<2>()?),
            Marker::Map32 => Token::Map(self.length::<4>()?),
            marker => Token::Extension(self.extension(marker)?),
        })
    }

    fn extension(&mut self, marker: Marker) -> Option<&'a [u8]> {
        let length = match marker {
            Marker::FixExt1 => 1,
            Marker::FixExt2 => 2,
            Marker::FixExt4 => 4,
            Marker::FixExt8 => 8,
            Marker::FixExt16 => 16,
            Marker::Ext8 => self.length::<1>()?,
            Marker::Ext16 => self.length::<2>()?,
            Marker::Ext32 => self.length::<4>()?,
            _ => return None,
        };
        self.array::<1>()?; // Its type.
        self.take(length)
    }

    fn take(&mut self, length: u32) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length as usize)?;
        self.rest = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    /// A length of `N` bytes, 4 at most.
    fn length<const N: usize>(&mut self) -> Option<u32> {
        Some(self.array::<N>()?.iter().fold(0, |length, &byte| length << 8 | u32::from(byte)))
    }

    fn run<const N: usize>(&mut self) -> Option<&'a [u8]> {
        let length = self.length::<N>()?;
        self.take(length)
    }

    /// The bytes of the next value, all that it contains included; `None` where it is malformed or too deep.
    pub(crate) fn value(&mut self) -> Option<&'a [u8]> {
        let bytes = self.rest;
        self.skip(MAX_DEPTH)?;
        Some(&bytes[..bytes.len() - self.rest.len()])
    }

    fn skip(&mut self, depth: usize) -> Option<()> {
        let children = match self.read()? {
            Token::Array(count) => u64::from(count),
            Token::Map(count) => 2 * u64::from(count),
            _ => return Some(()),
        };
        let depth = depth.checked_sub(1)?;
        // Each child takes a byte at least, so a count that lies ends with the bytes.
        (0..children).try_for_each(|_| self.skip(depth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_value_is_as_long_as_it_says() {
        let mut bytes = rmp_serde::to_vec(&serde_json::json!({"a": [1, -70000, null, "x"], "b": {"c": 1.5}})).unwrap();
        let length = bytes.len();
        bytes.extend([0xc0, 0xc0]);
        assert_eq!(Tokens::new(&bytes).value(), Some(&bytes[..length]));
        for cut in 0..length {
            assert_eq!(Tokens::new(&bytes[..cut]).value(), None, "cut at {cut}");
        }
    }

    #[test]
    fn nesting_ends_where_it_is_too_deep() {
        let nested = |depth| [vec![0x91; depth], vec![0xc0]].concat();
        assert!(Tokens::new(&nested(MAX_DEPTH)).value().is_some());
        assert_eq!(Tokens::new(&nested(MAX_DEPTH + 1)).value(), None);
        assert_eq!(Tokens::new(&nested(1 << 20)).value(), None);
    }

    #[test]
    fn lengths_and_counts_that_lie_are_found_out() {
        let lies: [&[u8]; 6] = [
            &[0xdf, 0xff, 0xff, 0xff, 0xff, 0xc0],
            &[0xdd, 0xff, 0xff, 0xff, 0xff],
            &[0xdb, 0xff, 0xff, 0xff, 0xff, b'a'],
            &[0xc9, 0, 0, 0, 5, 1, 2],
            &[0xc1],
            &[],
        ];
        for lie in lies {
            assert_eq!(Tokens::new(lie).value(), None, "{lie:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_as_a_decoder_of_others_reads_them(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let mut theirs = rmp_serde::Deserializer::new(&bytes[..]);
            theirs.set_max_depth(64);
            let is_whole = <serde::de::IgnoredAny as serde::Deserialize>::deserialize(&mut theirs).is_ok();
            // Theirs is stricter in some places (UTF-8), never laxer.
            prop_assert!(!is_whole || Tokens::new(&bytes).value().is_some());
        }
    }
}
