//! Payment card numbers: ISO/IEC 7812-1, whose Annex B has the Luhn sum, within the issuers' ranges.
//!
//! 13 to 19 digits, with single spaces or hyphens between them in any grouping. A number starts with a group and ends
//! with one, so that part of a longer run of digits is none; of several, the first is taken, and the longest there.
//! What touches a letter, a digit or `_`, or is the fraction behind a digit and a dot, is none either.

use crate::bytes::{DIGIT, WORD, has, has_before, is};
use std::ops::Range;

/// The old length of Visa's numbers. Maestro's ranges are open to 12 digits, but its issuers number their cards with 13
/// or more, 16 to 19 nearly always; of ids with 12 digits that begin with 6, one in ten would be taken for a card.
const SHORTEST: usize = 13;
/// The primary account number's limit: ISO/IEC 7812-1, section 4.1, whose least is far below what issuers use.
const LONGEST: usize = 19;

/// The card number of whose first thirteen bytes, or fourteen with a gap before the last, the one at `at` is the last.
/// Every number has such a byte, and the sieve marks it.
pub(super) fn at(body: &[u8], at: usize, from: usize) -> Option<Range<usize>> {
    let behind_gap = at > 0 && !is(body[at - 1], DIGIT);
    let starts = [at.checked_sub(SHORTEST).filter(|_| behind_gap), at.checked_sub(SHORTEST - 1)];
    starts.into_iter().flatten().filter(|&start| start >= from).find_map(|start| number(body, start))
}

/// The number that starts here.
#[inline]
fn number(body: &[u8], start: usize) -> Option<Range<usize>> {
    // No issuer that is known here has another first digit; times in Unix seconds begin with 1.
    if !matches!(body[start], b'2'..=b'6' | b'8') || !opens(body, start) {
        return None;
    }
    let run = Run::read(body, start);
    run.ends().find(|&(count, _)| is_card(&run.digits[..count])).map(|(_, end)| start..end)
}

fn opens(body: &[u8], start: usize) -> bool {
    let is_fraction = start > 1 && body[start - 1] == b'.' && is(body[start - 2], DIGIT);
    !has_before(body, start, WORD) && !is_fraction
}

/// The digits of a run of groups, and where it may end.
struct Run {
    digits: [u8; LONGEST],
    /// By the number of digits: the place behind the group that ends there, or 0.
    ends: [usize; LONGEST + 1],
}

impl Run {
    fn read(body: &[u8], start: usize) -> Self {
        let mut run = Self { digits: [0; LONGEST], ends: [0; LONGEST + 1] };
        let mut at = start;
        for count in 1..=LONGEST {
            run.digits[count - 1] = body[at] - b'0';
            at += 1;
            if has(body, at, DIGIT) {
                continue;
            }
            if !has(body, at, WORD) {
                run.ends[count] = at;
            }
            at += 1;
            if !(matches!(body.get(at - 1), Some(b' ' | b'-')) && has(body, at, DIGIT)) {
                break;
            }
        }
        run
    }

    /// The ends, as digits and place, the longest first.
    fn ends(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (SHORTEST..=LONGEST).rev().map(|count| (count, self.ends[count])).filter(|&(_, end)| end != 0)
    }
}

fn is_card(digits: &[u8]) -> bool {
    is_issued(digits) && luhn(digits).is_multiple_of(10)
}

/// The sum of ISO/IEC 7812-1, Annex B: from the right, each second digit doubled, and 9 taken off where that is two.
fn luhn(digits: &[u8]) -> u32 {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let value = |(place, &digit): (usize, &u8)| if place % 2 == 1 { DOUBLED[digit as usize] } else { digit.into() };
    digits.iter().rev().enumerate().map(value).sum()
}

/// Whether an issuer's range has numbers of this length, as the networks publish them.
fn is_issued(digits: &[u8]) -> bool {
    let prefix = digits[..6].iter().fold(0, |prefix, &digit| prefix * 10 + u32::from(digit));
    let length = digits.len();
    match prefix / 100 {
        // Mir.
        2200..=2204 => length >= 16,
        // Mastercard.
        2221..=2720 | 5100..=5599 => length == 16,
        // Diners Club.
        3000..=3059 | 3095 | 3600..=3699 | 3800..=3999 => length >= 14,
        // American Express.
        3400..=3499 | 3700..=3799 => length == 15,
        // JCB.
        3528..=3589 => length >= 16,
        // Visa, and the Elo cards among them.
        4000..=4999 => matches!(length, 13 | 16 | 19),
        // Maestro, whose ranges hold those of Discover, UnionPay, Verve, Hipercard, and the rest of RuPay and Elo.
        5000..=5099 | 5600..=6999 => true,
        // RuPay.
        8100..=8299 => length == 16,
        _ => false,
    }
}
