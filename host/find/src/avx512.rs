//! What is found with AVX-512, a block at a time. The last block begins before its first new byte where it must.

use crate::literal::{Byte, Literal};
use crate::places::{BLOCK, Places};
use bytemuck::pod_read_unaligned;
use std::arch::x86_64::{__m512i, _mm512_cmpeq_epi8_mask, _mm512_mask_cmpeq_epi8_mask, _mm512_set1_epi8};

/// Whether this machine has what is used here.
pub(crate) fn is_there() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("popcnt")
}

/// The newlines from `from` on; answers how far it has come.
#[target_feature(enable = "avx512f,avx512bw,bmi1,popcnt")]
pub(crate) fn newlines(bytes: &[u8], from: usize, places: &mut Places) -> usize {
    let newline = _mm512_set1_epi8(b'\n'.cast_signed());
    let (blocks, rest) = bytes[from..].as_chunks::<BLOCK>();
    let mut at = from;
    for block in blocks {
        places.push_block(at, _mm512_cmpeq_epi8_mask(pod_read_unaligned(block), newline));
        at += BLOCK;
        if places.is_full() {
            return at;
        }
    }
    let mut last = [0; BLOCK];
    last[..rest.len()].copy_from_slice(rest);
    places.push_block(at, _mm512_cmpeq_epi8_mask(pod_read_unaligned(&last), newline));
    bytes.len()
}

/// Where the literal's two bytes are as far apart as in it, in a range of where it may begin; answers how far it has
/// come. There are more bytes than a block and the literal.
#[target_feature(enable = "avx512f,avx512bw,bmi1,popcnt")]
pub(crate) fn pairs(literal: &Literal, bytes: &[u8], [from, end]: [usize; 2], places: &mut Places) -> usize {
    let [first, second] = literal.pair.map(|Byte { byte, .. }| _mm512_set1_epi8(byte.cast_signed()));
    let [ahead, beside] = literal.pair.map(|Byte { offset, .. }| offset);
    let last = bytes.len() - BLOCK - ahead.max(beside);
    let mut at = from;
    while at < end {
        let start = at.min(last);
        let is_first = _mm512_cmpeq_epi8_mask(load(bytes, start + ahead), first);
        let is_both = _mm512_mask_cmpeq_epi8_mask(is_first, load(bytes, start + beside), second);
        places.push_block(at, is_both >> (at - start));
        at = start + BLOCK;
        if places.is_full() {
            break;
        }
    }
    at
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8], at: usize) -> __m512i {
    pod_read_unaligned(&bytes[at..at + BLOCK])
}
