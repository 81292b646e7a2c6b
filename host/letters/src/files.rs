//! The files in `data_dir` that letters are in.

use crate::letter::Letter;
use crate::marks::{Fate, Marks};
use logagent_component::{DEAD_LETTERS, closed_number, letter_id};
use serde::de::IgnoredAny;
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

/// Deletes the files that are not written any more and whose letters have all been replayed. Answers how many. A line that
/// a crash has cut off is no letter: its record was not confirmed, and came again.
///
/// # Errors
/// The system's.
pub fn prune(data_dir: &Path, marks: &Marks) -> io::Result<usize> {
    let mut count = 0;
    for path in closed(data_dir)? {
        if BufReader::new(File::open(&path)?)
            .split(b'\n')
            .try_fold(true, |is_done, line| io::Result::Ok(is_done && is_over(&line?, marks)))?
        {
            fs::remove_file(&path)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether nobody will want this line any more.
fn is_over(line: &[u8], marks: &Marks) -> bool {
    let is_torn = || serde_json::from_slice::<IgnoredAny>(line).is_err();
    match serde_json::from_slice::<Letter>(line) {
        Ok(letter) => letter.id.is_some_and(|id| marks.fate(id) == Fate::Done),
        Err(_) => is_torn(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_file_goes_once_its_letters_are_replayed_whatever_a_crash_has_torn_in_it() {
        let letter =
            |id: u64| format!("{{\"id\":{id},\"time\":\"\",\"kind\":\"trap\",\"filter\":\"f\",\"body\":\"b\"}}\n");
        for (text, goes) in [
            (letter(1), true),
            (letter(1) + "{\"id\":3,\"time\":\"20\n" + &letter(2), true),
            (letter(1) + "\n" + &letter(2) + "{\"id\":3", true),
            (letter(1) + "{\"id\":3\n" + &letter(4), false),
            (letter(1) + "{\"id\":2,\"another\":\"version's\"}\n", false),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let mut marks = Marks::read(dir.path()).unwrap();
            marks.note(&[1..=2], Fate::Done).unwrap();
            let path = dir.path().join("dead_letters.1.jsonl");
            fs::write(&path, &text).unwrap();
            assert_eq!((prune(dir.path(), &marks).unwrap(), path.exists()), (usize::from(goes), !goes), "{text}");
        }
    }
}
