//! Looks at bytes in blocks of sixteen: what a body is made of, and where a byte stands that is not far away. Not for
//! long searches: memchr is faster there, and slower over the two dozen bytes of a field.

use crate::block::{BLOCK, Block, CHUNK, Chunk};

/// What a body is made of, found in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) is_ascii: bool,
    pub(crate) has_backslash: bool,
}

impl Look {
    #[inline]
    pub(crate) fn at(body: &[u8]) -> Self {
        let Some(last) = body.last_chunk().map(Chunk::read) else { return Self::at_short(body) };
        let (mut all, mut escapes) = (last.joined(), last.any(b'\\'));
        for chunk in body.as_chunks::<CHUNK>().0 {
            let chunk = Chunk::read(chunk);
            (all, escapes) = (all.or(chunk.joined()), escapes.or(chunk.any(b'\\')));
        }
        Self::of(all, escapes)
    }

    /// From what all chunks of a body come to.
    #[inline]
    pub(crate) fn of(all: Block, escapes: Block) -> Self {
        Self { is_ascii: all.high_bits() == 0, has_backslash: escapes.high_bits() != 0 }
    }

    /// A body of less than a chunk.
    fn at_short(body: &[u8]) -> Self {
        let Some(last) = body.last_chunk().map(Block::read) else {
            return Self { is_ascii: body.is_ascii(), has_backslash: body.contains(&b'\\') };
        };
        let (mut all, mut escapes) = (last, last.equal(b'\\'));
        for block in body.as_chunks().0 {
            let block = Block::read(block);
            (all, escapes) = (all.or(block), escapes.or(block.equal(b'\\')));
        }
        Self::of(all, escapes)
    }
}

/// The place of the first `byte` in `text` at `from` or behind it.
// Always: a call costs a component more than most searches.
#[inline(always)]
pub(crate) fn find(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    let mut at = from;
    while let Some(block) = text.get(at..)?.first_chunk() {
        let hits = hits(block, byte);
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize);
        }
        at += BLOCK;
    }
    // The last block begins before what is left; what stands there was looked at, or lies before `from`.
    let Some(block) = text.last_chunk() else { return find_each(text, from, byte) };
    let start = text.len() - BLOCK;
    let hits = hits(block, byte) >> (at - start);
    (hits != 0).then(|| at + hits.trailing_zeros() as usize)
}

#[cold]
fn find_each(text: &[u8], from: usize, byte: u8) -> Option<usize> {
    text[from..].iter().position(|&it| it == byte).map(|at| from + at)
}

/// A bit for each byte of the block, the first the lowest.
#[inline(always)]
fn hits(block: &[u8; BLOCK], byte: u8) -> u32 {
    Block::read(block).equal(byte).high_bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_behind_a_place_is_found() {
        for length in 0..150 {
            for hit in 0..length {
                let mut text = vec![b'-'; length];
                text[hit] = b'x';
                for from in 0..=length {
                    assert_eq!(find(&text, from, b'x'), (from <= hit).then_some(hit), "{length} {hit} {from}");
                    assert_eq!(find(&text, from, b'-'), (from..length).find(|&at| at != hit), "{length} {hit} {from}");
                }
            }
            assert_eq!(find(&vec![b'-'; length], length + 1, b'-'), None);
        }
    }

    #[test]
    fn a_byte_is_seen_wherever_it_stands() {
        for length in 0..150 {
            let text = vec![b'a'; length];
            assert_eq!(Look::at(&text), Look { is_ascii: true, has_backslash: false }, "{length}");
            for at in 0..length {
                let with = |byte| [&text[..at], &[byte], &text[at + 1..]].concat();
                assert_eq!(Look::at(&with(b'\\')), Look { is_ascii: true, has_backslash: true }, "{length} {at}");
                assert_eq!(Look::at(&with(0x80)), Look { is_ascii: false, has_backslash: false }, "{length} {at}");
            }
        }
    }
}
