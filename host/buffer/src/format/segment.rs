//! The two blocks that a segment begins with: who it is, written first, and what it came to, written last.

use super::{Sync, array, put, u32_at, u64_at};
use crate::key::KeyCheck;
use crc32c::crc32c;

/// Both blocks, in bytes.
pub(crate) const SEGMENT_HEADER: u64 = 2 * BLOCK as u64;

const BLOCK: usize = 64;
const MAGIC: &[u8; 8] = b"LOGABUF1";
const SEAL_MAGIC: &[u8; 8] = b"LOGASEAL";
const ENCRYPTED: u32 = 1;

/// Who a segment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) id: u64,
    pub(crate) sync: Sync,
    /// Nanoseconds since the Unix epoch.
    pub(crate) created: u64,
    /// Tells the right key from others; `None` where entries are not encrypted.
    pub(crate) key: Option<KeyCheck>,
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; BLOCK] {
        let mut bytes = [0; BLOCK];
        put(&mut bytes, 0, MAGIC);
        put(&mut bytes, 12, &self.key.map_or(0, |_| ENCRYPTED).to_le_bytes());
        put(&mut bytes, 16, &self.id.to_le_bytes());
        put(&mut bytes, 24, &self.sync);
        put(&mut bytes, 32, &self.created.to_le_bytes());
        put(&mut bytes, 40, &self.key.unwrap_or_default());
        let crc = crc32c(&bytes[12..]);
        put(&mut bytes, 8, &crc.to_le_bytes());
        bytes
    }

    /// `None` where it is none, or one of another format.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..BLOCK)?;
        if bytes[..8] != *MAGIC || u32_at(bytes, 8) != crc32c(&bytes[12..]) {
            return None;
        }
        let key = (u32_at(bytes, 12) & ENCRYPTED != 0).then(|| array(bytes, 40));
        Some(Self { id: u64_at(bytes, 16), sync: array(bytes, 24), created: u64_at(bytes, 32), key })
    }
}

/// What a complete segment came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seal {
    /// How long it is, in bytes.
    pub(crate) end: u64,
    pub(crate) entries: u64,
    pub(crate) records: u64,
    /// When its first and its last entry were written, in nanoseconds since the Unix epoch.
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Seal {
    /// Of a segment that is not complete.
    pub(crate) const NONE: [u8; BLOCK] = [0; BLOCK];

    /// Where it lies in its segment.
    pub(crate) const AT: u64 = BLOCK as u64;

    pub(crate) fn encode(&self) -> [u8; BLOCK] {
        let mut bytes = [0; BLOCK];
        put(&mut bytes, 0, SEAL_MAGIC);
        let fields = [self.end, self.entries, self.records, self.first, self.last];
        for (index, field) in fields.iter().enumerate() {
            put(&mut bytes, 16 + 8 * index, &field.to_le_bytes());
        }
        let crc = crc32c(&bytes[12..]);
        put(&mut bytes, 8, &crc.to_le_bytes());
        bytes
    }

    /// `None` where there is none, or one that this file of so many bytes can't have come to.
    pub(crate) fn decode(bytes: &[u8], length: u64) -> Option<Self> {
        let bytes = bytes.get(..BLOCK)?;
        if bytes[..8] != *SEAL_MAGIC || u32_at(bytes, 8) != crc32c(&bytes[12..]) {
            return None;
        }
        let field = |index: usize| u64_at(bytes, 16 + 8 * index);
        let seal = Self { end: field(0), entries: field(1), records: field(2), first: field(3), last: field(4) };
        // Each record has a descriptor of 32 bytes.
        let is_possible = seal.end <= length && seal.entries <= seal.records && seal.records <= length / 32;
        is_possible.then_some(seal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headers_read_back_and_any_flipped_bit_is_noticed() {
        let header = SegmentHeader { id: 7, sync: *b"12345678", created: 9, key: Some([3; 16]) };
        let seal = Seal { end: 640, entries: 2, records: 5, first: 1, last: 2 };
        assert_eq!(SegmentHeader::decode(&header.encode()), Some(header));
        assert_eq!(Seal::decode(&seal.encode(), 640), Some(seal));
        for bit in 0..BLOCK * 8 {
            let (mut one, mut other) = (header.encode(), seal.encode());
            one[bit / 8] ^= 1 << (bit % 8);
            other[bit / 8] ^= 1 << (bit % 8);
            assert_eq!((SegmentHeader::decode(&one), Seal::decode(&other, 640)), (None, None), "bit {bit}");
        }
    }

    #[test]
    fn a_seal_that_its_file_can_not_hold_is_none() {
        for seal in [
            Seal { end: 641, entries: 1, records: 1, first: 0, last: 0 },
            Seal { end: 640, entries: 1, records: 21, first: 0, last: 0 },
            Seal { end: 640, entries: 2, records: 1, first: 0, last: 0 },
        ] {
            assert_eq!(Seal::decode(&seal.encode(), 640), None, "{seal:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoders_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (SegmentHeader::decode(&bytes), Seal::decode(&bytes, 1 << 40));
        }
    }
}
