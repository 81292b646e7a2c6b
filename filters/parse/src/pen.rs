//! Writes entries of a map in blocks of fixed length into room that was made once for all of them, for lines whose
//! entries are known beforehand: no piece waits for a look at the buffer's end, and hardly any for how long another is.
//! Not for values inside of values: those are written by `pack`.

use crate::key::Key;
use crate::out::SHORT;
use crate::pack;

/// What is moved at once of a longer text.
const LONG: usize = 64;

/// What a piece may touch behind its own end.
pub(crate) const EXCESS: usize = 2 * LONG;

/// What an entry takes at most beside its key and its text: the text's head, or a number.
pub(crate) const EXTRA: usize = pack::NUMBER;

/// Writes into a room.
#[derive(Debug)]
pub(crate) struct Pen<'a> {
    room: &'a mut [u8],
    at: usize,
    count: u32,
}

impl<'a> Pen<'a> {
    #[inline]
    pub(crate) fn new(room: &'a mut [u8]) -> Self {
        Self { room, at: 0, count: 0 }
    }

    /// The entries, and the bytes that they take.
    pub(crate) fn written(&self) -> (u32, usize) {
        (self.count, self.at)
    }

    /// Adds the first `length` bytes of `text`. What is behind these is read, too, and best there.
    #[inline(always)]
    pub(crate) fn text(&mut self, key: &Key, text: &[u8], length: usize) {
        match text.first_chunk::<SHORT>() {
            Some(first) if length < SHORT && key.is_short() => self.short(key, first, length),
            _ => self.long(key, text, length),
        }
    }

    #[inline(always)]
    fn short(&mut self, key: &Key, text: &[u8; SHORT], length: usize) {
        let name = key.whole().len().min(SHORT);
        let room: &mut [u8; 2 * SHORT + 1] = self.room[self.at..].first_chunk_mut().expect("room was made");
        room[..SHORT].copy_from_slice(key.first());
        room[name] = pack::short_text_head(length);
        room[name + 1..][..SHORT].copy_from_slice(text);
        self.at += name + 1 + length;
        self.count += 1;
    }

    #[inline(never)]
    #[expect(clippy::cast_possible_truncation, reason = "each arm's range is what its cast can hold")]
    fn long(&mut self, key: &Key, text: &[u8], length: usize) {
        self.key(key);
        match length {
            0..SHORT => self.head(&[pack::short_text_head(length)]),
            SHORT..0x100 => self.head(&[0xd9, length as u8]),
            0x100..0x1_0000 => self.head(&[0xda, (length >> 8) as u8, length as u8]),
            _ => {
                self.head(&[0xdb]);
                self.head(&(length as u32).to_be_bytes());
            }
        }
        let mut moved = 0;
        while moved < length
            && length < 4 * LONG
            && let Some(piece) = text[moved..].first_chunk::<LONG>()
        {
            self.room[self.at + moved..][..LONG].copy_from_slice(piece);
            moved += LONG;
        }
        if moved < length {
            self.room[self.at + moved..self.at + length].copy_from_slice(&text[moved..length]);
        }
        self.at += length;
    }

    #[inline(always)]
    fn head(&mut self, bytes: &[u8]) {
        self.room[self.at..][..bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Adds a whole number.
    #[inline(always)]
    pub(crate) fn uint(&mut self, key: &Key, value: u64) {
        self.key(key);
        self.at += pack::uint_into(self.room[self.at..].first_chunk_mut().expect("room was made"), value);
    }

    #[inline(always)]
    fn key(&mut self, key: &Key) {
        self.room[self.at..][..SHORT].copy_from_slice(key.first());
        if !key.is_short() {
            self.room[self.at..][..key.whole().len()].copy_from_slice(key.whole());
        }
        self.at += key.whole().len();
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use logagent_sdk::{Entries, Value};

    use super::*;

    fn written(write: impl FnOnce(&mut Pen<'_>)) -> Vec<u8> {
        let mut room = vec![0; 200_000];
        let mut pen = Pen::new(&mut room);
        write(&mut pen);
        let (count, length) = pen.written();
        let mut map = vec![0xdf];
        map.extend(count.to_be_bytes());
        map.extend(&room[..length]);
        map
    }

    #[test]
    fn texts_of_every_length_read_back_whatever_is_behind_them() {
        let all: Vec<u8> = (b'a'..=b'z').cycle().take(70_100).collect();
        for name in ["", "name", "a.name.of.more.than.thirty-one.bytes"] {
            let key = Key::new(b"", name.as_bytes());
            for length in (0..300).chain([65_535, 65_536, 70_000]) {
                for behind in [0, 1, 31, 33, 100] {
                    let map = written(|pen| {
                        pen.text(&key, &all[..length + behind], length);
                        pen.uint(&key, 7);
                    });
                    let expected = Value::Text(std::str::from_utf8(&all[..length]).unwrap());
                    let entries: Vec<_> = Entries::of(&map).collect();
                    assert_eq!(entries, [(Value::Text(name), expected), (Value::Text(name), Value::Int(7))]);
                }
            }
        }
    }

    #[test]
    fn numbers_are_written_as_short_as_they_can_be() {
        let key = Key::new(b"", b"n");
        for bits in 0..63 {
            for value in [(1_u64 << bits) - 1, 1 << bits, (1 << bits) + 1] {
                let mut out = crate::out::Out::default();
                pack::uint(&mut out, value);
                let map = written(|pen| pen.uint(&key, value));
                assert_eq!(&map[7..], out.written(), "{value}");
            }
        }
    }
}
