//! What a file begins with, so that it is known again. Not what tells open files apart: that is `identity`.

use logagent_component::Fingerprint;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Long enough that two logs which begin with the same banner differ within, and a page's worth of reading at most.
pub(super) const MOST_BYTES: usize = 1024;

/// The fingerprint of the first `length` bytes, of as many as there are.
pub(super) fn of(file: &File, length: u64) -> io::Result<Fingerprint> {
    let mut first = [0; MOST_BYTES];
    let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(MOST_BYTES);
    let mut count = 0;
    while count < wanted {
        match file.read_at(&mut first[count..wanted], count as u64) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(of_bytes(&first[..count]))
}

fn of_bytes(first: &[u8]) -> Fingerprint {
    let digest = Sha256::digest(first);
    let hash = u64::from_be_bytes(digest[..8].try_into().expect("a SHA-256 has 32 bytes"));
    Fingerprint { bytes: u32::try_from(first.len()).expect("MOST_BYTES bounds it"), hash }
}

/// What a file began with when it was read: what is there later may be another's.
#[derive(Default)]
pub(super) struct Beginning {
    /// Until as much was delivered as a fingerprint is of.
    bytes: Vec<u8>,
    taken: Fingerprint,
}

impl Beginning {
    /// These bytes were read at `at`.
    pub(super) fn add(&mut self, new: &[u8], at: u64) {
        let known = self.bytes.len();
        let overlap = usize::try_from(at).ok().and_then(|at| known.checked_sub(at));
        if let Some(new) = overlap.and_then(|overlap| new.get(overlap..)) {
            self.bytes.extend_from_slice(&new[..new.len().min(MOST_BYTES - known)]);
        }
    }

    /// The fingerprint of the first `length` bytes; `None` where they were not read.
    pub(super) fn fingerprint(&mut self, length: u64) -> Option<Fingerprint> {
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(MOST_BYTES);
        if self.taken.bytes as usize != wanted {
            self.taken = of_bytes(self.bytes.get(..wanted)?);
        }
        if wanted == MOST_BYTES {
            self.bytes = Vec::new();
        }
        Some(self.taken)
    }

    /// The same of a file whose bytes are not those that were delivered, as it is now, or was when it was open.
    pub(super) fn fingerprint_in(&mut self, file: Option<&File>, length: u64) -> Fingerprint {
        let is_short = u64::from(self.taken.bytes) < length.min(MOST_BYTES as u64);
        if let Some(longer) = file.filter(|_| is_short).and_then(|file| of(file, length).ok()) {
            self.taken = longer;
        }
        self.taken
    }
}

/// Whether the file begins with this.
pub(super) fn is_of(fingerprint: Fingerprint, file: &File) -> io::Result<bool> {
    Ok(of(file, fingerprint.bytes.into())? == fingerprint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_of_what_was_read_however_that_was(
            reads in prop::collection::vec((0_usize..300, 1_usize..400), 1..12),
            lengths in prop::collection::vec(0_u64..1300, 1..6),
        ) {
            let file: Vec<u8> = (0..2000_u32).map(|number| (number % 251) as u8).collect();
            let (mut beginning, mut at) = (Beginning::default(), 0);
            // Each read may begin within what was read before, as an unfinished line is read again.
            for (back, count) in reads {
                at -= back.min(at);
                let end = (at + count).min(file.len());
                beginning.add(&file[at..end], at as u64);
                at = end;
            }
            let read = at.min(MOST_BYTES) as u64;
            let mut ascending = lengths;
            ascending.sort_unstable();
            for length in ascending {
                let wanted = length.min(MOST_BYTES as u64);
                let expected = (wanted <= read).then(|| of_bytes(&file[..usize::try_from(wanted).unwrap()]));
                let found = beginning.fingerprint(length);
                prop_assert!(found == expected || wanted == 0 || expected.is_none(), "{length} of {read}");
            }
        }
    }

    #[test]
    fn what_was_not_read_has_none() {
        let mut beginning = Beginning::default();
        beginning.add(b"later", 10);
        assert_eq!(beginning.fingerprint(3), None);
        beginning.add(b"ab", 0);
        assert_eq!((beginning.fingerprint(3), beginning.fingerprint(2)), (None, Some(of_bytes(b"ab"))));
    }
}
