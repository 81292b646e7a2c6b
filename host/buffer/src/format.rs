//! How a buffer lies on the disk: the header of a segment, the header of an entry, the streams that an entry names.
//! All numbers are little-endian; checksums are CRC32C (RFC 3720, appendix B.4). Nothing here reads or writes a file,
//! and nothing that is read is believed before its checksum holds and its lengths fit.
//!
//! ```text
//! segment: header (64) · seal (64, zeros until the segment is complete) · entry · entry · …
//! entry:   header (96) · bodies and attributes · padding · descriptors (32 a record) · streams [· tag (16)]
//! ```

mod entry;
mod segment;
mod streams;

pub(crate) use entry::{DESCRIPTOR, ENTRY_HEADER, EntryHeader, NONCE, TAG};
pub(crate) use segment::{SEGMENT_HEADER, Seal, SegmentHeader};
pub(crate) use streams::{StreamSet, read_streams};

/// What the header of a segment and each of its entries begin with is random, so that a record which holds a copy of
/// an entry is not taken for one.
pub(crate) type Sync = [u8; 8];

fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a range of this length")
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(array(bytes, at))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(array(bytes, at))
}
