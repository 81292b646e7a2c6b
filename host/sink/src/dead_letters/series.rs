//! The dead-letter files that are not written any more: how they are called, what they hold, and the last letter there
//! is.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// What closed files there are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Closed {
    /// The highest number; 0 where there is none.
    pub(super) last: u64,
    /// What they take in bytes.
    pub(super) bytes: u64,
}

/// What a file at this path is called once it is closed: `dead_letters.jsonl` becomes `dead_letters.7.jsonl`.
pub(super) fn name(path: &Path, number: u64) -> PathBuf {
    path.with_extension(format!("{number}.jsonl"))
}

/// The closed files of the one at this path.
pub(super) fn closed(path: &Path) -> io::Result<Closed> {
    let mut closed = Closed::default();
    let Some(dir) = path.parent() else { return Ok(closed) };
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if let Some(number) = number(path, &entry.path()) {
            closed.last = closed.last.max(number);
            closed.bytes += entry.metadata()?.len();
        }
    }
    Ok(closed)
}

fn number(path: &Path, other: &Path) -> Option<u64> {
    let middle = other.file_stem()?.to_str()?.strip_prefix(path.file_stem()?.to_str()?)?;
    (other.extension()? == "jsonl").then(|| middle.strip_prefix('.')?.parse().ok())?
}

/// The highest id in the youngest file that has one; 0 where none can be read. The clock may since have been set back.
pub(super) fn last_id(path: &Path) -> u64 {
    let last_closed = closed(path).map_or(0, |closed| closed.last);
    let found = [path.to_owned(), name(path, last_closed)].into_iter().filter_map(|path| last_id_in(&path).ok()?);
    found.max().unwrap_or(0)
}

fn last_id_in(path: &Path) -> io::Result<Option<u64>> {
    let mut last = None;
    for line in BufReader::new(File::open(path)?).split(b'\n') {
        last = id(&line?).or(last);
    }
    Ok(last)
}

fn id(line: &[u8]) -> Option<u64> {
    let digits = line.strip_prefix(b"{\"id\":")?;
    let end = digits.iter().position(|byte| !byte.is_ascii_digit())?;
    std::str::from_utf8(&digits[..end]).ok()?.parse().ok()
}
