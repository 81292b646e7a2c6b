//! The classes on any machine. The comparisons of a block are plain loops, which compilers turn into vectors.

use super::class::Class;
use super::{BLOCK_BYTES, LOOKAHEAD};

/// Writes a word for each whole block of the window.
pub(crate) fn classify(class: Class, window: &[u8], words: &mut [u64]) {
    match class {
        Class::At => each(window, words, |b, _, _, _| b == b'@'),
        Class::Digit => each(window, words, |b, _, _, _| b.wrapping_sub(b'0') <= 9),
        Class::Zero => each(window, words, |b, _, _, _| b == b'0'),
        Class::Letter => each(window, words, |b, _, _, _| lower(b).wrapping_sub(b'a') <= 25),
        Class::HexLetter => each(window, words, |b, _, _, _| lower(b).wrapping_sub(b'a') <= 5),
        Class::Gap => each(window, words, |b, _, _, _| (b == b' ') | (b == b'-')),
        Class::Dash => each(window, words, |b, _, _, _| b.wrapping_sub(b'-') <= 2),
        Class::Close => each(window, words, |b, _, _, _| b == b')'),
        Class::Dot => each(window, words, |b, _, _, _| b == b'.'),
        Class::Colon => each(window, words, |b, _, _, _| b == b':'),
        Class::Plus => each(window, words, |b, _, _, _| b == b'+'),
        Class::JwtHead => each(window, words, |b, c, _, _| (b == b'y') & (c == b'J')),
        Class::AwsName => each(window, words, |b, c, d, e| {
            let id = (b == b'A') & (e == b'A');
            id | (lower(b) == b's') & (lower(c) == b's') & ((lower(d) == b'k') | (lower(e) == b'k'))
        }),
        Class::Bearer => {
            each(window, words, |b, c, d, e| (lower(b) == b'r') & (lower(c) == b'e') & (lower(d) == b'r') & (e == b' '))
        }
    }
}

#[inline]
fn each(window: &[u8], words: &mut [u64], is: impl Fn(u8, u8, u8, u8) -> bool) {
    let blocks = (window.len() - LOOKAHEAD) / BLOCK_BYTES;
    for (block, word) in words[..blocks].iter_mut().enumerate() {
        let bytes = &window[block * BLOCK_BYTES..][..BLOCK_BYTES + LOOKAHEAD];
        let mut flags = [0; BLOCK_BYTES];
        for (at, flag) in flags.iter_mut().enumerate() {
            *flag = u8::from(is(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]));
        }
        *word = packed(&flags);
    }
}

/// A bit for each flag, which is 0 or 1.
fn packed(flags: &[u8; BLOCK_BYTES]) -> u64 {
    /// Its product brings the eight flags of a word, byte by byte, to the eight highest bits.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |word, eight| word << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
}

fn lower(byte: u8) -> u8 {
    byte | 0x20
}
