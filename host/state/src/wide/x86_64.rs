//! With SSE2, which all x86-64 processors have.

use super::{LINE, PAIR, WORD};
use crate::arena::Line;
use crate::sync::{AtomicU64, Ordering, fence};
use std::arch::asm;
use std::arch::x86_64::{
    __m128i, _mm_and_si128, _mm_castps_si128, _mm_castsi128_ps, _mm_cmpeq_epi8, _mm_cmpeq_epi32, _mm_cvtsi64_si128,
    _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_packs_epi16, _mm_packs_epi32, _mm_set_epi64x, _mm_set1_epi32,
    _mm_setzero_si128, _mm_shuffle_ps, _mm_storeu_si128, _mm_unpacklo_epi64, _mm_xor_si128,
};

/// Of two pairs of words, taken as four halves each, those in odd places: the upper halves.
const UPPER_HALVES: i32 = 0b11_01_11_01;

/// A bit for each place.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, reason = "the upper half of the mask is zero")]
pub(super) fn places_of(line: &Line, wanted: u64, ignored: u32) -> u8 {
    let [a, b, c, d] = pairs(line);
    // SAFETY: SSE2 is part of x86-64.
    let found = unsafe {
        let compared = _mm_set1_epi32((!ignored).cast_signed());
        let wanted = _mm_and_si128(upper_half(wanted), compared);
        let are_wanted = |first, second| {
            let upper = _mm_shuffle_ps::<UPPER_HALVES>(_mm_castsi128_ps(first), _mm_castsi128_ps(second));
            _mm_cmpeq_epi32(_mm_and_si128(_mm_castps_si128(upper), compared), wanted)
        };
        let halves = _mm_packs_epi32(are_wanted(a, b), are_wanted(c, d));
        _mm_movemask_epi8(_mm_packs_epi16(halves, _mm_setzero_si128()))
    };
    found as u8
}

/// The word's upper half in all four places. Written out, since compilers would mask the word beforehand, in another of
/// the registers for numbers.
#[inline(always)]
fn upper_half(word: u64) -> __m128i {
    let halves;
    // SAFETY: it touches no memory; SSE2 is part of x86-64.
    unsafe {
        asm!(
            "movq {halves}, {word}", "pshufd {halves}, {halves}, {upper}",
            word = in(reg) word, halves = lateout(xmm_reg) halves, upper = const 0b01_01_01_01,
            options(nomem, nostack, preserves_flags, pure)
        );
    }
    halves
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

/// Two words.
#[derive(Clone, Copy)]
pub(crate) struct Pair(__m128i);

impl Pair {
    #[inline(always)]
    pub(crate) fn new(first: u64, second: u64) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_set_epi64x(second.cast_signed(), first.cast_signed()) })
    }

    #[inline(always)]
    pub(crate) fn of(bytes: &[u8; PAIR]) -> Self {
        // SAFETY: it reads the sixteen bytes; SSE2 is part of x86-64.
        Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
    }

    /// Two words, the one from `AT` on first or last.
    #[inline(always)]
    pub(crate) fn at<const AT: usize, const WORDS: usize>(words: &[AtomicU64; WORDS]) -> Self {
        const { assert!(AT + 2 <= WORDS, "both are among the words") };
        let pair;
        // SAFETY: it reads sixteen bytes of those that `words` lends; `pure` is left out as in `pairs`.
        unsafe {
            asm!(
                "movdqu {pair}, [{words} + {offset}]",
                words = in(reg) words.as_ptr(), offset = const AT * WORD, pair = lateout(xmm_reg) pair,
                options(nostack, preserves_flags, readonly)
            );
        }
        Self(pair)
    }

    /// The first two words. ORDER: the first is acquired: all that is read afterwards, the second too, is read later.
    /// x86-64 keeps loads in their order; the fence has compilers keep it.
    #[inline(always)]
    pub(crate) fn acquire<const WORDS: usize>(words: &[AtomicU64; WORDS]) -> Self {
        const { assert!(WORDS >= 2, "there are two") };
        let pair;
        // SAFETY: it reads the first sixteen bytes that `words` lends; `pure` is left out as in `pairs`.
        unsafe {
            asm!(
                "movq {pair}, [{words}]", "movhps {pair}, [{words} + 8]",
                words = in(reg) words.as_ptr(), pair = lateout(xmm_reg) pair,
                options(nostack, preserves_flags, readonly)
            );
        }
        fence(Ordering::Acquire);
        Self(pair)
    }

    /// Two words, wherever they are.
    #[inline(always)]
    pub(crate) fn load(first: &AtomicU64, second: &AtomicU64) -> Self {
        let pair;
        // SAFETY: it reads what it is lent; `pure` is left out as in `pairs`.
        unsafe {
            asm!(
                "movq {pair}, [{first}]", "movhps {pair}, [{second}]",
                first = in(reg) first.as_ptr(), second = in(reg) second.as_ptr(), pair = out(xmm_reg) pair,
                options(nostack, preserves_flags, readonly)
            );
        }
        Self(pair)
    }

    /// The first of these, and another second.
    #[inline(always)]
    pub(crate) fn with_second(self, second: u64) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_unpacklo_epi64(self.0, _mm_cvtsi64_si128(second.cast_signed())) })
    }

    /// The bits in which they differ.
    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_xor_si128(self.0, other.0) })
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    #[inline(always)]
    pub(crate) fn or(self, other: Self) -> Self {
        // SAFETY: SSE2 is part of x86-64.
        Self(unsafe { _mm_or_si128(self.0, other.0) })
    }

    #[inline(always)]
    pub(crate) fn is_zero(self) -> bool {
        let zeroes: u32;
        // SAFETY: it touches no memory; SSE2 is part of x86-64. (Of the intrinsic for it compilers make one instruction
        // more.)
        unsafe {
            asm!(
                "pmovmskb {zeroes:e}, {bytes}",
                bytes = in(xmm_reg) _mm_cmpeq_epi8(self.0, _mm_setzero_si128()), zeroes = lateout(reg) zeroes,
                options(nomem, nostack, preserves_flags, pure)
            );
        }
        zeroes == 0xffff
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
