//! The classes with AVX2, 32 bytes at a time: the same answers as `portable`, which a test compares.

use super::class::Class;
use super::{BLOCK_BYTES, LOOKAHEAD};
use bytemuck::pod_read_unaligned;
use std::arch::x86_64::{
    __m256i, _mm256_and_si256 as and, _mm256_cmpeq_epi8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256 as or,
    _mm256_set1_epi8, _mm256_sub_epi8,
};

/// Writes a word for each whole block of the window.
#[target_feature(enable = "avx2")]
pub(crate) fn classify(class: Class, window: &[u8], words: &mut [u64]) {
    match class {
        Class::At => each(window, words, |v| is(v.at(0), b'@')),
        Class::Digit => each(window, words, |v| within(v.at(0), b'0', b'9')),
        Class::Zero => each(window, words, |v| is(v.at(0), b'0')),
        Class::Letter => each(window, words, |v| within(lower(v.at(0)), b'a', b'z')),
        Class::HexLetter => each(window, words, |v| within(lower(v.at(0)), b'a', b'f')),
        Class::Gap => each(window, words, |v| or(is(v.at(0), b' '), is(v.at(0), b'-'))),
        Class::Dash => each(window, words, |v| within(v.at(0), b'-', b'/')),
        Class::Close => each(window, words, |v| is(v.at(0), b')')),
        Class::Dot => each(window, words, |v| is(v.at(0), b'.')),
        Class::Colon => each(window, words, |v| is(v.at(0), b':')),
        Class::Plus => each(window, words, |v| is(v.at(0), b'+')),
        Class::JwtHead => each(window, words, |v| and(is(v.at(0), b'y'), is(v.at(1), b'J'))),
        Class::AwsName => each(window, words, |v| {
            let [b, c, d, e] = [lower(v.at(0)), lower(v.at(1)), lower(v.at(2)), lower(v.at(3))];
            let name = and(and(is(b, b's'), is(c, b's')), or(is(d, b'k'), is(e, b'k')));
            or(name, and(is(v.at(0), b'A'), is(v.at(3), b'A')))
        }),
        Class::Bearer => each(window, words, |v| {
            let [b, c, d] = [lower(v.at(0)), lower(v.at(1)), lower(v.at(2))];
            and(and(is(b, b'r'), is(c, b'e')), and(is(d, b'r'), is(v.at(3), b' ')))
        }),
    }
}

/// Half a block and the bytes behind it.
#[derive(Clone, Copy)]
struct Half<'a>(&'a [u8; HALF_BYTES + LOOKAHEAD]);

const HALF_BYTES: usize = BLOCK_BYTES / 2;

impl Half<'_> {
    /// The bytes that lie so far behind the half's.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn at(self, offset: usize) -> __m256i {
        pod_read_unaligned(&self.0[offset..offset + HALF_BYTES])
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn each(window: &[u8], words: &mut [u64], class: impl Fn(Half<'_>) -> __m256i) {
    let blocks = (window.len() - LOOKAHEAD) / BLOCK_BYTES;
    for (block, word) in words[..blocks].iter_mut().enumerate() {
        let bytes = &window[block * BLOCK_BYTES..][..BLOCK_BYTES + LOOKAHEAD];
        let (Some(low), Some(high)) = (bytes.first_chunk(), bytes[HALF_BYTES..].first_chunk()) else { return };
        *word = u64::from(bits(class(Half(low)))) | u64::from(bits(class(Half(high)))) << HALF_BYTES;
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
