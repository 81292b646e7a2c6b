//! The dead-letter files that are not written any more: what they hold, and the last letter there is.

use logagent_component::{DEAD_LETTERS, closed_name, closed_number, letter_id};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// What closed files there are.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Closed {
    /// The highest number; 0 where there is none.
    pub(super) last: u64,
    /// What they take in bytes.
    pub(super) bytes: u64,
}

/// The closed files in this directory.
pub(super) fn closed(directory: &Path) -> io::Result<Closed> {
    let mut closed = Closed::default();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if let Some(number) = entry.file_name().to_str().and_then(closed_number) {
            closed.last = closed.last.max(number);
            closed.bytes += entry.metadata()?.len();
        }
    }
    Ok(closed)
}

/// The highest id in the youngest file that has one; 0 where none can be read. The clock may since have been set back.
pub(super) fn last_id(directory: &Path) -> u64 {
    let last_closed = closed(directory).map_or(0, |closed| closed.last);
    let names = [DEAD_LETTERS.to_owned(), closed_name(last_closed)];
    names.into_iter().filter_map(|name| last_id_in(&directory.join(name)).ok()?).max().unwrap_or(0)
}

fn last_id_in(path: &Path) -> io::Result<Option<u64>> {
    let mut last = None;
    for line in BufReader::new(File::open(path)?).split(b'\n') {
        last = letter_id(&line?).or(last);
    }
    Ok(last)
}
