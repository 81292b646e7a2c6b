//! Newlines with AVX-512, a block at a time.

use crate::places::{BLOCK, Places};
use bytemuck::pod_read_unaligned;
use std::arch::x86_64::{_mm512_cmpeq_epi8_mask, _mm512_set1_epi8};

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
