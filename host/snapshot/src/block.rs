//! One shard's entries as blocks in one buffer. Not for files.

use crate::format::{BLOCK_BYTES, BLOCK_HEAD_BYTES, block_head};
use logagent_state::{Entry, Expiry};

/// Blocks that are being filled; the buffer is reused from shard to shard.
///
/// It grows to the largest shard. To write a full buffer while a shard is gone through would keep a smaller one, but the
/// shard's lock, and with it lanes, for as long as the disk takes.
#[derive(Default)]
pub(crate) struct Blocks {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

/// A block in the buffer.
struct Part {
    start: usize,
    entries: u32,
}

/// A namespace's number in a file.
pub(crate) type Number = u16;

impl Blocks {
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.parts.clear();
    }

    /// Adds an entry, of the namespace that has this number in the file.
    pub(crate) fn push(&mut self, number: Number, entry: &Entry<'_>) {
        let length = |bytes: &[u8]| u32::try_from(bytes.len()).ok();
        let key_bytes = u16::try_from(entry.key.len()).ok();
        // A map has no longer ones.
        let (Some(key_bytes), Some(value_bytes)) = (key_bytes, length(entry.value)) else { return };
        let expiry = match entry.expiry {
            Expiry::Never => 0,
            Expiry::At(at) => at.0,
        };
        self.part().entries += 1;
        self.bytes.extend_from_slice(&number.to_le_bytes());
        self.bytes.extend_from_slice(&key_bytes.to_le_bytes());
        self.bytes.extend_from_slice(&value_bytes.to_le_bytes());
        self.bytes.extend_from_slice(&expiry.to_le_bytes());
        self.bytes.extend_from_slice(entry.key);
        self.bytes.extend_from_slice(entry.value);
    }

    /// The block that takes the next entry.
    fn part(&mut self) -> &mut Part {
        let is_full = self.parts.last().is_none_or(|last| self.bytes.len() - last.start >= BLOCK_BYTES);
        if is_full {
            self.parts.push(Part { start: self.bytes.len(), entries: 0 });
            self.bytes.extend_from_slice(&[0; BLOCK_HEAD_BYTES]);
        }
        let last = self.parts.len() - 1;
        &mut self.parts[last]
    }

    /// Fills the heads in; what there is to write, with the numbers of blocks and entries. Checksums take their time: not
    /// for under a lock.
    pub(crate) fn seal(&mut self) -> (&[u8], u32, u64) {
        let mut end = self.bytes.len();
        for part in self.parts.iter().rev() {
            let (head, payload) = self.bytes[part.start..end].split_at_mut(BLOCK_HEAD_BYTES);
            // A block is not much longer than `BLOCK_BYTES` and one value, whose length has 24 bits.
            let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
            head.copy_from_slice(&block_head(length, part.entries, payload));
            end = part.start;
        }
        let entries = self.parts.iter().map(|part| u64::from(part.entries)).sum();
        (&self.bytes, u32::try_from(self.parts.len()).unwrap_or(u32::MAX), entries)
    }
}
