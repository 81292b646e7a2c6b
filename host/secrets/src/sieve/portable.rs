//! The classes on any machine. The comparisons of a block are plain loops, which compilers turn into vectors.

use super::BLOCK_BYTES;
use super::class::{Class, Rows};

/// Writes the rows of these classes: a word for each block of the window.
pub(crate) fn classify(needed: &[Class], window: &[u8], rows: &mut Rows) {
    for &class in needed {
        read(class, window, rows[class as usize].words_mut());
    }
}

/// A loop for each class, since one that asks what its class is would be no vectors.
macro_rules! read_each {
    ($class:ident, $window:ident, $words:ident: $($name:ident)*) => {
        match $class {
            $(Class::$name => each($window, $words, |byte| Class::$name.has(byte)),)*
        }
    };
}

fn read(class: Class, window: &[u8], words: &mut [u64]) {
    read_each!(class, window, words: At Digit Gap Dot Colon HexLetter Letter Zero Plus Dash Close CapitalA CapitalJ K R S);
}

#[inline]
fn each(window: &[u8], words: &mut [u64], has: impl Fn(u8) -> bool) {
    let (blocks, _) = window.as_chunks::<BLOCK_BYTES>();
    for (block, word) in blocks.iter().zip(words) {
        let mut flags = [0; BLOCK_BYTES];
        for (flag, &byte) in flags.iter_mut().zip(block) {
            *flag = u8::from(has(byte));
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
