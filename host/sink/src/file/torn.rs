//! Lines that a full disk, or a kill in the middle of a write, has cut: found, and taken away where they are our own.

use std::fs::{File, OpenOptions};
use std::io::Result as IoResult;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Whether the file's last byte ends no line. One that we may write but not read is taken as whole.
pub(crate) fn is_torn(path: &Path) -> bool {
    let last_byte = || {
        let file = File::open(path)?;
        let mut last = [b'\n'];
        if let Some(at) = file.metadata()?.len().checked_sub(1) {
            file.read_exact_at(&mut last, at)?;
        }
        IoResult::Ok(last[0])
    };
    last_byte().is_ok_and(|last| last != b'\n')
}

/// How much is read at once in search of the last newline.
const PIECE_BYTES: usize = 64 << 10;

/// Cuts a torn line off the end of a file, whose bytes from `own_from` on are our own. The record that it was comes
/// again: it was not confirmed.
pub(super) fn cut(path: &Path, own_from: u64) -> IoResult<()> {
    if !is_torn(path) {
        return Ok(());
    }
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let end = line_end(&file, own_from, file.metadata()?.len())?;
    tracing::info!(path = %path.display(), end, "cut off a line that was not written to its end");
    file.set_len(end)
}

/// Where the last whole line before `end` ends; `own_from` where there is none behind it.
fn line_end(file: &File, own_from: u64, mut end: u64) -> IoResult<u64> {
    let mut piece = vec![0; PIECE_BYTES];
    while end > own_from {
        let start = end.saturating_sub(PIECE_BYTES as u64).max(own_from);
        let piece = &mut piece[..usize::try_from(end - start).expect("PIECE_BYTES bounds it")];
        file.read_exact_at(piece, start)?;
        if let Some(at) = memchr::memrchr(b'\n', piece) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(own_from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_of_our_own_is_cut_and_nothing_before() {
        let long = "x".repeat(3 * PIECE_BYTES);
        for (text, own_from, left) in [
            ("one\ntw".to_owned(), 0, 4),
            ("one\n".to_owned(), 0, 4),
            ("one\ntw".to_owned(), 4, 4),
            ("theirs".to_owned(), 6, 6),
            ("theirs, ours".to_owned(), 6, 6),
            ("tw".to_owned(), 0, 0),
            (String::new(), 0, 0),
            (format!("one\n{long}"), 0, 4),
            (format!("one\n{long}"), 9, 9),
        ] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &text).unwrap();
            cut(file.path(), own_from).unwrap();
            assert_eq!(file.path().metadata().unwrap().len(), left, "{own_from}");
        }
    }
}
