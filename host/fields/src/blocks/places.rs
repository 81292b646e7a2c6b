//! From a block's bits to places, for kernels without an instruction for it.

use super::{BLOCK, SPARE};

/// Writes the places of the bits: eight for each byte of them, whatever it has, of which the next byte's overwrite those
/// too many. A loop over the bits would be less work, were its end not so hard to foretell.
#[inline(always)]
pub(super) fn write(bits: u64, base: u32, places: &mut [u32; BLOCK + SPARE]) -> usize {
    let (mut base, mut count) = (base, 0);
    for byte in 0..8 {
        let byte = (bits >> (byte * 8) & 0xff) as usize;
        places[count..][..8].copy_from_slice(&BITS[byte].map(|bit| base.wrapping_add(bit)));
        count += byte.count_ones() as usize;
        base = base.wrapping_add(8);
    }
    count
}

/// For each byte its bits' numbers, ascending; behind them zeros.
static BITS: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][count] = bit;
                count += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};
