//! The bytes of a name in a form that is compared at once. Not for what a name means.

/// What tells nearly all names apart: the length, the first eight bytes and the last; all of a name of up to sixteen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) length: usize,
    first: u64,
    last: u64,
}

/// A name as it stands before its value where nothing needs an escape and no blank is written: `"name":`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    bytes: u128,
    /// Ones where the bytes are; none where they are too many, or escaped: no text is like `bytes` then.
    mask: u128,
    length: usize,
}

impl Head {
    pub(super) fn of(name: &[u8]) -> Self {
        let head = [b"\"", name, b"\":"].concat();
        let (mut bytes, mut mask, length) = ([0xff; 16], [0; 16], head.len());
        if length <= bytes.len() && !name.iter().any(|byte| matches!(byte, b'"' | b'\\')) {
            bytes = [0; 16];
            bytes[..length].copy_from_slice(&head);
            mask[..length].fill(0xff);
        }
        Self { bytes: u128::from_le_bytes(bytes), mask: u128::from_le_bytes(mask), length }
    }

    #[inline]
    pub(super) fn is(&self, text: u128, length: usize) -> bool {
        self.length == length && text & self.mask == self.bytes
    }
}

impl Mark {
    #[inline]
    pub(super) fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (first, last) = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => (short(text), 0),
        };
        Self { length, first, last }
    }

    #[inline]
    pub(super) fn hash(self) -> usize {
        const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(FACTOR);
        (mixed >> 40) as usize
    }
}

/// All of up to seven bytes.
#[inline]
fn short(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32,
        _ => text.iter().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}
