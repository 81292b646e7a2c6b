//! The classes with AVX2, 32 bytes at a time: the same answers as `portable`, which a test compares.

use super::BLOCK_BYTES;
use super::class::{Class, Rows};
use bytemuck::pod_read_unaligned;
use std::arch::x86_64::{
    __m256i, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256 as or, _mm256_set1_epi8,
    _mm256_sub_epi8,
};

/// Writes the rows of these classes: a word for each block of the window.
#[target_feature(enable = "avx2")]
pub(crate) fn classify(needed: &[Class], window: &[u8], rows: &mut Rows) {
    for &class in needed {
        read(class, window, rows[class as usize].words_mut());
    }
}

#[target_feature(enable = "avx2")]
fn read(class: Class, window: &[u8], words: &mut [u64]) {
    match class {
        Class::At => each(window, words, |v| is(v, b'@')),
        Class::Digit => each(window, words, |v| within(v, b'0', b'9')),
        Class::Gap => each(window, words, |v| or(is(v, b' '), is(v, b'-'))),
        Class::Dot => each(window, words, |v| is(v, b'.')),
        Class::Colon => each(window, words, |v| is(v, b':')),
        Class::HexLetter => each(window, words, |v| within(lower(v), b'a', b'f')),
        Class::Letter => each(window, words, |v| within(lower(v), b'a', b'z')),
        Class::Zero => each(window, words, |v| is(v, b'0')),
        Class::Plus => each(window, words, |v| is(v, b'+')),
        Class::Dash => each(window, words, |v| within(v, b'-', b'/')),
        Class::Close => each(window, words, |v| is(v, b')')),
        Class::CapitalA => each(window, words, |v| is(v, b'A')),
        Class::CapitalJ => each(window, words, |v| is(v, b'J')),
        Class::K => each(window, words, |v| is(lower(v), b'k')),
        Class::R => each(window, words, |v| is(lower(v), b'r')),
        Class::S => each(window, words, |v| is(lower(v), b's')),
    }
}

const HALF_BYTES: usize = BLOCK_BYTES / 2;

#[inline]
#[target_feature(enable = "avx2")]
fn each(window: &[u8], words: &mut [u64], class: impl Fn(__m256i) -> __m256i) {
    let (blocks, _) = window.as_chunks::<BLOCK_BYTES>();
    for (block, word) in blocks.iter().zip(words) {
        let (low, high) = block.split_at(HALF_BYTES);
        let [low, high] = [bits(class(pod_read_unaligned(low))), bits(class(pod_read_unaligned(high)))];
        *word = u64::from(low) | u64::from(high) << HALF_BYTES;
    }
}

/// The highest bit of each byte.
#[inline]
#[target_feature(enable = "avx2")]
fn bits(mask: __m256i) -> u32 {
    _mm256_movemask_epi8(mask).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn all(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn is(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, all(byte))
}

#[inline]
#[target_feature(enable = "avx2")]
fn within(bytes: __m256i, first: u8, last: u8) -> __m256i {
    let above = _mm256_sub_epi8(bytes, all(first));
    _mm256_cmpeq_epi8(_mm256_min_epu8(above, all(last - first)), above)
}

/// Capital letters made small; other bytes may become letters only from `@`, `[` to `_`, none of which does.
#[inline]
#[target_feature(enable = "avx2")]
fn lower(bytes: __m256i) -> __m256i {
    or(bytes, all(0x20))
}
