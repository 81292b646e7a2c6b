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
    let digest = Sha256::digest(&first[..count]);
    let hash = u64::from_be_bytes(digest[..8].try_into().expect("a SHA-256 has 32 bytes"));
    Ok(Fingerprint { bytes: u32::try_from(count).expect("MOST_BYTES bounds it"), hash })
}

/// Whether the file begins with this.
pub(super) fn is_of(fingerprint: Fingerprint, file: &File) -> io::Result<bool> {
    Ok(of(file, fingerprint.bytes.into())? == fingerprint)
}
