//! The second word of a block: lengths, owner, and what is around it.

use super::{HEADER_WORDS, Key, MOST_KEY_BYTES};
use crate::wide::Short;
use crate::{Expiry, Namespace};

const FREE: u64 = 1 << 24;
const AFTER_FREE: u64 = 1 << 25;
const MOVED: u64 = 1 << 26;
const SLACK_SHIFT: u32 = 27;

/// The upper half says whose it is, and nothing else, so that it is compared at once.
const OWNER_SHIFT: u32 = 32;
const NAMESPACE_SHIFT: u32 = 16;
const EXPIRES: u32 = 1 << 31;

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "who compares it knows the key's length")]
fn owner(key: &Key<'_>) -> u32 {
    key.bytes.len() as u32 | u32::from(key.namespace.0) << NAMESPACE_SHIFT
}

/// Longer values are written to a new block, and shown when they are complete: readers wait while a value is replaced
/// where it lies, and for four cache lines that is no longer than for a miss.
const MOST_BYTES_IN_PLACE: usize = size_of::<Short>();

/// The second word of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta(pub(crate) u64);

#[allow(clippy::cast_possible_truncation, reason = "each field is masked to its width")]
impl Meta {
    pub(super) fn new(key: &Key<'_>, value_bytes: usize, expiry: Expiry) -> Self {
        let expires = if expiry == Expiry::Never { 0 } else { EXPIRES };
        Self(value_bytes as u64 | u64::from(owner(key) | expires) << OWNER_SHIFT)
    }

    /// A free block of that many words, fewer than a chunk's or as many.
    pub(crate) fn free(words: u32) -> Self {
        Self(FREE | u64::from(words))
    }

    pub(crate) fn is_free(self) -> bool {
        self.0 & FREE != 0
    }

    pub(crate) fn free_words(self) -> u32 {
        self.0 as u32 & 0xff_ffff
    }

    pub(crate) fn is_after_free(self) -> bool {
        self.0 & AFTER_FREE != 0
    }

    pub(crate) fn after_free(self, after_free: bool) -> Self {
        Self(if after_free { self.0 | AFTER_FREE } else { self.0 & !AFTER_FREE })
    }

    pub(crate) fn is_moved(self) -> bool {
        self.0 & MOVED != 0
    }

    pub(crate) fn moved(self) -> Self {
        Self(self.0 | MOVED)
    }

    pub(super) fn slack(self, words: u32) -> Self {
        Self(self.0 | u64::from(words) << SLACK_SHIFT)
    }

    pub(crate) fn value_bytes(self) -> u32 {
        self.0 as u32 & 0xff_ffff
    }

    pub(crate) fn key_bytes(self) -> u32 {
        self.owner() & 0xffff
    }

    pub(crate) fn namespace(self) -> Namespace {
        Namespace((self.owner() >> NAMESPACE_SHIFT) as u16 & 0x3ff)
    }

    #[inline(always)]
    fn owner(self) -> u32 {
        (self.0 >> OWNER_SHIFT) as u32
    }

    #[inline(always)]
    pub(crate) fn expires(self) -> bool {
        self.owner() & EXPIRES != 0
    }

    /// Words from the block's start to the value.
    pub(super) fn value_at(self) -> u32 {
        HEADER_WORDS + self.key_bytes().div_ceil(8)
    }

    /// Words from the block's start to what is behind the value: the expiry, where there is one.
    pub(super) fn expiry_at(self) -> u32 {
        self.value_at() + self.value_bytes().div_ceil(8)
    }

    /// Words of the entry, without slack: what it is charged for.
    pub(crate) fn words(self) -> u32 {
        self.expiry_at() + u32::from(self.expires())
    }

    /// Words of the block that the entry lies in.
    pub(crate) fn block_words(self) -> u32 {
        self.words() + ((self.0 >> SLACK_SHIFT) as u32 & 7)
    }

    /// Whether the entry is one of a key of that length and namespace.
    #[inline(always)]
    pub(crate) fn matches(self, key: &Key<'_>) -> bool {
        self.owner() & !EXPIRES == owner(key) && key.bytes.len() <= MOST_KEY_BYTES
    }

    /// Whether a value of that length can take the place of the present one.
    #[inline(always)]
    pub(crate) fn has_room_for(self, value_bytes: usize, expiry: Expiry) -> bool {
        value_bytes <= MOST_BYTES_IN_PLACE
            && self.value_bytes() as usize == value_bytes
            && self.expires() == (expiry != Expiry::Never)
    }
}
