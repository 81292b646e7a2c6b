//! The last bytes that were read of a file, to be compared with what is there when more is read: a file that was cut and
//! has grown beyond its old place again can't be told by its size.

use rustix::io::preadv;
use std::fs::File;
use std::io::{self, IoSliceMut};
use std::os::unix::fs::FileExt;

/// Long enough that what follows a line in another file is not the same by chance: lines have times.
const MOST_BYTES: usize = 64;

/// The last bytes before an offset.
pub(super) struct Tail {
    bytes: [u8; MOST_BYTES],
    length: usize,
    end: u64,
}

impl Tail {
    /// Of nothing yet.
    pub(super) fn new() -> Self {
        Self { bytes: [0; MOST_BYTES], length: 0, end: 0 }
    }

    /// Of what the file holds before `at`; of nothing where it is shorter, or can't be read now.
    pub(super) fn before(file: &File, at: u64) -> Self {
        let length = usize::try_from(at).unwrap_or(usize::MAX).min(MOST_BYTES);
        let mut bytes = [0; MOST_BYTES];
        match file.read_exact_at(&mut bytes[..length], at - length as u64) {
            Ok(()) => Self { bytes, length, end: at },
            Err(_) => Self::new(),
        }
    }

    /// Reads what is there from `at` on, in one call with what lies before, where that is known. `None` where that is not
    /// what it was.
    pub(super) fn read(&self, file: &File, space: &mut [u8], at: u64) -> io::Result<Option<usize>> {
        let known = if self.end == at { &self.bytes[..self.length] } else { &[] };
        let mut before = [0; MOST_BYTES];
        let before = &mut before[..known.len()];
        loop {
            let mut spaces = [IoSliceMut::new(before), IoSliceMut::new(space)];
            match preadv(file, &mut spaces, at - known.len() as u64) {
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(count) => return Ok(count.checked_sub(known.len()).filter(|_| *before == *known)),
            }
        }
    }

    /// Whether what was read before `at` is compared there: a file that is shorter is found out by it.
    pub(super) fn knows(&self, at: u64) -> bool {
        self.end == at && self.length > 0
    }

    /// These bytes were read at `at`.
    pub(super) fn add(&mut self, bytes: &[u8], at: u64) {
        if self.end != at {
            self.length = 0;
        }
        let new = &bytes[bytes.len().saturating_sub(MOST_BYTES)..];
        let kept = self.length.min(MOST_BYTES - new.len());
        self.bytes.copy_within(self.length - kept..self.length, 0);
        self.bytes[kept..kept + new.len()].copy_from_slice(new);
        (self.length, self.end) = (kept + new.len(), at + bytes.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn what_is_before_is_compared_where_it_was_read_and_nowhere_else() {
        let mut tail = Tail::new();
        let mut space = [0; 8];
        assert_eq!(tail.read(&file(b"abcdef"), &mut space, 2).unwrap(), Some(4), "nothing is known");
        tail.add(b"ab", 0);
        let cases: [(&[u8], u64, Option<usize>); 5] =
            [(b"abcd", 2, Some(2)), (b"xbcd", 2, None), (b"a", 2, None), (b"ab", 2, Some(0)), (b"xbcd", 3, Some(1))];
        for (now, at, found) in cases {
            assert_eq!(tail.read(&file(now), &mut space, at).unwrap(), found, "{}", now.escape_ascii());
        }
    }

    #[test]
    fn what_a_file_holds_before_is_known_as_if_it_had_been_read() {
        let mut space = [0; 8];
        let tail = Tail::before(&file(b"abcdef"), 4);
        assert_eq!(tail.read(&file(b"abcdxyz"), &mut space, 4).unwrap(), Some(3));
        assert_eq!(tail.read(&file(b"abcxefg"), &mut space, 4).unwrap(), None);
        let long = [b'x'; 100];
        assert_eq!(Tail::before(&file(&long), 100).length, MOST_BYTES);
        assert!(!Tail::before(&file(b"abc"), 4).knows(4), "it is shorter");
    }

    proptest! {
        #[test]
        fn it_holds_the_last_bytes_of_all_that_was_added(runs in proptest::collection::vec(0_usize..150, 1..6)) {
            let mut tail = Tail::new();
            let all: Vec<u8> = (0..=255).cycle().take(runs.iter().sum()).collect();
            let mut at = 0;
            for run in runs {
                tail.add(&all[at..at + run], at as u64);
                at += run;
            }
            prop_assert_eq!(&tail.bytes[..tail.length], &all[at.saturating_sub(MOST_BYTES)..]);
        }
    }
}
