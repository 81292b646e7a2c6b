//! A set of states.

use std::array::from_fn;
use std::ops::{BitAnd, BitOr};

/// One bit a state, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Set<const W: usize>(pub(crate) [u64; W]);

impl<const W: usize> Set<W> {
    pub(crate) const EMPTY: Self = Self([0; W]);

    #[inline(always)]
    pub(crate) fn is_empty(self) -> bool {
        self.0.iter().fold(0, |all, word| all | word) == 0
    }

    pub(crate) fn insert(&mut self, state: usize) {
        self.0[state / 64] |= 1 << (state % 64);
    }

    /// Each state's successor.
    #[inline(always)]
    pub(crate) fn up(self) -> Self {
        let carry = |index: usize| if index == 0 { 0 } else { self.0[index - 1] >> 63 };
        Self(from_fn(|index| self.0[index] << 1 | carry(index)))
    }

    /// Calls with each state, ascending.
    #[inline(always)]
    pub(crate) fn for_each(self, mut call: impl FnMut(usize)) {
        for (index, mut word) in self.0.into_iter().enumerate() {
            while word != 0 {
                call(index * 64 + word.trailing_zeros() as usize);
                word &= word - 1;
            }
        }
    }
}

impl<const W: usize> BitAnd for Set<W> {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Self(from_fn(|index| self.0[index] & other.0[index]))
    }
}

impl<const W: usize> BitOr for Set<W> {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Self(from_fn(|index| self.0[index] | other.0[index]))
    }
}
