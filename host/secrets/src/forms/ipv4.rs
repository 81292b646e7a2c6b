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
    let (start, end) = (at + first - FOURTH, at + last - FOURTH);
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
    bytes: [u8; 16],
    /// A bit for each byte that is no digit.
    others: u32,
}

/// Where the fourth number begins among them.
const FOURTH: usize = 13;

impl Around {
    #[inline]
    fn of(body: &[u8], at: usize) -> Self {
        let whole = at.checked_sub(FOURTH).and_then(|first| body.get(first..)?.first_chunk());
        let bytes = whole.copied().unwrap_or_else(|| Self::near_an_edge(body, at));
        Self { bytes, others: others(&bytes) }
    }

    /// With zeros for what is not there. Lines often begin with an address: shifts spare that way the loops, too.
    fn near_an_edge(body: &[u8], at: usize) -> [u8; 16] {
        let (missing, excess) = (FOURTH.saturating_sub(at), (at + 3).saturating_sub(body.len()));
        match (body.first_chunk(), body.last_chunk()) {
            (Some(&first), _) if excess == 0 => (u128::from_le_bytes(first) << (8 * missing)).to_le_bytes(),
            (_, Some(&last)) if missing == 0 => (u128::from_le_bytes(last) >> (8 * excess)).to_le_bytes(),
            _ => {
                std::array::from_fn(|place| *(at + place).checked_sub(FOURTH).and_then(|at| body.get(at)).unwrap_or(&0))
            }
        }
    }

    /// Where the address begins and ends.
    #[inline]
    fn address(&self) -> Option<(usize, usize)> {
        let third = self.number_before(FOURTH - 1)?;
        let second = self.number_before(third.checked_sub(1)?)?;
        let first = self.number_before(second.checked_sub(1)?)?;
        let digits = (self.others >> FOURTH | 1 << 3).trailing_zeros() as usize;
        let is_last = digits > 0 && self.is_octet(FOURTH, digits);
        is_last.then_some((first, FOURTH + digits))
    }

    /// Where the number of up to three digits begins whose dot is at `dot`, which is 4 or more.
    #[inline]
    fn number_before(&self, dot: usize) -> Option<usize> {
        let digits = (self.others << (32 - dot)).leading_zeros() as usize;
        let is_number = self.bytes[dot] == b'.' && (1..=3).contains(&digits) && self.is_octet(dot - digits, digits);
        is_number.then(|| dot - digits)
    }

    #[inline]
    fn is_octet(&self, start: usize, digits: usize) -> bool {
        let digit = |back: usize| u32::from(self.bytes[(start + digits).wrapping_sub(back) % 16] & 15);
        let value = digit(1) + u32::from(digits > 1) * 10 * digit(2) + u32::from(digits > 2) * 100 * digit(3);
        (value <= 255) & ((digits == 1) | (self.bytes[start] != b'0'))
    }
}

#[inline]
fn others(bytes: &[u8; 16]) -> u32 {
    /// Its product brings the lowest bits of a word's eight bytes to the eight highest.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let flags = bytes.map(|byte| u8::from(!byte.is_ascii_digit()));
    let (eights, _) = flags.as_chunks::<8>();
    eights
        .iter()
        .rev()
        .fold(0, |mask, &eight| mask << 8 | (u64::from_le_bytes(eight).wrapping_mul(GATHER) >> 56) as u32)
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
