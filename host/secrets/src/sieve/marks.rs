//! Marks that hang on several bytes: shifts and ands over words of bits, as in bit-parallel string matching
//! (Baeza-Yates and Gonnet, 1992), with the word of the block before at hand. A mark lies on the last byte that it
//! hangs on.

use super::Row;
use super::class::{Class, Classes};
use super::row::Pair;

/// Addresses of dotted numbers.
#[derive(Default)]
pub(crate) struct Addresses {
    rows: [Row; 2],
}

impl Addresses {
    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// Marks the first digit of a fourth number.
    #[inline(always)]
    pub(crate) fn mark(&mut self, classes: &Classes, blocks: usize, marks: &mut Row) {
        let (digit, dot) = (classes.row(Class::Digit), classes.row(Class::Dot));
        let [one, two] = &mut self.rows;
        one.fill(|at| digit.block(at) & dot.pair(at).back(1) & digit.pair(at).back(2));
        two.fill(|at| one.block(at) & one.pair(at).near());
        marks.fill(|at| one.block(at) & two.pair(at).near());
        one.carry(blocks);
        two.carry(blocks);
    }
}

/// Hexadecimal groups with colons.
#[derive(Default)]
pub(crate) struct Hexes {
    groups: [Row; 6],
    /// How many of the rows may hold bits.
    used: usize,
}

impl Hexes {
    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.groups
    }

    /// Marks the second of two colons, and the first digit of a seventh group.
    #[inline(always)]
    pub(crate) fn mark(&mut self, classes: &Classes, blocks: usize, marks: &mut Row) {
        let [colon, digit, letter] = [Class::Colon, Class::Digit, Class::HexLetter].map(|class| classes.row(class));
        let hex = |pair: Pair, letter: Pair, bytes| pair.back(bytes) | letter.back(bytes);
        self.groups[0].fill(|at| {
            let (digit, letter) = (digit.pair(at), letter.pair(at));
            (digit.now | letter.now) & colon.pair(at).back(1) & hex(digit, letter, 2)
        });
        let used = self.chain();
        self.groups[used..].iter_mut().take(self.used.saturating_sub(used)).for_each(Row::wipe);
        self.used = used;
        let sixth = &self.groups[5];
        marks.fill(|at| colon.block(at) & colon.pair(at).back(1) | sixth.block(at));
        self.groups[..used].iter_mut().for_each(|row| row.carry(blocks));
    }

    /// Fills the rows up to the first that stays empty; times of day, which have two colons, let most windows end at
    /// the third.
    #[inline(always)]
    fn chain(&mut self) -> usize {
        for number in 1..self.groups.len() {
            let (shorter, longer) = self.groups.split_at_mut(number);
            let (first, last) = (&shorter[0], &shorter[number - 1]);
            if last.is_empty() {
                return number;
            }
            longer[0].fill(|at| first.block(at) & (last.pair(at).near() | last.pair(at).back(5)));
        }
        self.groups.len()
    }
}

/// Digits with single gaps: whether a run of 1, 2, 4 and 8 bytes of them ends.
#[derive(Default)]
pub(crate) struct Cards {
    rows: [Row; 4],
}

impl Cards {
    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// Marks each digit that ends thirteen bytes of them.
    #[inline(always)]
    pub(crate) fn mark(&mut self, classes: &Classes, blocks: usize, marks: &mut Row) {
        let (digit, gap) = (classes.row(Class::Digit), classes.row(Class::Gap));
        let [one, two, four, eight] = &mut self.rows;
        one.fill(|at| digit.block(at) | gap.block(at) & digit.pair(at).back(1));
        two.fill(|at| one.block(at) & one.pair(at).back(1));
        four.fill(|at| two.block(at) & two.pair(at).back(2));
        eight.fill(|at| four.block(at) & four.pair(at).back(4));
        marks.fill(|at| digit.block(at) & eight.block(at) & four.pair(at).back(8) & one.pair(at).back(12));
        [one, two, four].into_iter().for_each(|row| row.carry(blocks));
    }
}

/// Runs of 2 and 3 digits, and gaps.
#[derive(Default)]
pub(crate) struct Phones {
    rows: [Row; 3],
}

impl Phones {
    pub(crate) fn rows(&mut self) -> &mut [Row] {
        &mut self.rows
    }

    /// Marks each `+`; the last digit of `ddd-dddd` behind a space, hyphen, dot, slash or parenthesis; and the digit
    /// behind a 0 that follows neither a letter, a digit, a hyphen, a dot, a slash, nor a digit and a colon, as those of
    /// times do.
    #[inline(always)]
    pub(crate) fn mark(&mut self, classes: &Classes, starts: &Row, blocks: usize, marks: &mut Row) {
        let [plus, digit, zero] = [Class::Plus, Class::Digit, Class::Zero].map(|class| classes.row(class));
        let [gap, dash, close] = [Class::Gap, Class::Dash, Class::Close].map(|class| classes.row(class));
        let [letter, colon] = [Class::Letter, Class::Colon].map(|class| classes.row(class));
        let [two, three, gaps] = &mut self.rows;
        two.fill(|at| digit.block(at) & digit.pair(at).back(1));
        three.fill(|at| digit.block(at) & two.pair(at).back(1));
        gaps.fill(|at| gap.block(at) | dash.block(at) | close.block(at));
        marks.fill(|at| {
            let (two, gap) = (two.pair(at), gaps.pair(at));
            let local = two.now & two.back(2) & gap.back(4) & three.pair(at).back(5) & gap.back(8);
            let time = colon.pair(at).back(2) & digit.pair(at).back(3) & !starts.pair(at).back(2);
            let joined = letter.pair(at).back(2) | digit.pair(at).back(2) | dash.pair(at).back(2) | time;
            let trunk = digit.block(at) & zero.pair(at).back(1) & (!joined | starts.pair(at).back(1));
            plus.block(at) | local | trunk
        });
        [two, three, gaps].into_iter().for_each(|row| row.carry(blocks));
    }
}

/// Marks the second of two digits behind two letters that follow neither a letter nor a digit.
#[inline(always)]
pub(crate) fn mark_ibans(classes: &Classes, starts: &Row, marks: &mut Row) {
    let (digit, letter) = (classes.row(Class::Digit), classes.row(Class::Letter));
    marks.fill(|at| {
        let (digit, letter) = (digit.pair(at), letter.pair(at));
        let head = digit.now & digit.back(1) & letter.back(2) & letter.back(3);
        head & (!(digit.back(4) | letter.back(4)) | starts.pair(at).back(3))
    });
}

/// Marks the `J` of what may be `eyJ`: its `y` can be any byte here.
#[inline(always)]
pub(crate) fn mark_tokens(classes: &Classes, marks: &mut Row) {
    let (hex, capital) = (classes.row(Class::HexLetter), classes.row(Class::CapitalJ));
    marks.fill(|at| capital.block(at) & hex.pair(at).back(2));
}

/// Marks the second of two `A` with two bytes between, and in any case the `k` of `ssk`, or `ss`, a byte and `k`.
#[inline(always)]
pub(crate) fn mark_key_names(classes: &Classes, marks: &mut Row) {
    let [capital, k, s] = [Class::CapitalA, Class::K, Class::S].map(|class| classes.row(class));
    marks.fill(|at| {
        let (capital, s) = (capital.pair(at), s.pair(at));
        capital.now & capital.back(3) | k.block(at) & s.back(2) & (s.back(1) | s.back(3))
    });
}

/// Marks the byte behind what may be `rer` in any case: its `e` can be any letter of `a` to `f` here, and the byte a
/// hyphen.
#[inline(always)]
pub(crate) fn mark_schemes(classes: &Classes, marks: &mut Row) {
    let [gap, hex, r] = [Class::Gap, Class::HexLetter, Class::R].map(|class| classes.row(class));
    marks.fill(|at| {
        let r = r.pair(at);
        gap.block(at) & r.back(1) & hex.pair(at).back(2) & r.back(3)
    });
}
