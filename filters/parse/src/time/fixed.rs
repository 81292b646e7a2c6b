//! The two times that most lines have, in the one spelling that nearly all programs use: read by place, without steps.
//! Whatever looks otherwise, and times that there are none of, are left to the readers that go step by step.

use super::civil::{Clock, Date, unix_nano};
use super::cursor::month;
use crate::number;

/// Digits at fixed places.
struct Places<'a, const N: usize> {
    text: &'a [u8; N],
    is_right: bool,
}

impl<'a, const N: usize> Places<'a, N> {
    #[inline]
    fn new(text: &'a [u8; N]) -> Self {
        Self { text, is_right: true }
    }

    #[inline]
    fn digit(&mut self, at: usize) -> u32 {
        let digit = self.text[at].wrapping_sub(b'0');
        self.is_right &= digit < 10;
        digit.into()
    }

    #[inline]
    fn two(&mut self, at: usize) -> u32 {
        self.digit(at) * 10 + self.digit(at + 1)
    }

    #[inline]
    fn four(&mut self, at: usize) -> u32 {
        self.two(at) * 100 + self.two(at + 2)
    }

    #[inline]
    fn expect(&mut self, at: usize, byte: u8) {
        self.is_right &= self.text[at] == byte;
    }

    /// `10:11:12`.
    #[inline]
    fn clock(&mut self, at: usize) -> Clock {
        self.expect(at + 2, b':');
        self.expect(at + 5, b':');
        Clock { hour: self.two(at), minute: self.two(at + 3), second: self.two(at + 6), nanos: 0 }
    }
}

/// `24/Nov/2026:10:11:12 +0100`.
#[inline]
pub(super) fn clf(text: &[u8; 26]) -> Option<u64> {
    let mut places = Places::new(text);
    for (at, byte) in [(2, b'/'), (6, b'/'), (11, b':'), (20, b' ')] {
        places.expect(at, byte);
    }
    let month = month([text[3], text[4], text[5]])?;
    let date = Date { year: places.four(7), month, day: places.two(0) };
    let clock = places.clock(12);
    let (hours, minutes) = (places.two(22), places.two(24));
    let zone = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    let zone = match text[21] {
        b'+' => zone,
        b'-' => -zone,
        _ => return None,
    };
    (places.is_right && hours < 24 && minutes < 60).then(|| unix_nano(date, clock, zone)).flatten()
}

/// `2026-11-24T10:11:12Z`, with up to nine digits of a fraction. Answers the length, too.
#[inline]
pub(super) fn iso(text: &[u8]) -> Option<(u64, usize)> {
    let (start, rest) = text.split_first_chunk::<19>()?;
    let mut places = Places::new(start);
    for (at, byte) in [(4, b'-'), (7, b'-'), (10, b'T')] {
        places.expect(at, byte);
    }
    let date = Date { year: places.four(0), month: places.two(5), day: places.two(8) };
    let mut clock = places.clock(11);
    let length = match rest {
        [b'Z', ..] => 20,
        [b'.', fraction @ ..] => {
            let length = fraction.iter().take(10).position(|byte| !byte.is_ascii_digit())?;
            (fraction[length] == b'Z').then_some(())?;
            clock.nanos = nanos(&text[..21 + length], length)?;
            21 + length
        }
        _ => return None,
    };
    places.is_right.then(|| unix_nano(date, clock, 0)).flatten().map(|time| (time, length))
}

/// Of the one to nine digits that a text ends with, before its last byte.
#[inline]
pub(super) fn nanos(text: &[u8], length: usize) -> Option<u32> {
    const WEIGHTS: [u32; 10] = [0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
    let digits = &text[..text.len() - 1];
    let number = match length {
        9 => u32::try_from(number::digits(&digits[digits.len() - 9..])?).ok()?,
        _ => number::digits_before(digits, length)?,
    };
    Some(number * WEIGHTS[length])
}

#[cfg(test)]
mod tests {
    use super::super::{Context, Cursor, iso as step_by_step, named};
    use super::*;

    /// Each with a byte of it replaced by others, one by one.
    fn broken(text: &str) -> impl Iterator<Item = Vec<u8>> {
        let bytes = |at| b"0123456789+-/:. TtZzx\xff".iter().map(move |&byte| (at, byte));
        (0..text.len()).flat_map(bytes).map(move |(at, byte)| {
            let mut broken = text.as_bytes().to_vec();
            broken[at] = byte;
            broken
        })
    }

    #[test]
    fn a_web_servers_time_is_what_the_steps_make_of_it() {
        for text in ["24/Nov/2026:10:11:12 +0100", "29/Feb/2024:23:59:60 -2359", "01/jan/1970:00:00:00 +0000"] {
            assert!(clf(text.as_bytes().try_into().unwrap()).is_some(), "{text}");
            for text in broken(text) {
                let mut cursor = Cursor::new(&text);
                let expected = named::clf(&mut cursor, Context::default()).filter(|_| cursor.is_done());
                if let Some(time) = clf(text.as_slice().try_into().unwrap()) {
                    assert_eq!(Some(time), expected, "{:?}", String::from_utf8_lossy(&text));
                }
            }
        }
    }

    #[test]
    fn a_time_of_rfc_3339_is_what_the_steps_make_of_it() {
        for text in ["2026-11-24T10:11:12Z", "2024-02-29T23:59:60.000060Z rest", "1970-01-01T00:00:00.123456789Z"] {
            assert!(iso(text.as_bytes()).is_some(), "{text}");
            for text in broken(text) {
                // The steps alone read a small letter.
                let slow: Vec<u8> = text.iter().map(|byte| if *byte == b'T' { b't' } else { *byte }).collect();
                let mut cursor = Cursor::new(&slow);
                let expected = step_by_step::read(&mut cursor, Context::default());
                if let Some((time, length)) = iso(&text) {
                    let read = (Some(time), text.len() - length);
                    assert_eq!(read, (expected, cursor.rest().len()), "{:?}", String::from_utf8_lossy(&text));
                }
            }
        }
        assert_eq!(iso(b"2026-11-24T10:11:12.1234567890Z"), None);
        assert_eq!(iso(b"2026-11-24T10:11:12.Z"), None);
    }
}
