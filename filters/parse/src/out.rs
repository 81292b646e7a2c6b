//! Where MessagePack is written to: a buffer of which more is ready than is written, so that a value is put down by
//! moves of fixed length, whose excess the next value covers. A `Vec` that grows by each piece, and a call of memcpy
//! for each, cost a component more than the bytes themselves. Not for what the bytes mean: that is `pack`.

/// What is written, and the room behind it.
#[derive(Debug, Default)]
pub(crate) struct Out {
    bytes: Vec<u8>,
    end: usize,
}

/// What up to this length is moved in one piece.
pub(crate) const SHORT: usize = 32;

impl Out {
    /// Nothing is written yet; the bytes are room.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, end: 0 }
    }

    /// What is written, and whatever the room holds.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.end = 0;
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.end
    }

    /// Takes back what was written from `end` on.
    #[inline]
    pub(crate) fn truncate(&mut self, end: usize) {
        self.end = self.end.min(end);
    }

    #[inline]
    pub(crate) fn written(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    #[inline]
    pub(crate) fn written_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.end]
    }

    /// The `N` bytes behind what is written.
    #[inline]
    fn room<const N: usize>(&mut self) -> &mut [u8; N] {
        if self.bytes.len() - self.end < N {
            self.grow(N);
        }
        self.bytes[self.end..].first_chunk_mut().expect("the buffer has grown")
    }

    /// All the room behind what is written, which is at least so much.
    #[inline]
    pub(crate) fn space(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < least {
            self.grow(least);
        }
        &mut self.bytes[self.end..]
    }

    /// Counts what was written into [`Out::space`].
    #[inline]
    pub(crate) fn advance(&mut self, length: usize) {
        self.end = self.bytes.len().min(self.end + length);
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) {
        const LEAST: usize = 4096;
        let needed = self.end + more;
        self.bytes.resize(needed.max(self.bytes.len() * 2).max(LEAST), 0);
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        self.write([byte], 1);
    }

    /// Writes the first `length` of some bytes.
    #[inline]
    pub(crate) fn write<const N: usize>(&mut self, bytes: [u8; N], length: usize) {
        *self.room::<N>() = bytes;
        self.end += length.min(N);
    }

    /// Has the next bytes written, of which `write` answers the number.
    #[inline]
    pub(crate) fn fill<const N: usize>(&mut self, write: impl FnOnce(&mut [u8; N]) -> usize) {
        let length = write(self.room());
        self.end += length.min(N);
    }

    /// Writes the first bytes of a name, a byte, and the first bytes of a text, all in one: what follows a write waits
    /// for the place where it ended.
    #[inline]
    pub(crate) fn write_pair(&mut self, name: (&[u8; SHORT], usize), byte: u8, text: (&[u8; SHORT], usize)) {
        let at = name.1.min(SHORT);
        let room = self.room::<{ 2 * SHORT + 1 }>();
        room[..SHORT].copy_from_slice(name.0);
        room[at] = byte;
        room[at + 1..][..SHORT].copy_from_slice(text.0);
        self.end += at + 1 + text.1.min(SHORT);
    }

    /// Writes bytes: up to 128 by two moves, from both ends, that may overlap.
    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        match bytes.len() {
            0..4 => bytes.iter().for_each(|&byte| self.push(byte)),
            4..8 => self.put_ends::<4, 8>(bytes),
            8..16 => self.put_ends::<8, 16>(bytes),
            16..32 => self.put_ends::<16, 32>(bytes),
            32..64 => self.put_ends::<32, 64>(bytes),
            64..=128 => self.put_ends::<64, 128>(bytes),
            _ => self.put_long(bytes),
        }
    }

    /// Writes `N` to `ROOM` bytes, `ROOM` being twice `N`.
    #[inline]
    fn put_ends<const N: usize, const ROOM: usize>(&mut self, bytes: &[u8]) {
        let (Some(first), Some(last)) = (bytes.first_chunk::<N>(), bytes.last_chunk::<N>()) else { return };
        let room = self.room::<ROOM>();
        room[..N].copy_from_slice(first);
        room[bytes.len() - N..bytes.len()].copy_from_slice(last);
        self.end += bytes.len();
    }

    #[inline(never)]
    fn put_long(&mut self, bytes: &[u8]) {
        if self.bytes.len() - self.end < bytes.len() {
            self.grow(bytes.len());
        }
        self.bytes[self.end..][..bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Puts bytes between those that are written, which move.
    pub(crate) fn insert(&mut self, at: usize, bytes: &[u8]) {
        self.resize_at(at, 0, bytes.len());
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Makes a gap of `length` bytes where `old` bytes were, of whatever content; what is behind it moves.
    #[cold]
    pub(crate) fn resize_at(&mut self, at: usize, old: usize, length: usize) {
        self.space(length);
        self.bytes.copy_within(at + old..self.end, at + length);
        self.end = self.end - old + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_every_length_stand_one_behind_the_other() {
        let text: Vec<u8> = (b'a'..=b'z').cycle().take(20_000).collect();
        for length in (0..300).chain([5_000, 20_000]) {
            let mut out = Out::default();
            out.put(&text[..length]);
            out.write(*b"xyz", 2);
            let (short, least) = (text.first_chunk().unwrap(), length.min(SHORT));
            out.write_pair((short, least), b'-', (short, least));
            out.put(&text[..length]);
            let pair = [&text[..least], b"-", &text[..least]].concat();
            let expected = [&text[..length], b"xy", &pair, &text[..length]].concat();
            assert_eq!(out.written(), expected, "{length}");
        }
    }

    #[test]
    fn what_is_inserted_moves_what_is_behind_it() {
        let mut out = Out::default();
        out.put(b"head tail");
        out.insert(5, b"long ");
        assert_eq!(out.written(), b"head long tail");
        out.resize_at(5, 4, 1);
        assert_eq!((&out.written()[..5], &out.written()[6..]), (&b"head "[..], &b" tail"[..]));
        out.truncate(4);
        assert_eq!(out.written(), b"head");
    }
}
