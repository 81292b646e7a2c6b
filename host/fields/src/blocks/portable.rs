//! The kernel for every machine: a table names each byte's classes, one bit each, and the bits of eight bytes are
//! gathered by a multiplication.

use super::{BLOCK, Blocks, Masks, Rare};

const QUOTE: u32 = 0;
const BLANK: u32 = 1;
const STRUCTURE: u32 = 2;
const BACKSLASH: u32 = 3;
const CONTROL: u32 = 4;
const HIGH: u32 = 5;

/// The classes of rare bytes, in each of eight bytes.
const RARE: u64 = u64::from_le_bytes([1 << BACKSLASH | 1 << CONTROL | 1 << HIGH; 8]);

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0_u8;
    loop {
        classes[byte as usize] = classify(byte);
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};

const fn classify(byte: u8) -> u8 {
    match byte {
        b'"' => 1 << QUOTE,
        b' ' => 1 << BLANK,
        b'{' | b'}' | b'[' | b']' | b':' | b',' => 1 << STRUCTURE,
        b'\\' => 1 << BACKSLASH,
        b'\t' | b'\n' | b'\r' => 1 << CONTROL | 1 << BLANK,
        ..0x20 => 1 << CONTROL,
        0x80.. => 1 << HIGH,
        _ => 0,
    }
}

pub(super) fn index(blocks: &mut Blocks<'_>, bytes: usize, places: &mut [u32]) -> usize {
    blocks.index_by(bytes, places, plain, rare, prefix_xor, super::places::write)
}

#[inline]
fn plain(block: &[u8; BLOCK]) -> Option<Masks> {
    let classes = classes(block);
    classes.iter().all(|eight| eight & RARE == 0).then(|| masks(&classes))
}

fn rare(block: &[u8; BLOCK]) -> Rare {
    let classes = classes(block);
    let [backslash, control, high] = [BACKSLASH, CONTROL, HIGH].map(|class| mask(&classes, class));
    Rare { masks: masks(&classes), backslash, control, high }
}

#[inline]
fn masks(classes: &[u64; 8]) -> Masks {
    let [quote, blank, structure] = [QUOTE, BLANK, STRUCTURE].map(|class| mask(classes, class));
    Masks { quote, blank, structure }
}

/// Each byte's classes, eight in a number.
#[inline]
fn classes(block: &[u8; BLOCK]) -> [u64; 8] {
    let eights: [[u8; 8]; 8] = bytemuck::cast(*block);
    eights.map(|eight| u64::from_le_bytes(eight.map(|byte| CLASSES[usize::from(byte)])))
}

#[inline]
fn mask(classes: &[u64; 8], class: u32) -> u64 {
    u64::from_le_bytes(classes.map(|eight| gather(eight >> class)))
}

/// The lowest bits of the eight bytes, as one byte: the factor moves the bit of byte i to bit 56 + i, and no two sums
/// meet.
#[inline]
fn gather(bytes: u64) -> u8 {
    let [.., top] = ((bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080)).to_le_bytes();
    top
}

/// Each bit becomes the parity of itself and all below.
#[inline]
pub(super) fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
