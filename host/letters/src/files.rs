//! The files in `data_dir` that letters are in.

use crate::letter::Letter;
use crate::marks::{Fate, Marks};
use logagent_component::{DEAD_LETTERS, closed_number, letter_id};
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// All lines of all files, the oldest letter first.
///
/// # Errors
/// The system's; `NotFound` where there is no file.
pub fn lines(data_dir: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut all: Option<Box<dyn BufRead>> = None;
    for path in closed(data_dir)?.into_iter().chain([data_dir.join(DEAD_LETTERS)]) {
        let file = match File::open(&path) {
            // It was renamed, or deleted with all of its letters replayed, since it was seen.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            file => BufReader::with_capacity(256 << 10, file?),
        };
        all = Some(match all {
            Some(before) => Box::new(before.chain(file)),
            None => Box::new(file),
        });
    }
    all.ok_or_else(|| ErrorKind::NotFound.into())
}

/// Files that are not written any more, the oldest first.
fn closed(data_dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(data_dir)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(closed_number);
        all.extend(number.map(|number| (number, entry.path())));
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(_, path)| path).collect())
}

/// The highest id there is; `None` without letters.
///
/// # Errors
/// The system's.
pub fn last_id(data_dir: &Path) -> io::Result<Option<u64>> {
    let lines = match lines(data_dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        lines => lines?,
    };
    lines.split(b'\n').try_fold(None, |last, line| Ok(last.max(letter_id(&line?))))
}

/// Deletes the files that are not written any more and whose letters have all been replayed. Answers how many.
///
/// # Errors
/// The system's.
pub fn prune(data_dir: &Path, marks: &Marks) -> io::Result<usize> {
    let mut count = 0;
    for path in closed(data_dir)? {
        if BufReader::new(File::open(&path)?).split(b'\n').try_fold(true, |is_done, line| {
            let id = serde_json::from_slice::<Letter>(&line?).ok().and_then(|letter| letter.id);
            io::Result::Ok(is_done && id.is_some_and(|id| marks.fate(id) == Fate::Done))
        })? {
            fs::remove_file(&path)?;
            count += 1;
        }
    }
    Ok(count)
}
