//! IPv4 addresses: the dotted decimal form of RFC 3986, section 3.2.2: four numbers up to 255 without leading zeros.
//!
//! Not part of a longer dotted run, nor of a word: neither `1.2.3.4.5` nor `v1.2.3.4` is one. A port or a prefix length
//! stays outside. A version of four numbers looks the same, and is found, unless a product's name is before it as in
//! RFC 9110, section 10.1.5, capitalized: `Chrome/142.0.0.0`.

use crate::bytes::{DIGIT, LETTER, WORD, has, has_before, is};
use std::ops::Range;

/// Longer than the names of products in user agents get.
const LONGEST_PRODUCT: usize = 24;

/// The address whose fourth number begins at `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let around = Around::of(body, at);
    let (first, last) = around.address()?;
    let (start, end) = (at + first - FOURTH as usize, at + last - FOURTH as usize);
    let goes_on = has(body, end, WORD) || body.get(end) == Some(&b'.') && has(body, end + 1, DIGIT);
    (!goes_on && !is_part(&body[..start])).then_some(start..end)
}

/// Whether what is before makes the numbers part of a longer run, a word or a product's version.
#[inline]
fn is_part(before: &[u8]) -> bool {
    match before {
        [.., b'.'] => has_before(before, before.len() - 1, WORD),
        [.., b'/'] => is_product(&before[..before.len() - 1]),
        _ => has_before(before, before.len(), WORD),
    }
}

/// Whether a capitalized word that begins no path segment ends here.
fn is_product(before: &[u8]) -> bool {
    let letters = before.iter().rev().take(LONGEST_PRODUCT).take_while(|&&byte| is(byte, LETTER)).count();
    let start = before.len() - letters;
    letters > 0 && before[start].is_ascii_uppercase() && !matches!(before[..start], [.., b'/'])
}

/// The bytes around the fourth number's first: as many as an address has, and one before it. Lengths of numbers vary,
/// so that a loop over their digits would be guessed wrong at each; here all are measured by arithmetic.
struct Around {
    /// The first byte is the lowest.
    bytes: u128,
    /// A bit for each byte that is no digit.
    others: u32,
    /// A bit for each dot.
    dots: u32,
}

/// Where the fourth number begins among them.
const FOURTH: u32 = 13;

impl Around {
    #[inline]
    fn of(body: &[u8], at: usize) -> Self {
        let whole = at.checked_sub(FOURTH as usize).and_then(|first| body.get(first..)?.first_chunk());
        let bytes = match whole {
            Some(&bytes) => u128::from_le_bytes(bytes),
            None => Self::near_an_edge(body, at),
        };
        let halves = [(bytes << 64 >> 64) as u64, (bytes >> 64) as u64];
        let mask = |bits: fn(u64) -> u32| bits(halves[0]) | bits(halves[1]) << 8;
        Self { bytes, others: mask(others), dots: mask(dots) }
    }

    /// With zeros for what is not there. Lines often begin with an address: shifts spare that way the loops, too.
    #[inline(never)]
    fn near_an_edge(body: &[u8], at: usize) -> u128 {
        let (missing, excess) = ((FOURTH as usize).saturating_sub(at), (at + 3).saturating_sub(body.len()));
        match (body.first_chunk(), body.last_chunk()) {
            (Some(&first), _) if excess == 0 => u128::from_le_bytes(first) << (8 * missing),
            (_, Some(&last)) if missing == 0 => u128::from_le_bytes(last) >> (8 * excess),
            _ => u128::from_le_bytes(std::array::from_fn(|place| {
                *(at + place).checked_sub(FOURTH as usize).and_then(|at| body.get(at)).unwrap_or(&0)
            })),
        }
    }

    /// Where the address begins and ends. All is computed before anything is asked, so that nothing has to be guessed.
    #[inline]
    fn address(&self) -> Option<(usize, usize)> {
        let third = self.start_before(FOURTH - 1);
        let second = self.start_before(third.saturating_sub(1));
        let first = self.start_before(second.saturating_sub(1));
        let end = FOURTH + (self.others >> FOURTH | 1 << 3).trailing_zeros();
        let is_address = self.is_octet(FOURTH, end)
            & self.is_octet(third, FOURTH - 1)
            & self.is_octet(second, third.saturating_sub(1))
            & self.is_octet(first, second.saturating_sub(1))
            & self.is_dot(FOURTH - 1)
            & self.is_dot(third.wrapping_sub(1))
            & self.is_dot(second.wrapping_sub(1));
        is_address.then_some((first as usize, end as usize))
    }

    /// Where the digits begin that end before `end`.
    #[inline]
    fn start_before(&self, end: u32) -> u32 {
        u32::BITS - (self.others & ((1 << end) - 1)).leading_zeros()
    }

    #[inline]
    fn is_dot(&self, at: u32) -> bool {
        self.dots >> (at % 16) & 1 == 1
    }

    /// Whether these digits are a number up to 255 without leading zeros.
    #[inline]
    fn is_octet(&self, start: u32, end: u32) -> bool {
        /// The least number of so many digits.
        const LEAST: [u32; 4] = [0, 0, 10, 100];
        let digits = end.wrapping_sub(start);
        // The last four bytes before the end, of which the digits stay.
        let last = (self.bytes << (8 * (16 - end) % u128::BITS) >> 96) as u32;
        let values = last & 0x0f0f_0f0f & u32::MAX << (8 * (4 - digits % 4) % 32);
        let value = (values >> 24) + (values >> 16 & 255) * 10 + (values >> 8 & 255) * 100;
        (digits.wrapping_sub(1) < 3) & (value <= 255) & (value >= LEAST[digits as usize % 4])
    }
}

/// A bit for each byte of a word that is no digit: the lowest for the lowest byte.
#[inline]
fn others(word: u64) -> u32 {
    // A digit's value, where it is one.
    above(word ^ 0x3030_3030_3030_3030, 0x7676_7676_7676_7676)
}

/// A bit for each dot of a word.
#[inline]
fn dots(word: u64) -> u32 {
    !above(word ^ 0x2e2e_2e2e_2e2e_2e2e, 0x7f7f_7f7f_7f7f_7f7f) & 255
}

/// A bit for each byte that carries to its highest bit when `lift` is added, or has that bit. No sum of seven bits
/// reaches the next byte.
#[inline]
fn above(bytes: u64, lift: u64) -> u32 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    /// Its product brings the lowest bits of a word's eight bytes to the eight highest.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let flags = (((bytes & !HIGH) + lift) | bytes) & HIGH;
    ((flags >> 7).wrapping_mul(GATHER) >> 56) as u32
}

/// Where the address that begins at `at` ends.
#[inline]
pub(super) fn address(body: &[u8], at: usize) -> Option<usize> {
    let mut end = octet(body, at)?;
    for _ in 1..4 {
        if body.get(end) != Some(&b'.') {
            return None;
        }
        end = octet(body, end + 1)?;
    }
    Some(end)
}

#[inline]
fn octet(body: &[u8], at: usize) -> Option<usize> {
    let rest = body.get(at..)?;
    let digits = rest.iter().take(3).take_while(|&&byte| is(byte, DIGIT)).count();
    let value = rest[..digits].iter().fold(0, |value, &digit| value * 10 + u32::from(digit - b'0'));
    let is_octet = digits > 0 && value <= 255 && (digits == 1 || rest[0] != b'0');
    is_octet.then_some(at + digits)
}
