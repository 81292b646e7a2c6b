//! The file's parts, as bytes; all numbers little-endian. Not for files.
//!
//! ```text
//! header   magic 8 │ version 4 │ length of the rest 4 │ written at, Unix ms 8 │ names 2 │ each name │ CRC32C 4
//! a name   length 2 │ UTF-8
//! block    length of the entries 4, never 0 │ entries 4 │ CRC32C 4 │ each entry
//! an entry its name's place 2 │ length of key 2 │ of value 4 │ expiry, Unix ms, or 0 8 │ key │ value
//! end      0 4 │ blocks 4 │ CRC32C 4 │ entries of all blocks 8
//! ```
//!
//! A header's checksum covers all before it, a block's and the end's all but itself. CRC32C (RFC 3720, appendix B.4)
//! finds what disks and torn writes do, and has an instruction on both processors. It is no proof against forgery: who
//! can write this file can as well write the agent's others.

/// Tells a snapshot from any other file. What is behind the name is changed by whatever takes a file for text.
pub(crate) const MAGIC: [u8; 8] = *b"LAstate\x9e";

/// Another one means that an older reader can't make sense of the file.
pub(crate) const VERSION: u32 = 1;

/// Magic, version, length.
pub(crate) const HEADER_START_BYTES: usize = 16;

/// 1,024 namespaces with the longest names that are registered take far less; what is longer is no header.
pub(crate) const MOST_HEADER_BYTES: usize = 1 << 20;

/// A block's head, and the end's.
pub(crate) const BLOCK_HEAD_BYTES: usize = 12;

/// A block of this size takes no entry more: large enough that its head is nothing, small enough for the reader's memory.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;

/// The longest block: one entry less than full, then the longest entry that a map can have (16 MiB), and some. What
/// claims to be longer is damaged, and no reason to ask for memory.
pub(crate) const MOST_BLOCK_BYTES: usize = 32 << 20;

/// A block's head: `length` of its entries in bytes, `entries`, and the checksum of both and `payload`.
pub(crate) fn block_head(length: u32, entries: u32, payload: &[u8]) -> [u8; BLOCK_HEAD_BYTES] {
    let mut head = [0; BLOCK_HEAD_BYTES];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4..8].copy_from_slice(&entries.to_le_bytes());
    let checksum = checksum(&head[..8], payload);
    head[8..].copy_from_slice(&checksum.to_le_bytes());
    head
}

/// The checksum of two runs, as if they were one.
pub(crate) fn checksum(start: &[u8], rest: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(start), rest)
}
