//! With SSE2, which all x86-64 processors have.

use super::{LINE, PAIR};
use crate::arena::Line;
use crate::sync::AtomicU64;
use std::arch::asm;
use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_castps_si128, _mm_castsi128_ps, _mm_cmpeq_epi8, _mm_cmpeq_epi32, _mm_loadu_si128,
    _mm_movemask_epi8, _mm_packs_epi16, _mm_packs_epi32, _mm_set1_epi32, _mm_setzero_si128, _mm_shuffle_ps,
    _mm_storeu_si128,
};

/// Of two pairs of words, taken as four halves each, those in odd places: the upper halves.
const UPPER_HALVES: i32 = 0b11_01_11_01;

/// A bit for each place.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of the mask is zero")]
pub(super) fn places_of(line: &Line, wanted: u32, ignored: u32) -> u8 {
    let [a, b, c, d] = pairs(line);
    // SAFETY: SSE2 is part of x86-64.
    let found = unsafe {
        let wanted = _mm_set1_epi32(wanted.cast_signed());
        let compared = _mm_set1_epi32((!ignored).cast_signed());
        let are_wanted = |first, second| {
            let upper = _mm_shuffle_ps::<UPPER_HALVES>(_mm_castsi128_ps(first), _mm_castsi128_ps(second));
            _mm_cmpeq_epi32(_mm_and_si128(_mm_castps_si128(upper), compared), wanted)
        };
        let halves = _mm_packs_epi32(are_wanted(a, b), are_wanted(c, d));
        _mm_movemask_epi8(_mm_packs_epi16(halves, _mm_setzero_si128()))
    };
    found as u8
}

/// # Safety
/// There is room for a line, which need not be aligned.
#[inline(always)]
pub(super) unsafe fn copy(line: &Line, room: *mut u8) {
    for (n, pair) in pairs(line).into_iter().enumerate() {
        // SAFETY: as the caller says; SSE2 is part of x86-64.
        unsafe { _mm_storeu_si128(room.add(n * PAIR).cast(), pair) }
    }
}

#[inline(always)]
fn pairs(line: &Line) -> [__m128i; LINE / 2] {
    let (a, b, c, d);
    // SAFETY: it reads the 64 bytes that `line` lends. `pure` is left out: words change meanwhile.
    unsafe {
        asm!(
            "movdqu {a}, [{line}]", "movdqu {b}, [{line} + 16]",
            "movdqu {c}, [{line} + 32]", "movdqu {d}, [{line} + 48]",
            line = in(reg) line.as_ptr(),
            a = out(xmm_reg) a, b = out(xmm_reg) b, c = out(xmm_reg) c, d = out(xmm_reg) d,
            options(nostack, preserves_flags, readonly)
        );
    }
    [a, b, c, d]
}

#[inline(always)]
pub(super) fn is(pair: &[AtomicU64; 2], bytes: [u8; PAIR]) -> bool {
    let words: __m128i;
    // SAFETY: it reads the sixteen bytes that `pair` lends; `pure` is left out as in `pairs`. SSE2 is part of x86-64.
    unsafe {
        asm!("movdqu {}, [{}]", out(xmm_reg) words, in(reg) pair.as_ptr(), options(nostack, preserves_flags, readonly));
        let same = _mm_cmpeq_epi8(words, _mm_loadu_si128(bytes.as_ptr().cast()));
        _mm_movemask_epi8(same) == 0xffff
    }
}

#[inline(always)]
pub(super) fn store(line: &Line, bytes: &[u8; size_of::<Line>()]) {
    let (pairs, _) = bytes.as_chunks::<PAIR>();
    // SAFETY: it writes the 64 bytes that `line` lends: atomics, which change while they are lent. SSE2 is part of x86-64.
    unsafe {
        let pair = |n: usize| _mm_loadu_si128(pairs[n].as_ptr().cast());
        asm!(
            "movdqu [{line}], {a}", "movdqu [{line} + 16], {b}",
            "movdqu [{line} + 32], {c}", "movdqu [{line} + 48], {d}",
            line = in(reg) line.as_ptr(),
            a = in(xmm_reg) pair(0), b = in(xmm_reg) pair(1), c = in(xmm_reg) pair(2), d = in(xmm_reg) pair(3),
            options(nostack, preserves_flags)
        );
    }
}
