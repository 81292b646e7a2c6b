//! What goes over from block to block, and where a block's tokens begin by it.

use super::Masks;

/// What is open at a block's end.
#[derive(Clone, Copy, Default)]
pub(super) struct Open {
    /// All ones while a string is.
    pub(super) in_string: u64,
    /// 1 where the next byte is escaped.
    pub(super) escaped: u64,
    /// 1 where the last byte belongs to a number, a literal, or nothing that JSON knows.
    in_scalar: u64,
}

impl Open {
    /// Where tokens begin in a block without rare bytes.
    #[inline(always)]
    pub(super) fn plain(&mut self, masks: Masks, prefix_xor: impl Fn(u64) -> u64) -> u64 {
        let quotes = masks.quote & !std::mem::take(&mut self.escaped);
        let in_string = prefix_xor(quotes) ^ self.in_string;
        self.tokens(masks, quotes, in_string)
    }

    /// `in_string` is from each opening quote to the byte before the closing one.
    #[inline(always)]
    pub(super) fn tokens(&mut self, masks: Masks, quotes: u64, in_string: u64) -> u64 {
        let Masks { blank, structure, .. } = masks;
        self.in_string = 0_u64.wrapping_sub(in_string >> 63);
        let scalar = !(structure | blank | in_string | quotes);
        let starts = scalar & !(scalar << 1 | self.in_scalar);
        self.in_scalar = scalar >> 63;
        structure & !in_string | quotes & in_string | starts
    }
}
