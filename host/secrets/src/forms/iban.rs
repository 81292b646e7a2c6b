//! International bank account numbers: ISO 13616-1, with the check of ISO/IEC 7064, MOD 97-10, and the countries and
//! lengths of SWIFT's IBAN Registry.
//!
//! A registered country's letters, two check digits, and letters and digits up to the country's length; in one piece,
//! or in groups of four with single spaces. Small letters are taken for capital ones. What touches a letter, a digit or
//! `_` is none.

use crate::bytes::{WORD, has, has_before};
use std::ops::Range;

/// What every country's number has at most: ISO 13616-1.
const LONGEST: usize = 34;

/// The number whose second check digit is at `at`.
pub(super) fn at(body: &[u8], at: usize) -> Option<Range<usize>> {
    let at = at.checked_sub(3)?;
    let country = body.get(at..at + 2)?;
    let length = length([country[0].to_ascii_uppercase(), country[1].to_ascii_uppercase()])?;
    if has_before(body, at, WORD) {
        return None;
    }
    let is_grouped = body.get(at + 4) == Some(&b' ');
    let bytes = if is_grouped { length + (length - 1) / 4 } else { length };
    let text = body.get(at..at + bytes)?;
    let mut number = [0; LONGEST];
    let number = &mut number[..length];
    for (place, byte) in number.iter_mut().enumerate() {
        *byte = text[if is_grouped { place + place / 4 } else { place }];
    }
    let are_gaps = !is_grouped || text.iter().skip(4).step_by(5).all(|&byte| byte == b' ');
    let is_whole = are_gaps && !has(body, at + bytes, WORD);
    (is_whole && is_checked(number)).then_some(at..at + bytes)
}

/// ISO/IEC 7064: the first four at the end, letters as 10 to 35, the whole modulo 97.
fn is_checked(number: &[u8]) -> bool {
    let mut rest = 0;
    for &byte in number[4..].iter().chain(&number[..4]) {
        let Some(value) = char::from(byte).to_digit(36) else { return false };
        rest = (rest * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    rest == 1
}

/// The length of a country's numbers: the IBAN Registry.
#[rustfmt::skip]
fn length(country: [u8; 2]) -> Option<usize> {
    Some(match &country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FK" | b"FO" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"MN" | b"XK" => 20,
        b"CH" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"CR" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HN" | b"HU" | b"LB" | b"NI" | b"PL" | b"SV" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}
