//! Having a processor fetch memory before it is asked for. Where a processor is not known here, nothing is done: all is as
//! right without, and slower.

#[cfg(not(all(target_arch = "x86_64", not(any(loom, miri)))))]
pub(crate) use elsewhere::{near_to_write, to_read, to_write};
#[cfg(all(target_arch = "x86_64", not(any(loom, miri))))]
pub(crate) use x86_64::{near_to_write, to_read, to_write};

#[cfg(all(target_arch = "x86_64", not(any(loom, miri))))]
mod x86_64 {
    use crate::arena::Near;
    use crate::sync::AtomicU64;
    use std::arch::asm;
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    const LINE_BYTES: usize = size_of::<crate::arena::Line>();

    /// The line that the word is in.
    #[inline(always)]
    pub(crate) fn to_read(word: &AtomicU64) {
        // SAFETY: prefetching reads nothing that the program sees, and can't fault; SSE is part of x86-64.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(word.as_ptr().cast::<i8>().cast_const()) }
    }

    /// The line that a value begins in, which is taken from other cores at once. (There is an intrinsic, but compilers make
    /// `PREFETCHT0` of it unless they are told that the processor has this one.)
    #[inline(always)]
    #[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing that the program sees is read")]
    pub(crate) fn to_write<T>(at: &T) {
        // SAFETY: as above; a processor that does not know the instruction does nothing (AMD64 APM 3, `PREFETCHW`; Intel SDM
        // 2B, the same).
        unsafe {
            asm!("prefetchw [{at}]", at = in(reg) std::ptr::from_ref(at), options(nomem, nostack, preserves_flags));
        }
    }

    /// The first two lines that the words are in, as `to_write` does.
    #[inline(always)]
    #[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing that the program sees is read")]
    pub(crate) fn near_to_write(words: &Near) {
        // SAFETY: as in `to_write`.
        unsafe {
            asm!(
                "prefetchw [{at}]", "prefetchw [{at} + {line}]",
                at = in(reg) words.as_ptr(), line = const LINE_BYTES,
                options(nomem, nostack, preserves_flags)
            );
        }
    }
}

#[cfg(not(all(target_arch = "x86_64", not(any(loom, miri)))))]
mod elsewhere {
    use crate::arena::Near;
    use crate::sync::AtomicU64;

    #[inline]
    pub(crate) fn to_read(_: &AtomicU64) {}

    #[inline]
    pub(crate) fn to_write<T>(_: &T) {}

    #[inline]
    pub(crate) fn near_to_write(_: &Near) {}
}
