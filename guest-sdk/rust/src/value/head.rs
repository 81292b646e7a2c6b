//! The first bytes of a MessagePack value: its kind, and how much follows.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// A number in the head itself.
    Fixed(i8),
    Unsigned,
    Signed,
    Float,
    Text,
    Bytes,
    List,
    Map,
    Extension,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) kind: Kind,
    /// The head's own length.
    pub(super) bytes: usize,
    /// The bytes that belong to the value itself.
    pub(super) payload: usize,
    /// The values that lie in it; of a map, keys and values.
    pub(super) children: u64,
}

/// The head that `bytes` begin with; what it promises need not be there.
pub(super) fn head(bytes: &[u8]) -> Option<Head> {
    let &tag = bytes.first()?;
    Some(match tag {
        0x00..=0x7f | 0xe0..=0xff => plain(Kind::Fixed(tag.cast_signed()), 0),
        0x80..=0x8f => nested(Kind::Map, 1, u64::from(tag & 0x0f) * 2),
        0x90..=0x9f => nested(Kind::List, 1, u64::from(tag & 0x0f)),
        0xa0..=0xbf => plain(Kind::Text, usize::from(tag & 0x1f)),
        0xc0 => plain(Kind::Null, 0),
        // The one tag that the format never uses.
        0xc1 => return None,
        0xc2 | 0xc3 => plain(Kind::Bool(tag == 0xc3), 0),
        0xc4..=0xc6 => sized(Kind::Bytes, bytes, 1 << (tag - 0xc4), 0)?,
        0xc7..=0xc9 => sized(Kind::Extension, bytes, 1 << (tag - 0xc7), 1)?,
        0xca | 0xcb => plain(Kind::Float, 4 << (tag - 0xca)),
        0xcc..=0xcf => plain(Kind::Unsigned, 1 << (tag - 0xcc)),
        0xd0..=0xd3 => plain(Kind::Signed, 1 << (tag - 0xd0)),
        0xd4..=0xd8 => plain(Kind::Extension, 1 + (1 << (tag - 0xd4))),
        0xd9..=0xdb => sized(Kind::Text, bytes, 1 << (tag - 0xd9), 0)?,
        0xdc | 0xdd => many(Kind::List, bytes, 2 << (tag - 0xdc), 1)?,
        0xde | 0xdf => many(Kind::Map, bytes, 2 << (tag - 0xde), 2)?,
    })
}

fn plain(kind: Kind, payload: usize) -> Head {
    Head { kind, bytes: 1, payload, children: 0 }
}

fn nested(kind: Kind, bytes: usize, children: u64) -> Head {
    Head { kind, bytes, payload: 0, children }
}

/// A head with a length of `width` bytes; extensions have a type byte (`more`) beside what the length counts.
fn sized(kind: Kind, bytes: &[u8], width: usize, more: usize) -> Option<Head> {
    let payload = usize::try_from(length(bytes, width)?).ok()?.checked_add(more)?;
    Some(Head { kind, bytes: 1 + width, payload, children: 0 })
}

fn many(kind: Kind, bytes: &[u8], width: usize, each: u64) -> Option<Head> {
    Some(nested(kind, 1 + width, length(bytes, width)? * each))
}

fn length(bytes: &[u8], width: usize) -> Option<u64> {
    Some(bytes.get(1..=width)?.iter().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}
