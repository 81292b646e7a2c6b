//! One literal, wherever it lies in a run of bytes: first where two of its bytes are that are rare, then whether the
//! others are around them (Wojciech Muła, "SIMD-friendly algorithms for substring searching"; which two is for the
//! `memchr` crate to say, from its table of how frequent bytes are).

use crate::places::{BLOCK, Places};
use memchr::arch::all::packedpair::Pair;

#[cfg(test)]
mod tests;

/// A longer literal may be compared for long wherever its two bytes are, and again at the next byte.
const LONGEST: usize = 64;

/// How much is looked at before places are told: a few lines, since a caller that passes over what is left of one has
/// had it looked at in vain.
const STRETCH: usize = 4 << 10;

/// What is compared in one go.
const END: usize = 8;

/// A literal to be searched for.
#[derive(Clone, Debug)]
pub struct Literal {
    bytes: Vec<u8>,
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no literal elsewhere"))]
    pub(crate) pair: [Byte; 2],
    /// Its first and its last bytes, where it has so many.
    ends: [[u8; END]; 2],
    fill: Fill,
}

/// A byte of the literal, and where it is in it.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "there is no literal elsewhere"))]
pub(crate) struct Byte {
    pub(crate) byte: u8,
    pub(crate) offset: usize,
}

/// Looks where the literal may begin from a place on, before another; answers how far it has come.
type Fill = fn(&Literal, &[u8], [usize; 2], &mut Places) -> usize;

impl Literal {
    /// `None` where `memchr::memmem` is the better one: on this processor, or for this literal.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > LONGEST {
            return None;
        }
        let pair = Pair::new(bytes)?;
        let pair = [pair.index1(), pair.index2()].map(|index| {
            let offset = usize::from(index);
            Byte { byte: bytes[offset], offset }
        });
        let ends = [bytes.first_chunk(), bytes.last_chunk()].map(|end| end.copied().unwrap_or_default());
        Some(Self { bytes: bytes.to_vec(), pair, ends, fill: fastest()? })
    }

    /// Its places in `bytes`; `None` where they are too few to be searched like this.
    #[must_use]
    pub fn hits<'a>(&'a self, bytes: &'a [u8]) -> Option<Hits<'a>> {
        let is_long = bytes.len() >= BLOCK + self.bytes.len();
        is_long.then(|| Hits { literal: self, bytes, from: 0, places: Places::new() })
    }

    #[inline]
    fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(found) = bytes.get(at..at + self.bytes.len()) else { return false };
        let (Some(first), Some(last)) = (found.first_chunk(), found.last_chunk()) else { return found == self.bytes };
        // Up to twice the length of an end without a call.
        *first == self.ends[0] && *last == self.ends[1] && (found.len() <= 2 * END || found == self.bytes)
    }
}

/// Where a literal is in a run of bytes.
#[derive(Clone, Debug)]
pub struct Hits<'a> {
    literal: &'a Literal,
    bytes: &'a [u8],
    from: usize,
    places: Places,
}

impl Hits<'_> {
    /// The first place at `from` or behind it, which must not be smaller than in the call before. `spend` is told how
    /// many bytes are going to be looked at, a few kilobytes at most.
    ///
    /// # Errors
    /// Those of `spend`.
    #[inline]
    pub fn next<E>(&mut self, from: usize, mut spend: impl FnMut(usize) -> Result<(), E>) -> Result<Option<usize>, E> {
        loop {
            while let Some(at) = self.places.next() {
                if at >= from && self.literal.is_at(self.bytes, at) {
                    return Ok(Some(at));
                }
            }
            let Some(end) = self.stretch(from) else { return Ok(None) };
            spend(end - self.from)?;
            self.look(end);
        }
    }

    /// Where the next stretch ends.
    fn stretch(&mut self, from: usize) -> Option<usize> {
        self.from = self.from.max(from);
        let end = self.bytes.len() - self.literal.bytes.len() + 1;
        (self.from < end).then(|| end.min(self.from + STRETCH))
    }

    #[inline(never)]
    fn look(&mut self, end: usize) {
        self.places.begin(self.from);
        self.from = (self.literal.fill)(self.literal, self.bytes, [self.from, end], &mut self.places);
    }
}

fn fastest() -> Option<Fill> {
    #[cfg(target_arch = "x86_64")]
    if crate::avx512::is_there() {
        // SAFETY: the machine has all that it is compiled for, as was just asked.
        return Some(|literal, bytes, range, places| unsafe { crate::avx512::pairs(literal, bytes, range, places) });
    }
    None
}
