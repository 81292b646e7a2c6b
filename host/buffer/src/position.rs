//! How far the buffer was drained, on the disk: two places of one file, written in turn, so that one of them is whole
//! at any moment. A kill leaves the last that was written, a power cut the last that was synced.

use crate::books::Place;
use crc32c::crc32c;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

const MAGIC: &[u8; 8] = b"LOGAPOS1";
const SLOT: usize = 64;

/// Pages of their own: a disk that tears one does not touch the other.
const SLOTS_AT: [u64; 2] = [0, 4096];

pub(crate) struct PositionFile {
    file: File,
    next: u64,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    Known(Place),
    /// There was no file.
    None,
    /// What there is, is damaged.
    Damaged,
}

impl PositionFile {
    /// Opens the file, or makes it.
    pub(crate) fn open(path: &Path) -> Result<(Self, Position)> {
        let position = read(path)?;
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        let (next, position) = match position {
            Ok((number, place)) => (number.wrapping_add(1), Position::Known(place)),
            Err(nothing) => {
                // A full disk must not keep it from being written.
                file.write_all_at(&[0; SLOT], SLOTS_AT[1])?;
                file.write_all_at(&[0; SLOT], SLOTS_AT[0])?;
                (0, nothing)
            }
        };
        Ok((Self { file, next }, position))
    }

    pub(crate) fn write(&mut self, place: Place) -> Result<()> {
        let slot = SLOTS_AT[usize::from(self.next % 2 == 1)];
        self.file.write_all_at(&encode(self.next, place), slot)?;
        self.next = self.next.wrapping_add(1);
        Ok(())
    }

    pub(crate) fn try_clone(&self) -> Result<File> {
        self.file.try_clone()
    }
}

/// The last position that a file holds.
pub(crate) fn look(path: &Path) -> Result<Position> {
    Ok(read(path)?.map_or_else(|nothing| nothing, |(_, place)| Position::Known(place)))
}

fn read(path: &Path) -> Result<std::result::Result<(u64, Place), Position>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Err(Position::None)),
        file => file?,
    };
    let slot = |at| {
        let mut bytes = [0; SLOT];
        file.read_exact_at(&mut bytes, at).ok()?;
        decode(&bytes)
    };
    let last = SLOTS_AT.into_iter().filter_map(slot).max_by_key(|(number, _)| *number);
    Ok(last.ok_or_else(|| if is_blank(&file) { Position::None } else { Position::Damaged }))
}

/// Whether nothing was ever written into it.
fn is_blank(file: &File) -> bool {
    let is_zero = |at| {
        let mut bytes = [0; SLOT];
        file.read_exact_at(&mut bytes, at).map_or(true, |()| bytes == [0; SLOT])
    };
    SLOTS_AT.into_iter().all(is_zero)
}

fn encode(number: u64, place: Place) -> [u8; SLOT] {
    let mut bytes = [0; SLOT];
    bytes[..8].copy_from_slice(MAGIC);
    for (index, field) in [number, place.segment, place.at, place.records].into_iter().enumerate() {
        bytes[16 + 8 * index..24 + 8 * index].copy_from_slice(&field.to_le_bytes());
    }
    let crc = crc32c(&bytes[16..]);
    bytes[8..12].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn decode(bytes: &[u8; SLOT]) -> Option<(u64, Place)> {
    let field = |index: usize| {
        let at = 16 + 8 * index;
        u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
    };
    let is_right = bytes[..8] == *MAGIC && bytes[8..12] == crc32c(&bytes[16..]).to_le_bytes();
    is_right.then(|| (field(0), Place { segment: field(1), at: field(2), records: field(3) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(at: u64) -> Place {
        Place { segment: 3, at, records: at / 2 }
    }

    #[test]
    fn the_last_position_is_found_again() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("position");
        let (mut file, found) = PositionFile::open(&path).unwrap();
        assert_eq!(found, Position::None);
        for at in 1..5 {
            file.write(place(at)).unwrap();
            assert_eq!(PositionFile::open(&path).unwrap().1, Position::Known(place(at)));
        }
    }

    #[test]
    fn a_damaged_position_leaves_the_one_before_and_two_damaged_ones_say_so() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("position");
        let (mut file, _) = PositionFile::open(&path).unwrap();
        (1..=2).for_each(|at| file.write(place(at)).unwrap());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[4096 + 40] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(look(&path).unwrap(), Position::Known(place(1)));
        bytes[40] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(look(&path).unwrap(), Position::Damaged);
    }
}
