//! The classes with AVX-512, eight at a time: what a byte is stands in a table as the bits of a code, and the codes of a
//! block's bytes, transposed, are a word for each class. The instruction that multiplies matrices of bits transposes
//! them, too (Intel, "Galois Field New Instructions Technology Guide"). The same answers as `portable`, which a test
//! compares.

use super::class::{Class, Rows};
use super::{BLOCK_BYTES, Row};
use bytemuck::{cast, pod_read_unaligned};
use std::arch::x86_64::{
    __m512i, _mm512_gf2p8affine_epi64_epi8, _mm512_maskz_permutex2var_epi8, _mm512_movepi8_mask,
    _mm512_permutexvar_epi8, _mm512_set1_epi64, _mm512_shuffle_epi8, _mm512_shuffle_i64x2 as halves,
    _mm512_unpackhi_epi64 as odd, _mm512_unpacklo_epi64 as even,
};

/// How many classes are read at once, as many as a code has bits; and how many blocks, so that a row gets as many words.
const EIGHT: usize = 8;

/// The codes of ASCII, half by half; other bytes have none.
type Table = [[u8; 64]; 2];

/// One for each eight classes.
static TABLES: [Table; Class::ALL.len() / EIGHT] = [table(0), table(1)];

const fn table(group: usize) -> Table {
    let mut table = [[0; 64]; 2];
    let mut byte = 0_u8;
    while byte < 128 {
        let mut bit = 0;
        while bit < EIGHT {
            let is_of_class = Class::ALL[group * EIGHT + bit].has(byte);
            table[byte as usize / 64][byte as usize % 64] |= (is_of_class as u8) << bit;
            bit += 1;
        }
        byte += 1;
    }
    table
}

/// Of 64 bytes in eight words, those of each word from its last to its first; or the first ones of all words, then the
/// second ones, and so on.
const fn places(is_backward: bool) -> [[u8; 8]; 8] {
    let mut places = [[0; 8]; 8];
    let mut at = 0;
    while at < 64 {
        let (word, byte) = (at / 8, at % 8);
        places[word as usize][byte as usize] = if is_backward { word * 8 + 7 - byte } else { byte * 8 + word };
        at += 1;
    }
    places
}

/// Whether this machine has what is used here.
pub(crate) fn is_there() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("gfni")
}

/// Writes the rows of these classes, and perhaps of others: a word for each block of the window, whose blocks are as
/// many as a multiple of eight.
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
pub(crate) fn classify(needed: &[Class], window: &[u8], rows: &mut Rows) {
    let (groups, _) = rows.as_chunks_mut::<EIGHT>();
    for (group, (rows, table)) in groups.iter_mut().zip(&TABLES).enumerate() {
        if needed.iter().any(|&class| class as usize / EIGHT == group) {
            read(table, window, rows);
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn read(table: &Table, window: &[u8], rows: &mut [Row; EIGHT]) {
    let table = table.map(cast);
    let (stretches, _) = window.as_chunks::<{ EIGHT * BLOCK_BYTES }>();
    for (stretch, blocks) in stretches.iter().enumerate() {
        let mut words = [_mm512_set1_epi64(0); EIGHT];
        for (words, block) in words.iter_mut().zip(blocks.as_chunks::<BLOCK_BYTES>().0) {
            *words = by_class(table, pod_read_unaligned(block));
        }
        for (row, words) in rows.iter_mut().zip(transposed(words)) {
            let words: [u64; EIGHT] = cast(words);
            row.words_mut()[stretch * EIGHT..][..EIGHT].copy_from_slice(&words);
        }
    }
}

/// A block's word for each of the eight classes.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn by_class([low, high]: [__m512i; 2], block: __m512i) -> __m512i {
    /// The product takes the rows of a matrix from the last to the first.
    const BACKWARD: [[u8; 8]; 8] = places(true);
    /// The first bytes of all words, then the second ones, and so on.
    const BY_CLASS: [[u8; 8]; 8] = places(false);
    /// The matrix of bits with ones where row and column are the same.
    const ONE: i64 = 0x8040_2010_0804_0201_u64.cast_signed();
    let block = _mm512_shuffle_epi8(block, cast(BACKWARD));
    let is_ascii = !_mm512_movepi8_mask(block);
    let codes = _mm512_maskz_permutex2var_epi8(is_ascii, low, block, high);
    let transposed = _mm512_gf2p8affine_epi64_epi8::<0>(_mm512_set1_epi64(ONE), codes);
    _mm512_permutexvar_epi8(cast(BY_CLASS), transposed)
}

/// The rows of a matrix of words as its columns.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi,gfni")]
fn transposed([a, b, c, d, e, f, g, h]: [__m512i; EIGHT]) -> [__m512i; EIGHT] {
    // Of two rows each: the columns 0, 2, 4 and 6, in pairs; the columns 1, 3, 5 and 7.
    let [ab, cd, ef, gh] = [even(a, b), even(c, d), even(e, f), even(g, h)];
    let [ba, dc, fe, hg] = [odd(a, b), odd(c, d), odd(e, f), odd(g, h)];
    // Of four rows each, two columns.
    let [abcd04, abcd26] = [halves::<0x88>(ab, cd), halves::<0xdd>(ab, cd)];
    let [efgh04, efgh26] = [halves::<0x88>(ef, gh), halves::<0xdd>(ef, gh)];
    let [abcd15, abcd37] = [halves::<0x88>(ba, dc), halves::<0xdd>(ba, dc)];
    let [efgh15, efgh37] = [halves::<0x88>(fe, hg), halves::<0xdd>(fe, hg)];
    [
        halves::<0x88>(abcd04, efgh04),
        halves::<0x88>(abcd15, efgh15),
        halves::<0x88>(abcd26, efgh26),
        halves::<0x88>(abcd37, efgh37),
        halves::<0xdd>(abcd04, efgh04),
        halves::<0xdd>(abcd15, efgh15),
        halves::<0xdd>(abcd26, efgh26),
        halves::<0xdd>(abcd37, efgh37),
    ]
}
