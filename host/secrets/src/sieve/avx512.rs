//! The classes with AVX-512BW, a block at a time, whose comparisons answer in words at once: the same answers as
//! `portable`, which a test compares.

use super::class::Class;
use super::{BLOCK_BYTES, LOOKAHEAD};
use bytemuck::pod_read_unaligned;
use std::arch::x86_64::{
    __m512i, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask, _mm512_or_si512, _mm512_set1_epi8, _mm512_sub_epi8,
};

/// Writes a word for each whole block of the window.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
pub(crate) fn classify(class: Class, window: &[u8], words: &mut [u64]) {
    match class {
        Class::At => each(window, words, |v| is(v.at(0), b'@')),
        Class::Digit => each(window, words, |v| within(v.at(0), b'0', b'9')),
        Class::Zero => each(window, words, |v| is(v.at(0), b'0')),
        Class::Letter => each(window, words, |v| within(lower(v.at(0)), b'a', b'z')),
        Class::HexLetter => each(window, words, |v| within(lower(v.at(0)), b'a', b'f')),
        Class::Gap => each(window, words, |v| is(v.at(0), b' ') | is(v.at(0), b'-')),
        Class::Dash => each(window, words, |v| within(v.at(0), b'-', b'/')),
        Class::Close => each(window, words, |v| is(v.at(0), b')')),
        Class::Dot => each(window, words, |v| is(v.at(0), b'.')),
        Class::Colon => each(window, words, |v| is(v.at(0), b':')),
        Class::Plus => each(window, words, |v| is(v.at(0), b'+')),
        Class::JwtHead => each(window, words, |v| is(v.at(0), b'y') & is(v.at(1), b'J')),
        Class::AwsName => each(window, words, |v| {
            let [b, c, d, e] = [lower(v.at(0)), lower(v.at(1)), lower(v.at(2)), lower(v.at(3))];
            let name = is(b, b's') & is(c, b's') & (is(d, b'k') | is(e, b'k'));
            name | is(v.at(0), b'A') & is(v.at(3), b'A')
        }),
        Class::Bearer => each(window, words, |v| {
            let [b, c, d] = [lower(v.at(0)), lower(v.at(1)), lower(v.at(2))];
            is(b, b'r') & is(c, b'e') & is(d, b'r') & is(v.at(3), b' ')
        }),
    }
}

/// A block and the bytes behind it.
#[derive(Clone, Copy)]
struct Block<'a>(&'a [u8; BLOCK_BYTES + LOOKAHEAD]);

impl Block<'_> {
    /// The bytes that lie so far behind the block's.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn at(self, offset: usize) -> __m512i {
        pod_read_unaligned(&self.0[offset..offset + BLOCK_BYTES])
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn each(window: &[u8], words: &mut [u64], class: impl Fn(Block<'_>) -> u64) {
    let blocks = (window.len() - LOOKAHEAD) / BLOCK_BYTES;
    for (block, word) in words[..blocks].iter_mut().enumerate() {
        let Some(bytes) = window[block * BLOCK_BYTES..].first_chunk() else { return };
        *word = class(Block(bytes));
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn all(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn is(bytes: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(bytes, all(byte))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn within(bytes: __m512i, first: u8, last: u8) -> u64 {
    _mm512_cmple_epu8_mask(_mm512_sub_epi8(bytes, all(first)), all(last - first))
}

/// Capital letters made small; other bytes may become letters only from `@` and `[` to `_`, none of which does.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn lower(bytes: __m512i) -> __m512i {
    _mm512_or_si512(bytes, all(0x20))
}
