//! Steps through the parts of a time: digits, names of months, fractions and zones.

use super::civil::Clock;

/// What is left of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    #[inline]
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self(text)
    }

    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    #[inline]
    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// Steps over `byte`, if it is there.
    #[inline]
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        match self.0.split_first() {
            Some((&first, rest)) if first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Steps over `byte`, which must be there.
    #[inline]
    pub(crate) fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// Exactly `N` digits.
    #[inline]
    pub(super) fn digits<const N: usize>(&mut self) -> Option<u32> {
        let (digits, rest) = self.0.split_first_chunk::<N>()?;
        let mut number = 0;
        for digit in digits.map(|byte| byte.wrapping_sub(b'0')) {
            if digit > 9 {
                return None;
            }
            number = number * 10 + u32::from(digit);
        }
        self.0 = rest;
        Some(number)
    }

    /// A day of one or two digits; a blank may stand for the first.
    pub(super) fn day(&mut self) -> Option<u32> {
        self.eat(b' ');
        let mut two = *self;
        match two.digits::<2>() {
            Some(day) => {
                *self = two;
                Some(day)
            }
            None => self.digits::<1>(),
        }
    }

    /// A month's first three letters, in any case.
    #[inline]
    pub(super) fn month(&mut self) -> Option<u32> {
        let (name, rest) = self.0.split_first_chunk::<3>()?;
        let month = month(*name)?;
        self.0 = rest;
        Some(month)
    }

    /// A day of the week, short or in full.
    pub(super) fn weekday(&mut self) -> Option<()> {
        const NAMES: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
        let length = self.0.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, rest) = self.0.split_at(length);
        NAMES.iter().find(|full| name.eq_ignore_ascii_case(full) || name.eq_ignore_ascii_case(&full[..3]))?;
        self.0 = rest;
        Some(())
    }

    /// `10:11`, `10:11:12` or `10:11:12.123456789`; a comma may stand for the point.
    #[inline]
    pub(super) fn clock(&mut self) -> Option<Clock> {
        let hour = self.digits::<2>()?;
        self.expect(b':')?;
        let minute = self.digits::<2>()?;
        if !self.eat(b':') {
            return Some(Clock { hour, minute, ..Clock::default() });
        }
        let second = self.digits::<2>()?;
        let nanos = if self.eat(b'.') || self.eat(b',') { self.fraction()? } else { 0 };
        Some(Clock { hour, minute, second, nanos })
    }

    /// One digit or more, as nanoseconds; what is finer is cut off.
    #[inline]
    fn fraction(&mut self) -> Option<u32> {
        let (mut nanos, mut weight, mut length) = (0, 100_000_000, 0);
        while let Some(digit) = self.0.get(length).filter(|byte| byte.is_ascii_digit()) {
            nanos += u32::from(digit - b'0') * weight;
            weight /= 10;
            length += 1;
        }
        self.0 = &self.0[length..];
        (length > 0).then_some(nanos)
    }

    /// A zone, if one follows at once or behind one blank; else `other`. `None` where one begins that there is none of.
    #[inline]
    pub(super) fn zone_or(&mut self, other: i32) -> Option<i32> {
        let mut ahead = *self;
        let is_apart = ahead.eat(b' ');
        match ahead.0 {
            [b'+' | b'-' | b'Z' | b'z', ..] => {}
            [b'U', b'T', ..] | [b'G', b'M', b'T', ..] if is_apart => {}
            _ => return Some(other),
        }
        let zone = ahead.zone();
        // Behind a blank a word may follow that only begins like a zone.
        if is_apart && (zone.is_none() || !matches!(ahead.0, [] | [b' ' | b']', ..])) {
            return Some(other);
        }
        *self = ahead;
        zone
    }

    /// Seconds east of Greenwich.
    #[inline]
    pub(super) fn zone(&mut self) -> Option<i32> {
        for name in [&b"Z"[..], b"z", b"UTC", b"GMT", b"UT"] {
            if let Some(rest) = self.0.strip_prefix(name) {
                self.0 = rest;
                return Some(0);
            }
        }
        let sign = if self.eat(b'-') { -1 } else { self.expect(b'+').map(|()| 1)? };
        let hours = self.digits::<2>()?;
        let has_colon = self.eat(b':');
        let has_minutes = has_colon || self.0.first().is_some_and(u8::is_ascii_digit);
        let minutes = if has_minutes { self.digits::<2>()? } else { 0 };
        if hours > 23 || minutes > 59 {
            return None;
        }
        i32::try_from(hours * 3600 + minutes * 60).ok().map(|seconds| sign * seconds)
    }
}

/// By a month's first three letters, in any case.
#[inline]
pub(super) fn month(name: [u8; 3]) -> Option<u32> {
    Some(match &name.map(|letter| letter | 0x20) {
        b"jan" => 1,
        b"feb" => 2,
        b"mar" => 3,
        b"apr" => 4,
        b"may" => 5,
        b"jun" => 6,
        b"jul" => 7,
        b"aug" => 8,
        b"sep" => 9,
        b"oct" => 10,
        b"nov" => 11,
        b"dec" => 12,
        _ => return None,
    })
}
