//! A word of a table: which key's it may be, how much it was used, and where its entry is.

use crate::Namespace;
use crate::arena::Index;
use crate::entry::Key;

pub(crate) const TAG_BITS: u32 = 26;
pub(super) const TAG_SHIFT: u32 = 64 - TAG_BITS;
const CLASS_SHIFT: u32 = 34;
const USES_SHIFT: u32 = 32;
const USES: u64 = 3 << USES_SHIFT;
const ONE_USE: u64 = 1 << USES_SHIFT;
/// The hash's and the namespace's bits.
const WANTED: u64 = !0 << CLASS_SHIFT;

/// Classes of namespaces that slots tell apart.
pub(crate) const CLASSES: usize = 16;

/// A word of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(pub(crate) u64);

#[allow(clippy::cast_possible_truncation, reason = "each field is cut to its width")]
impl Slot {
    pub(crate) const EMPTY: Self = Self(0);

    /// A slot for the key that counts as used once.
    #[inline]
    pub(crate) fn new(key: &Key<'_>, at: Index) -> Self {
        Self(wanted(key) | ONE_USE | u64::from(at))
    }

    /// The same with its entry elsewhere, used once more.
    pub(crate) fn with_entry(self, at: Index) -> Self {
        Self(self.used().0 & !0xffff_ffff | u64::from(at))
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) fn entry(self) -> Index {
        self.0 as Index
    }

    #[inline]
    pub(crate) fn tag(self) -> u32 {
        (self.0 >> TAG_SHIFT) as u32
    }

    #[inline]
    pub(crate) fn class(self) -> usize {
        (self.0 >> CLASS_SHIFT) as usize % CLASSES
    }

    #[inline]
    pub(crate) fn is_fully_used(self) -> bool {
        self.0 & USES == USES
    }

    #[inline]
    pub(crate) fn is_unused(self) -> bool {
        self.0 & USES == 0
    }

    #[inline]
    pub(crate) fn used(self) -> Self {
        if self.is_fully_used() { self } else { Self(self.0 + ONE_USE) }
    }

    pub(crate) fn aged(self) -> Self {
        if self.is_unused() { self } else { Self(self.0 - ONE_USE) }
    }

    /// Whether it is the same but for its uses, which readers count.
    #[inline(always)]
    pub(crate) fn is(self, other: Self) -> bool {
        (self.0 ^ other.0) & !USES == 0
    }
}

/// The bits that a key's slot has.
#[inline]
pub(super) fn wanted(key: &Key<'_>) -> u64 {
    key.hash >> TAG_SHIFT << TAG_SHIFT | (class(key.namespace) as u64) << CLASS_SHIFT
}

/// What else than the hash's bits is in a slot's upper half.
pub(super) const BESIDE_TAG: u32 = (1 << (TAG_SHIFT - 32)) - 1;

#[inline]
pub(crate) fn class(namespace: Namespace) -> usize {
    usize::from(namespace.0) % CLASSES
}

/// Whether a slot may be that of the key with the `wanted` bits.
#[inline]
pub(super) fn may_be(slot: Slot, wanted: u64) -> bool {
    slot.0 & WANTED == wanted && !slot.is_empty()
}
