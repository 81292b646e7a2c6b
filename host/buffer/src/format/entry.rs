//! The header of an entry: where its parts end, what it holds, and how it is checked.

use super::{Sync, array, put, u32_at, u64_at};
use crc32c::crc32c;
use logagent_record::Descriptor;

/// In bytes.
pub(crate) const ENTRY_HEADER: usize = 96;

/// A descriptor, as entries count.
#[expect(clippy::cast_possible_truncation, reason = "it is 32")]
pub(crate) const DESCRIPTOR: u32 = Descriptor::BYTES as u32;

/// Of XChaCha20-Poly1305, in bytes.
pub(crate) const NONCE: usize = 24;
pub(crate) const TAG: usize = 16;

/// The largest ring has 512 MiB, and what comes out of it must fit one, too: nothing longer was ever written.
const MOST_PAYLOAD: u32 = (512 << 20) - 4096;

const ENCRYPTED: u32 = 1;

/// What an entry says of itself. Places are bytes from the payload's start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntryHeader {
    /// Of the payload as it is stored.
    pub(crate) payload_crc: u32,
    pub(crate) segment: u64,
    /// As stored: with the tag of one that is encrypted.
    pub(crate) payload_bytes: u32,
    pub(crate) is_encrypted: bool,
    /// At least one.
    pub(crate) records: u32,
    /// Where the descriptors begin; a multiple of their length.
    pub(crate) table_at: u32,
    /// Where the descriptors end, and the streams begin.
    pub(crate) streams_at: u32,
    /// When the records were read, and when the entry was written, in nanoseconds since the Unix epoch.
    pub(crate) observed: u64,
    pub(crate) written: u64,
    pub(crate) nonce: [u8; NONCE],
}

impl EntryHeader {
    pub(crate) fn encode(&self, sync: Sync) -> [u8; ENTRY_HEADER] {
        let mut bytes = [0; ENTRY_HEADER];
        put(&mut bytes, 0, &sync);
        put(&mut bytes, 12, &self.payload_crc.to_le_bytes());
        put(&mut bytes, 16, &self.segment.to_le_bytes());
        self.put_own(&mut bytes[24..]);
        let crc = crc32c(&bytes[12..]);
        put(&mut bytes, 8, &crc.to_le_bytes());
        bytes
    }

    /// What doesn't depend on where the entry comes to lie.
    fn put_own(&self, bytes: &mut [u8]) {
        put(bytes, 0, &self.payload_bytes.to_le_bytes());
        put(bytes, 4, &u32::from(self.is_encrypted).to_le_bytes());
        put(bytes, 8, &self.records.to_le_bytes());
        put(bytes, 12, &self.table_at.to_le_bytes());
        put(bytes, 16, &self.streams_at.to_le_bytes());
        put(bytes, 24, &self.observed.to_le_bytes());
        put(bytes, 32, &self.written.to_le_bytes());
        put(bytes, 48, &self.nonce);
    }

    /// What a tag vouches for besides the payload.
    pub(crate) fn associated(&self) -> [u8; ENTRY_HEADER - 24] {
        let mut bytes = [0; ENTRY_HEADER - 24];
        self.put_own(&mut bytes);
        bytes
    }

    /// `None` where it is none, one of another segment, or says what can't be.
    pub(crate) fn decode(bytes: &[u8; ENTRY_HEADER], sync: Sync, segment: u64) -> Option<Self> {
        if bytes[..8] != sync || u32_at(bytes, 8) != crc32c(&bytes[12..]) {
            return None;
        }
        let header = Self {
            payload_crc: u32_at(bytes, 12),
            segment: u64_at(bytes, 16),
            payload_bytes: u32_at(bytes, 24),
            is_encrypted: u32_at(bytes, 28) & ENCRYPTED != 0,
            records: u32_at(bytes, 32),
            table_at: u32_at(bytes, 36),
            streams_at: u32_at(bytes, 40),
            observed: u64_at(bytes, 48),
            written: u64_at(bytes, 56),
            nonce: array(bytes, 72),
        };
        (header.segment == segment && header.is_possible()).then_some(header)
    }

    fn is_possible(&self) -> bool {
        let table = u64::from(self.records) * u64::from(DESCRIPTOR);
        self.records > 0
            && self.payload_bytes <= MOST_PAYLOAD
            && self.table_at.is_multiple_of(DESCRIPTOR)
            && u64::from(self.table_at) + table == u64::from(self.streams_at)
            && u64::from(self.streams_at) <= self.plain_bytes()
    }

    /// The payload's length once it is decrypted.
    pub(crate) fn plain_bytes(&self) -> u64 {
        u64::from(self.payload_bytes).saturating_sub(if self.is_encrypted { TAG as u64 } else { 0 })
    }

    /// Header and payload, in bytes.
    pub(crate) fn total_bytes(&self) -> u64 {
        ENTRY_HEADER as u64 + u64::from(self.payload_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> EntryHeader {
        EntryHeader {
            payload_crc: 1,
            segment: 2,
            payload_bytes: 200,
            is_encrypted: true,
            records: 2,
            table_at: 96,
            streams_at: 160,
            observed: 3,
            written: 4,
            nonce: [5; NONCE],
        }
    }

    #[test]
    fn a_header_reads_back_with_its_own_sync_word_and_segment_alone() {
        let bytes = header().encode(*b"syncword");
        assert_eq!(EntryHeader::decode(&bytes, *b"syncword", 2), Some(header()));
        assert_eq!(EntryHeader::decode(&bytes, *b"syncwore", 2), None);
        assert_eq!(EntryHeader::decode(&bytes, *b"syncword", 3), None);
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        for bit in 0..ENTRY_HEADER * 8 {
            let mut bytes = header().encode(*b"syncword");
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(EntryHeader::decode(&bytes, *b"syncword", 2), None, "bit {bit}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused_with_the_right_checksum() {
        let wrong = [
            EntryHeader { records: 0, streams_at: 96, ..header() },
            EntryHeader { records: u32::MAX, ..header() },
            EntryHeader { table_at: 95, streams_at: 159, ..header() },
            EntryHeader { payload_bytes: 175, ..header() },
            EntryHeader { payload_bytes: MOST_PAYLOAD + 1, ..header() },
            EntryHeader { table_at: u32::MAX - 31, streams_at: 32, ..header() },
        ];
        for header in wrong {
            assert_eq!(EntryHeader::decode(&header.encode([0; 8]), [0; 8], 2), None, "{header:?}");
        }
    }
}
