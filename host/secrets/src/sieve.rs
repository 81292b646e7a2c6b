//! Where secrets may be: marks in blocks of 64 bytes, a bit a byte, set wherever a kind could be and seldom
//! elsewhere. Decides nothing: each mark is looked at by the kind's matcher. Marks hang on bytes being there, so that
//! what lies between two bodies can add marks but never take one away; where a kind must see what is before it,
//! `starts` stands in at a body's start.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod class;
mod marks;
mod portable;
mod row;
#[cfg(test)]
mod tests;
mod window;

pub(crate) use row::{BLOCK_BYTES, Row};

use crate::Kind;
use class::{Class, Classes, Rows};
use marks::{Addresses, Cards, Hexes, Phones};
use row::BLOCKS;
use window::Window;

/// How many blocks the next window has, of so many bytes.
pub(crate) fn blocks(bytes: usize) -> usize {
    bytes.div_ceil(BLOCK_BYTES).min(BLOCKS)
}

/// The marks of one window for each kind, and what the next window must know of this one.
pub(crate) struct Sieve {
    window: Window,
    classes: Classes,
    addresses: Addresses,
    hexes: Hexes,
    cards: Cards,
    phones: Phones,
    marks: [Row; Kind::ALL.len()],
    any: Row,
}

impl Sieve {
    pub(crate) fn new(kinds: &[Kind]) -> Self {
        Self {
            window: Window::new(),
            classes: Classes::of(kinds),
            addresses: Addresses::default(),
            hexes: Hexes::default(),
            cards: Cards::default(),
            phones: Phones::default(),
            marks: [const { Row::new() }; Kind::ALL.len()],
            any: Row::new(),
        }
    }

    /// Forgets what was before the next window.
    pub(crate) fn begin(&mut self) {
        let kept =
            [self.classes.rows(), self.addresses.rows(), self.hexes.rows(), self.cards.rows(), self.phones.rows()];
        kept.into_iter().flatten().for_each(Row::begin);
    }

    /// Looks at the next window: the first [`blocks`] of the rest. `starts` marks the first bytes of bodies.
    pub(crate) fn sift(&mut self, kinds: &[Kind], rest: &[u8], starts: &Row, blocks: usize) {
        #[cfg(target_arch = "x86_64")]
        if avx512::is_there() {
            // SAFETY: the machine has all that it is compiled for, as was just asked.
            unsafe { self.sift_avx512(kinds, rest, starts, blocks) };
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            // SAFETY: the machine has AVX2, as was just asked.
            unsafe { self.sift_avx2(kinds, rest, starts, blocks) };
            return;
        }
        self.sift_with(kinds, rest, starts, blocks, portable::classify);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn sift_avx2(&mut self, kinds: &[Kind], rest: &[u8], starts: &Row, blocks: usize) {
        self.sift_with(kinds, rest, starts, blocks, |needed, window, rows| avx2::classify(needed, window, rows));
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
    fn sift_avx512(&mut self, kinds: &[Kind], rest: &[u8], starts: &Row, blocks: usize) {
        self.sift_with(kinds, rest, starts, blocks, |needed, window, rows| avx512::classify(needed, window, rows));
    }

    /// Inlined always, so that the loops over words use the caller's instructions.
    #[inline(always)]
    fn sift_with(
        &mut self,
        kinds: &[Kind],
        rest: &[u8],
        starts: &Row,
        blocks: usize,
        classify: impl Fn(&[Class], &[u8], &mut Rows),
    ) {
        self.classes.read(self.window.take(rest), classify);
        self.any.wipe();
        for &kind in kinds {
            let (classes, marks) = (&self.classes, &mut self.marks[kind.index()]);
            match kind {
                Kind::Email => marks.copy(classes.row(Class::At)),
                Kind::Card => self.cards.mark(classes, blocks, marks),
                Kind::Ipv4 => self.addresses.mark(classes, blocks, marks),
                Kind::Ipv6 => self.hexes.mark(classes, blocks, marks),
                Kind::Phone => self.phones.mark(classes, starts, blocks, marks),
                Kind::Iban => marks::mark_ibans(classes, starts, marks),
                Kind::Jwt => marks::mark_tokens(classes, marks),
                Kind::AwsKey => marks::mark_key_names(classes, marks),
                Kind::Bearer => marks::mark_schemes(classes, marks),
            }
            self.any.add(marks);
        }
        self.classes.carry(blocks);
    }

    /// The marks of all kinds in a block of the last window.
    #[inline(always)]
    pub(crate) fn any(&self, block: usize) -> u64 {
        self.any.block(block)
    }

    /// The kinds, a bit each by their index, that have a mark at a bit of a block of the last window.
    #[inline(always)]
    pub(crate) fn kinds_at(&self, block: usize, bit: u32) -> u32 {
        // All are asked alike, also those that are not searched for and have no marks: which of them has the mark is
        // what a branch would guess wrong.
        let is_marked = |marks: &Row| (marks.block(block) >> bit & 1) as u32;
        self.marks.iter().rev().fold(0, |kinds, marks| kinds << 1 | is_marked(marks))
    }
}
