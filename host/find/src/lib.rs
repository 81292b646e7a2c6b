//! The newlines of long runs of bytes. The `memchr` crate finds them, too, and does where the
//! processor has no AVX-512; but it is asked for one place at a time, and the processor guesses wrong at each where the
//! next one is. Here the places of some kilobytes are found first, without a branch that depends on them, then told.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod newlines;
mod places;

pub use newlines::Newlines;
