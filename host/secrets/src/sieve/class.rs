//! The classes of bytes that a window is read for: once, for all kinds.

use super::Row;
use crate::Kind;

/// What a byte is. Those that the kinds most asked for need come first: [`super::avx512`] reads eight at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// `@`.
    At,
    /// A decimal digit.
    Digit,
    /// A space or a hyphen.
    Gap,
    /// `.`.
    Dot,
    /// `:`.
    Colon,
    /// `a` to `f` in any case.
    HexLetter,
    /// An ASCII letter.
    Letter,
    /// `0`.
    Zero,
    /// `+`.
    Plus,
    /// A hyphen, a dot or a slash.
    Dash,
    /// `)`.
    Close,
    /// `A`, of `AKIA` and the like.
    CapitalA,
    /// `J`, of `eyJ`.
    CapitalJ,
    /// `k` in any case, of `access key`.
    K,
    /// `r` in any case, of `bearer`.
    R,
    /// `s` in any case, of `access key`.
    S,
}

/// How many classes there are.
pub(crate) const CLASSES: usize = 16;

impl Class {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; CLASSES] = [
        Self::At,
        Self::Digit,
        Self::Gap,
        Self::Dot,
        Self::Colon,
        Self::HexLetter,
        Self::Letter,
        Self::Zero,
        Self::Plus,
        Self::Dash,
        Self::Close,
        Self::CapitalA,
        Self::CapitalJ,
        Self::K,
        Self::R,
        Self::S,
    ];

    /// Whether the byte is of this class.
    #[inline(always)]
    pub(crate) const fn has(self, byte: u8) -> bool {
        match self {
            Self::At => byte == b'@',
            Self::Digit => byte.is_ascii_digit(),
            Self::Gap => byte == b' ' || byte == b'-',
            Self::Dot => byte == b'.',
            Self::Colon => byte == b':',
            Self::HexLetter => (byte | 0x20).wrapping_sub(b'a') <= b'f' - b'a',
            Self::Letter => byte.is_ascii_alphabetic(),
            Self::Zero => byte == b'0',
            Self::Plus => byte == b'+',
            Self::Dash => byte.wrapping_sub(b'-') <= b'/' - b'-',
            Self::Close => byte == b')',
            Self::CapitalA => byte == b'A',
            Self::CapitalJ => byte == b'J',
            Self::K => byte | 0x20 == b'k',
            Self::R => byte | 0x20 == b'r',
            Self::S => byte | 0x20 == b's',
        }
    }

    /// What a kind's marks are made of.
    const fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Email => &[Self::At],
            Kind::Card => &[Self::Digit, Self::Gap],
            Kind::Ipv4 => &[Self::Digit, Self::Dot],
            Kind::Ipv6 => &[Self::Digit, Self::HexLetter, Self::Colon],
            Kind::Phone => {
                &[Self::Plus, Self::Digit, Self::Gap, Self::Dash, Self::Close, Self::Zero, Self::Letter, Self::Colon]
            }
            Kind::Iban => &[Self::Digit, Self::Letter],
            Kind::Jwt => &[Self::CapitalJ, Self::HexLetter],
            Kind::AwsKey => &[Self::CapitalA, Self::K, Self::S],
            Kind::Bearer => &[Self::R, Self::HexLetter, Self::Gap],
        }
    }
}

/// A row for each class, in their order.
pub(crate) type Rows = [Row; CLASSES];

/// A row for each class.
pub(crate) struct Classes {
    rows: Rows,
    /// Those that some kind needs.
    needed: Vec<Class>,
}

impl Classes {
    /// All that these kinds need.
    pub(crate) fn of(kinds: &[Kind]) -> Self {
        let is_needed = |class: &Class| kinds.iter().any(|&kind| Class::of(kind).contains(class));
        let needed = Class::ALL.into_iter().filter(is_needed).collect();
        Self { rows: [const { Row::new() }; CLASSES], needed }
    }

    #[inline(always)]
    pub(crate) fn row(&self, class: Class) -> &Row {
        &self.rows[class as usize]
    }

    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    #[inline(always)]
    pub(crate) fn read(&mut self, window: &[u8], classify: impl Fn(&[Class], &[u8], &mut Rows)) {
        classify(&self.needed, window, &mut self.rows);
    }

    #[inline(always)]
    pub(crate) fn carry(&mut self, blocks: usize) {
        for &class in &self.needed {
            self.rows[class as usize].carry(blocks);
        }
    }
}
