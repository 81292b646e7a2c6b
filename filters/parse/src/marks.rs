//! Where the marks of a web server's line stand: its quotes, first blanks and first bracket, found in one pass over the
//! whole line. A search for each of them in turn would wait for the one before, and its length is guessed wrong.

use crate::block::{CHUNK, Chunk};
use crate::look::Look;

/// The quotes that are remembered; lines of known formats have six or eight.
const QUOTES: usize = 16;

/// As many quotes as nearly all chunks have at most.
const USUAL: usize = 4;

/// The marks of one line.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    places: [u32; QUOTES],
    count: usize,
    /// Of the line's first chunk, a bit for each byte.
    blanks: u64,
    brackets: u64,
}

impl Marks {
    /// Finds a line's marks. Those of a short line are not looked for.
    #[inline]
    pub(crate) fn find(&mut self, line: &[u8]) -> Look {
        self.count = 0;
        let Some(last) = line.last_chunk().map(Chunk::read) else { return Look::at(line) };
        let (mut all, mut escapes) = (last.joined(), last.any(b'\\'));
        let (chunks, rest) = line.as_chunks::<CHUNK>();
        let first = Chunk::read(&chunks[0]);
        (self.blanks, self.brackets) = (first.hits(b' '), first.hits(b'['));
        let mut start = 0;
        for chunk in chunks {
            let chunk = Chunk::read(chunk);
            (all, escapes) = (all.or(chunk.joined()), escapes.or(chunk.any(b'\\')));
            self.add(start, chunk.hits(b'"'));
            start += CHUNK;
        }
        // The last chunk begins before what is left; what stands there is known.
        if !rest.is_empty() {
            self.add(start, last.hits(b'"') >> (CHUNK - rest.len()));
        }
        Look::of(all, escapes)
    }

    /// Adds the quotes of a chunk.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "a body is below 4 GiB")]
    fn add(&mut self, start: usize, mut hits: u64) {
        let count = hits.count_ones() as usize;
        let Some(room) = self.places.get_mut(self.count..).and_then(|room| room.first_chunk_mut::<USUAL>()) else {
            return self.count += count;
        };
        // All of them whether they are there or not: how many is not to be guessed.
        for place in room {
            *place = start as u32 + hits.trailing_zeros();
            hits &= hits.wrapping_sub(1);
        }
        // More than are remembered.
        self.count += if hits == 0 { count } else { QUOTES + 1 };
    }

    /// The quotes, where there are exactly so many.
    #[inline]
    pub(crate) fn quotes<const N: usize>(&self) -> Option<[usize; N]> {
        let places = self.places.first_chunk::<N>().filter(|_| self.count == N)?;
        Some(places.map(|place| place as usize))
    }

    /// The first two blanks, of which the first chunk must have more.
    #[inline]
    pub(crate) fn blanks(&self) -> (usize, usize) {
        let behind = self.blanks & self.blanks.wrapping_sub(1);
        (self.blanks.trailing_zeros() as usize, behind.trailing_zeros() as usize)
    }

    /// The first opening bracket; a chunk's length where the first chunk has none.
    #[inline]
    pub(crate) fn bracket(&self) -> usize {
        self.brackets.trailing_zeros() as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_found_wherever_they_stand() {
        for length in CHUNK..200 {
            for at in 0..length - 1 {
                let mut line = vec![b'-'; length];
                (line[at], line[length - 1]) = (b'"', b'"');
                let mut marks = Marks::default();
                assert_eq!(marks.find(&line), Look::at(&line));
                assert_eq!(marks.quotes(), Some([at, length - 1]));
                assert_eq!(marks.quotes::<3>(), None);
            }
        }
    }

    #[test]
    fn of_a_line_with_many_quotes_or_a_short_one_there_are_none() {
        let mut marks = Marks::default();
        for count in [5, 16, 17, 40, 65, 300] {
            marks.find("\"".repeat(count).as_bytes());
            assert_eq!((marks.quotes::<5>(), marks.quotes::<16>()), (None, None), "{count}");
        }
    }

    #[test]
    fn blanks_and_brackets_are_those_of_the_start() {
        let mut marks = Marks::default();
        marks.find(format!("a bc [d] {}", "-".repeat(100)).as_bytes());
        assert_eq!((marks.blanks(), marks.bracket()), ((1, 4), 5));
        marks.find(format!("{} [", "-".repeat(100)).as_bytes());
        assert_eq!((marks.blanks(), marks.bracket()), ((CHUNK, CHUNK), CHUNK));
    }
}
