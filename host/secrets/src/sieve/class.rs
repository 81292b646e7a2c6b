//! The classes of bytes, and short sequences of them, that a window is read for: once, for all kinds.

use super::Row;
use crate::Kind;

/// What a byte is, or that it and those behind it are a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// `@`.
    At,
    /// A decimal digit.
    Digit,
    /// `0`.
    Zero,
    /// An ASCII letter.
    Letter,
    /// `a` to `f` in any case.
    HexLetter,
    /// A space or a hyphen.
    Gap,
    /// A hyphen, a dot or a slash.
    Dash,
    /// `)`.
    Close,
    /// `.`.
    Dot,
    /// `:`.
    Colon,
    /// `+`.
    Plus,
    /// `yJ`, of `eyJ`.
    JwtHead,
    /// `A`, two bytes, `A`; or, in any case, `ssk` or `ss`, a byte and `k`.
    AwsName,
    /// `rer ` in any case.
    Bearer,
}

impl Class {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 14] = [
        Self::At,
        Self::Digit,
        Self::Zero,
        Self::Letter,
        Self::HexLetter,
        Self::Gap,
        Self::Dash,
        Self::Close,
        Self::Dot,
        Self::Colon,
        Self::Plus,
        Self::JwtHead,
        Self::AwsName,
        Self::Bearer,
    ];

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
            Kind::Jwt => &[Self::JwtHead],
            Kind::AwsKey => &[Self::AwsName],
            Kind::Bearer => &[Self::Bearer],
        }
    }
}

/// A row for each class.
pub(crate) struct Classes {
    rows: [Row; Class::ALL.len()],
    /// Those that some kind needs.
    needed: Vec<Class>,
}

impl Classes {
    /// All that these kinds need.
    pub(crate) fn of(kinds: &[Kind]) -> Self {
        let is_needed = |class: &Class| kinds.iter().any(|&kind| Class::of(kind).contains(class));
        let needed = Class::ALL.into_iter().filter(is_needed).collect();
        Self { rows: [const { Row::new() }; Class::ALL.len()], needed }
    }

    #[inline(always)]
    pub(crate) fn row(&self, class: Class) -> &Row {
        &self.rows[class as usize]
    }

    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    #[inline(always)]
    pub(crate) fn read(&mut self, window: &[u8], classify: impl Fn(Class, &[u8], &mut [u64])) {
        for &class in &self.needed {
            classify(class, window, self.rows[class as usize].words_mut());
        }
    }

    #[inline(always)]
    pub(crate) fn carry(&mut self, blocks: usize) {
        for &class in &self.needed {
            self.rows[class as usize].carry(blocks);
        }
    }
}
