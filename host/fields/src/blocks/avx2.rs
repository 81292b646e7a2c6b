//! The kernel for x86-64 with AVX2. Bytes are classified by a shuffle on their low nibble, and strings found by a
//! carry-less multiplication, as in the paper that the crate's header names.

use super::{BLOCK, Blocks, Masks, Rare, STRUCTURE};
use bytemuck::cast;
use std::arch::x86_64::*;

/// At each low nibble the blank that has it, else a byte that nothing which looks it up equals.
const BLANKS: [u8; 16] = [b' ', 0, 0, 0, 0, 0, 0, 0, 0, b'\t', b'\n', 0, 0, b'\r', 0, 0];

/// Whether the CPU has what [`index`] is compiled for.
pub(super) fn is_supported() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("pclmulqdq")
        && is_x86_feature_detected!("popcnt")
}

#[target_feature(enable = "avx2,bmi1,bmi2,pclmulqdq,popcnt")]
pub(super) fn index(blocks: &mut Blocks<'_>, bytes: usize, places: &mut [u32]) -> usize {
    blocks.index_by(
        bytes,
        places,
        |block| plain(block),
        |block| rare(block),
        |bits| prefix_xor(bits),
        super::places::write,
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn plain(block: &[u8; BLOCK]) -> Option<Masks> {
    let halves: [__m256i; 2] = cast(*block);
    // As signed numbers, bytes above 0x7f are below 0x20, too.
    let [low, high] =
        halves.map(|half| _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), half), equal(half, b'\\')));
    if _mm256_movemask_epi8(_mm256_or_si256(low, high)) != 0 {
        return None;
    }
    Some(Masks {
        quote: mask(halves.map(|half| equal(half, b'"'))),
        blank: mask(halves.map(|half| equal(half, b' '))),
        structure: mask(halves.map(|half| structure(half))),
    })
}

/// Not inlined: its calls and its registers would cost the common path more than the call of it.
#[inline(never)]
#[target_feature(enable = "avx2")]
pub(super) fn rare(block: &[u8; BLOCK]) -> Rare {
    let halves: [__m256i; 2] = cast(*block);
    let control = mask(halves.map(|half| _mm256_cmpeq_epi8(half, _mm256_min_epu8(half, _mm256_set1_epi8(0x1f)))));
    Rare {
        masks: Masks {
            quote: mask(halves.map(|half| equal(half, b'"'))),
            blank: mask(halves.map(|half| _mm256_cmpeq_epi8(half, _mm256_shuffle_epi8(table(BLANKS), half)))),
            structure: mask(halves.map(|half| structure(half))) & !control,
        },
        backslash: mask(halves.map(|half| equal(half, b'\\'))),
        control,
        high: mask(halves),
    }
}

/// Finds `{}[]:,` and some control characters.
#[inline]
#[target_feature(enable = "avx2")]
fn structure(half: __m256i) -> __m256i {
    let curly = _mm256_or_si256(half, _mm256_set1_epi8(0x20));
    _mm256_cmpeq_epi8(curly, _mm256_shuffle_epi8(table(STRUCTURE), half))
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(half: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(half, _mm256_set1_epi8(byte.cast_signed()))
}

#[inline]
#[target_feature(enable = "avx2")]
fn table(bytes: [u8; 16]) -> __m256i {
    _mm256_broadcastsi128_si256(cast(bytes))
}

/// The highest bits of all bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn mask([low, high]: [__m256i; 2]) -> u64 {
    let [low, high] = [low, high].map(|half| u64::from(_mm256_movemask_epi8(half).cast_unsigned()));
    low | high << 32
}

/// Each bit becomes the parity of itself and all below.
#[inline]
#[target_feature(enable = "pclmulqdq")]
pub(super) fn prefix_xor(bits: u64) -> u64 {
    let product = _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}
