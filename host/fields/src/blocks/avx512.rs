//! The kernel for x86-64 with AVX-512 and its VBMI2, which writes the places of sixteen bits at once.

use super::avx2::{prefix_xor, rare};
use super::{BLOCK, Blocks, Masks, SPARE, STRUCTURE};
use bytemuck::cast;
use std::arch::x86_64::*;

/// Whether the CPU has what [`index`] is compiled for.
pub(super) fn is_supported() -> bool {
    super::avx2::is_supported()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
}

#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,pclmulqdq,popcnt")]
pub(super) fn index(blocks: &mut Blocks<'_>, bytes: usize, places: &mut [u32]) -> usize {
    let write = |bits, base, places: &mut _| write(bits, base, places);
    blocks.index_by(bytes, places, |block| plain(block), |block| rare(block), |bits| prefix_xor(bits), write)
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn plain(block: &[u8; BLOCK]) -> Option<Masks> {
    let block = load(block);
    let equal = |byte: u8| _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(byte.cast_signed()));
    // As signed numbers, bytes above 0x7f are below 0x20, too.
    if _mm512_cmplt_epi8_mask(block, _mm512_set1_epi8(0x20)) | equal(b'\\') != 0 {
        return None;
    }
    let table = _mm512_broadcast_i32x4(cast(STRUCTURE));
    let curly = _mm512_or_si512(block, _mm512_set1_epi8(0x20));
    let structure = _mm512_cmpeq_epi8_mask(curly, _mm512_shuffle_epi8(table, block));
    Some(Masks { quote: equal(b'"'), blank: equal(b' '), structure })
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; BLOCK]) -> __m512i {
    let [low, high]: [__m256i; 2] = cast(*block);
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

#[inline]
#[target_feature(enable = "avx512f,avx512vbmi2,popcnt")]
fn write(bits: u64, base: u32, places: &mut [u32; BLOCK + SPARE]) -> usize {
    let count = bits.count_ones() as usize;
    let mut bytes = _mm512_maskz_compress_epi8(bits, load(&NUMBERS));
    let base = _mm512_set1_epi32(base.cast_signed());
    let mut at = 0;
    loop {
        let wide = _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(bytes)));
        let halves = [_mm512_castsi512_si256(wide), _mm512_extracti64x4_epi64::<1>(wide)];
        places[at..][..16].copy_from_slice(&cast::<_, [u32; 16]>(halves));
        at += 16;
        if at >= count {
            return count;
        }
        bytes = _mm512_alignr_epi32::<4>(bytes, bytes);
    }
}

const NUMBERS: [u8; BLOCK] = {
    let mut numbers = [0; BLOCK];
    let mut number = 0;
    while number < 64 {
        numbers[number as usize] = number;
        number += 1;
    }
    numbers
};
