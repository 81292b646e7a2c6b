//! The second word of a block: lengths, owner, and what is around it.

use super::{HEADER_WORDS, Key, LIVE, MOST_KEY_BYTES};
use crate::wide::{Pair, Short};
use crate::{Expiry, Namespace};

const FREE: u64 = 1 << 24;
const AFTER_FREE: u64 = 1 << 25;
const MOVED: u64 = 1 << 26;
const SLACK_SHIFT: u32 = 27;

const VALUE_BYTES: u64 = 0xff_ffff;
const KEY_BYTES_SHIFT: u32 = 32;
const NAMESPACE_SHIFT: u32 = 48;
const EXPIRES: u64 = 1 << 63;
/// Whose it is: its upper half, but for one bit.
const OWNER: u64 = !(u32::MAX as u64) & !EXPIRES;

/// Longer values are written to a new block, and shown when they are complete: readers wait while a value is replaced
/// where it lies, and for four cache lines that is no longer than for a miss.
const MOST_BYTES_IN_PLACE: usize = size_of::<Short>();

/// The second word of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meta(pub(crate) u64);

#[allow(clippy::cast_possible_truncation, reason = "each field is masked to its width")]
impl Meta {
    pub(super) fn new(key: &Key<'_>, value_bytes: usize, expiry: Expiry) -> Self {
        Self(owner(key) | value_bytes as u64 | bit_of(expiry != Expiry::Never))
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
        (self.0 & VALUE_BYTES) as u32
    }

    pub(crate) fn key_bytes(self) -> u32 {
        (self.0 >> KEY_BYTES_SHIFT) as u32 & 0xffff
    }

    pub(crate) fn namespace(self) -> Namespace {
        Namespace((self.0 >> NAMESPACE_SHIFT) as u16 & 0x3ff)
    }

    #[inline(always)]
    pub(crate) fn expires(self) -> bool {
        self.0 & EXPIRES != 0
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
        Criteria::entry_of(key).is(self) && key.bytes.len() <= MOST_KEY_BYTES
    }

    /// Whether a value of that length can take the place of the present one.
    #[inline(always)]
    pub(crate) fn has_room_for(self, value_bytes: usize, expiry: Expiry) -> bool {
        Criteria::room_for(value_bytes, expiry).is_some_and(|wanted| wanted.is(self))
    }
}

#[inline]
fn owner(key: &Key<'_>) -> u64 {
    (key.bytes.len() as u64) << KEY_BYTES_SHIFT | u64::from(key.namespace.0) << NAMESPACE_SHIFT
}

#[inline(always)]
fn bit_of(expires: bool) -> u64 {
    if expires { EXPIRES } else { 0 }
}

/// What an entry's second word must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Criteria {
    /// Those of the word's bits that `counts` has, but for whether the entry expires.
    word: u64,
    counts: u64,
    /// `None`: that does not matter.
    expires: Option<bool>,
}

impl Criteria {
    /// That it is one of a key of that length, of at most [`MOST_KEY_BYTES`], and namespace.
    #[inline(always)]
    pub(crate) fn entry_of(key: &Key<'_>) -> Self {
        Self { word: owner(key), counts: OWNER, expires: None }
    }

    /// That a value of that length, with that expiry, can take the place of the present one; `None`: of no one.
    #[inline(always)]
    pub(crate) fn room_for(value_bytes: usize, expiry: Expiry) -> Option<Self> {
        let expires = Some(expiry != Expiry::Never);
        let is_possible = value_bytes <= MOST_BYTES_IN_PLACE;
        is_possible.then_some(Self { word: value_bytes as u64, counts: VALUE_BYTES, expires })
    }

    /// That the value is a number's.
    #[inline(always)]
    pub(crate) fn number() -> Self {
        Self { word: size_of::<i64>() as u64, counts: VALUE_BYTES, expires: None }
    }

    #[inline(always)]
    pub(crate) fn and(self, other: Self) -> Self {
        let expires = self.expires.or(other.expires);
        Self { word: self.word | other.word, counts: self.counts | other.counts, expires }
    }

    #[inline(always)]
    fn is(self, meta: Meta) -> bool {
        meta.0 & self.counts == self.word && self.expires.is_none_or(|expires| expires == meta.expires())
    }

    /// Whether an entry with these first two words is what is wanted, and `different`, where others of its words differ
    /// from those that they should be, has no bits. Answers then whether the entry expires.
    #[inline(always)]
    pub(super) fn is_met(self, head: Pair, different: Pair) -> Option<bool> {
        let expires = self.expires.unwrap_or(false);
        let (wanted, counts) = (Pair::new(LIVE, self.word | bit_of(expires)), Pair::new(LIVE, self.counts | EXPIRES));
        let head = head.xor(wanted).and(counts);
        if different.or(head).is_zero() {
            return Some(expires);
        }
        let is_otherwise = self.expires.is_none() && different.or(head.xor(Pair::new(0, EXPIRES))).is_zero();
        is_otherwise.then_some(!expires)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::UnixMs;

    const KEY: Key<'_> = Key { namespace: Namespace(3), bytes: b"0123456789abcdef", hash: 0 };
    const SOON: Expiry = Expiry::At(UnixMs(1));

    /// Whether an entry of `KEY` with a value of eight bytes is what is wanted, and expires if so.
    fn of_eight(wanted: Criteria, expiry: Expiry) -> Option<bool> {
        let meta = Meta::new(&KEY, 8, expiry).after_free(true).slack(5);
        let (head, none) = (Pair::new(LIVE | 77, meta.0), Pair::new(0, 0));
        let expires = wanted.is_met(head, none);
        assert_eq!(wanted.is(meta), expires.is_some());
        assert_eq!(wanted.is_met(Pair::new(77, meta.0), none), None, "no entry any more");
        for bit in (0..u64::BITS).map(|bit| 1 << bit) {
            for other in [Pair::new(bit, 0), Pair::new(0, bit)] {
                assert_eq!(wanted.is_met(head, other), None, "another key, by {bit:#x}");
            }
        }
        expires
    }

    #[test]
    fn an_entry_is_told_by_its_key_whether_or_not_it_expires() {
        let other_namespace = Key { namespace: Namespace(4), ..KEY };
        let shorter = Key { bytes: b"0123456789abcde", ..KEY };
        for (expiry, expires) in [(Expiry::Never, false), (SOON, true)] {
            assert_eq!(of_eight(Criteria::entry_of(&KEY), expiry), Some(expires));
            assert_eq!(of_eight(Criteria::entry_of(&KEY).and(Criteria::number()), expiry), Some(expires));
            assert_eq!(of_eight(Criteria::entry_of(&other_namespace), expiry), None);
            assert_eq!(of_eight(Criteria::entry_of(&shorter), expiry), None);
        }
    }

    #[test]
    fn a_value_takes_the_place_of_one_of_its_length_that_expires_as_it_does() {
        let of = |bytes, expiry| Criteria::entry_of(&KEY).and(Criteria::room_for(bytes, expiry).unwrap());
        assert_eq!(of_eight(of(8, Expiry::Never), Expiry::Never), Some(false));
        assert_eq!(of_eight(of(8, SOON), SOON), Some(true));
        assert_eq!(of_eight(of(8, SOON), Expiry::Never), None);
        assert_eq!(of_eight(of(8, Expiry::Never), SOON), None);
        assert_eq!(of_eight(of(9, SOON), SOON), None);
        assert!(Criteria::room_for(MOST_BYTES_IN_PLACE + 1, SOON).is_none());
    }
}
