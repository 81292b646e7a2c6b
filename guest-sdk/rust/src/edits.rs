//! Edits, in the order that the contract wants.

use std::ops::Range;

use bytemuck::{Pod, Zeroable};

/// Which bytes of a record an edit replaces.
///
/// ```
/// use logagent_sdk::{Part, testing::once};
/// let outcome = once(["a"], |_, decisions| decisions.replace(0, Part::Attributes, 0..0, b"\x80"));
/// assert_eq!(outcome.attributes[0], b"\x80");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Part {
    /// The body.
    Body,
    /// The attributes: one MessagePack map, empty where there are none.
    Attributes,
}

/// Five numbers of the contract's flat list, whose order is that of edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Edit {
    pub(crate) index: u32,
    pub(crate) part: u32,
    pub(crate) at: u32,
    pub(crate) length: u32,
    pub(crate) patch_length: u32,
}

#[derive(Debug, Default)]
pub(crate) struct Edits {
    list: Vec<Edit>,
    /// First the bytes of all edits; what is behind them is nobody's.
    patch: Vec<u8>,
    patch_bytes: usize,
    is_unordered: bool,
    /// Edits, and where the bytes of each begin in `patch`; to put both in order.
    order: Vec<(Edit, usize)>,
    sorted: (Vec<Edit>, Vec<u8>),
}

/// What edits are put in order by. Insertions at one place stay in the order they were made in.
#[inline]
fn key(edit: &Edit) -> (u32, u32, u32, u32) {
    (edit.index, edit.part, edit.at, edit.length)
}

impl Edits {
    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.patch_bytes = 0;
        self.is_unordered = false;
    }

    pub(crate) fn patch(&mut self) -> &mut Vec<u8> {
        &mut self.patch
    }

    /// Inlined: the arguments are more than registers hold, and a guest's waits for those that come by the stack.
    #[inline]
    pub(crate) fn push(&mut self, index: usize, part: Part, range: Range<usize>, with: &[u8]) {
        // A filter that writes the bytes itself may have the buffer in hand.
        if !with.is_empty() {
            self.patch.truncate(self.patch_bytes);
            append(&mut self.patch, with);
        }
        self.push_written(index, part, range, with.len());
    }

    /// Adds an edit whose bytes are in the patch already, behind those of the edits before.
    #[inline]
    pub(crate) fn push_written(&mut self, index: usize, part: Part, range: Range<usize>, bytes: usize) {
        assert!(range.start <= range.end, "an edit ends before it begins");
        let edit = Edit {
            index: number(index),
            part: part as u32,
            at: number(range.start),
            length: number(range.len()),
            patch_length: number(bytes),
        };
        self.is_unordered |= self.list.last().is_some_and(|last| key(last) > key(&edit));
        self.patch_bytes += bytes;
        self.list.push(edit);
    }

    /// The edits in the contract's order, and their bytes in the same order.
    pub(crate) fn in_order(&mut self) -> (&[Edit], &[u8]) {
        assert!(self.patch_bytes <= self.patch.len(), "edits of bytes that were not written");
        if !self.is_unordered {
            return (&self.list, &self.patch[..self.patch_bytes]);
        }
        self.order.clear();
        let mut patch_at = 0;
        self.order.extend(self.list.iter().map(|&edit| {
            patch_at += edit.patch_length as usize;
            (edit, patch_at - edit.patch_length as usize)
        }));
        // Stable, for those insertions.
        self.order.sort_by_key(|(edit, _)| key(edit));
        let (list, patch) = &mut self.sorted;
        list.clear();
        patch.clear();
        for &(edit, at) in &self.order {
            list.push(edit);
            patch.extend_from_slice(&self.patch[at..][..edit.patch_length as usize]);
        }
        (list, patch)
    }
}

/// Appends bytes. A copy whose length the compiler doesn't know is a call of the host in a guest, and bytes added one by
/// one ask for room each: both cost more than to add whole chunks and take back what is too much.
#[inline]
fn append(patch: &mut Vec<u8>, with: &[u8]) {
    const SHORT: usize = 64;
    if with.len() > SHORT {
        patch.extend_from_slice(with);
        return;
    }
    let end = patch.len() + with.len();
    let (chunks, rest) = with.as_chunks::<CHUNK>();
    chunks.iter().for_each(|chunk| patch.extend_from_slice(chunk));
    patch.extend_from_slice(&padded(rest));
    patch.truncate(end);
}

/// What is copied at once.
const CHUNK: usize = 16;

/// Fewer bytes than a chunk as the beginning of one; what is behind them means nothing. Each half is put together of
/// two words that may share bytes, which needs no loop.
#[inline]
fn padded(bytes: &[u8]) -> [u8; CHUNK] {
    let length = bytes.len();
    let (low, high) = if let (Some(&first), Some(&last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // Of eight bytes the second half is none.
        (u64::from_le_bytes(first), u64::from_le_bytes(last) >> (8 * (CHUNK - length) % 64))
    } else if let (Some(&first), Some(&last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let [first, last] = [first, last].map(|word| u64::from(u32::from_le_bytes(word)));
        (first | last << (8 * (length - 4)), 0)
    } else {
        (bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)), 0)
    };
    bytemuck::cast([low.to_le(), high.to_le()])
}

/// A number for the contract. Panics beyond 32 bits: no batch is that large.
#[inline]
pub(crate) fn number(size: usize) -> u32 {
    u32::try_from(size).expect("a batch is smaller than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn bytes_are_appended_whole_whatever_their_number() {
        let with: Vec<u8> = (1..=100).collect();
        for length in 0..=with.len() {
            let mut patch = b"before".to_vec();
            append(&mut patch, &with[..length]);
            assert_eq!(patch, [b"before", &with[..length]].concat());
        }
    }
}
