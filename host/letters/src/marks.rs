//! What has become of letters that were sent again: kept in `data_dir/dead_letters.replayed`, a JSON object a line for
//! each run of letters, synced before and after they are sent. A letter that was sent, and of which nothing more is
//! known since the agent was killed meanwhile, is not sent again unless someone asks for it.

use rangemap::RangeInclusiveMap;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::ops::RangeInclusive;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Ids are microseconds since 1970. The greatest number is none: nothing comes behind it.
pub(crate) const LAST_ID: u64 = u64::MAX - 1;

/// What has become of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It was never sent.
    Waiting,
    /// It was sent. Whether it arrived is not known.
    Sent,
    /// It was delivered, dropped on purpose, or put aside anew.
    Done,
}

/// All marks.
#[derive(Debug)]
pub struct Marks {
    path: PathBuf,
    fates: RangeInclusiveMap<u64, Fate>,
}

/// Letters from one id to another; those between them that are none will never be any.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Run {
    from: u64,
    to: u64,
    fate: Fate,
}

impl Marks {
    /// The marks in this directory; none where there is no such file. A line that a crash cut off says nothing.
    ///
    /// # Errors
    /// The system's.
    pub fn read(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join("dead_letters.replayed");
        let text = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            text => text?,
        };
        let runs = text.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice::<Run>(line).ok());
        // Of what was said of a letter, the last holds.
        let fates = runs
            .filter(|run| run.from <= run.to && run.to <= LAST_ID)
            .map(|run| (run.from..=run.to, run.fate))
            .collect();
        Ok(Self { path, fates })
    }

    /// What has become of the letter with this id.
    #[must_use]
    pub fn fate(&self, id: u64) -> Fate {
        self.fates.get(&id).copied().unwrap_or(Fate::Waiting)
    }

    /// Notes what has become of these letters, and has it on the disk.
    ///
    /// # Errors
    /// The system's: nothing is then noted.
    pub fn note(&mut self, runs: &[RangeInclusive<u64>], fate: Fate) -> io::Result<()> {
        // A line that a crash cut off must not swallow the next.
        let mut lines = b"\n".to_vec();
        for run in runs {
            serde_json::to_writer(&mut lines, &Run { from: *run.start(), to: *run.end(), fate })?;
            lines.push(b'\n');
        }
        let is_new = !self.path.exists();
        let mut file = OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?;
        file.write_all(&lines)?;
        file.sync_data()?;
        if is_new {
            File::open(self.path.parent().expect("it lies in a directory"))?.sync_all()?;
        }
        self.fates.extend(runs.iter().map(|run| (run.clone(), fate)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_of_ids_that_there_are_not_says_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mark = format!("{{\"from\":1,\"to\":{},\"fate\":\"done\"}}\n", u64::MAX);
        std::fs::write(dir.path().join("dead_letters.replayed"), mark).unwrap();
        assert_eq!(Marks::read(dir.path()).unwrap().fate(1), Fate::Waiting);
    }

    #[test]
    fn the_last_that_was_noted_holds_over_restarts_and_torn_lines() {
        let dir = tempfile::tempdir().unwrap();
        let mut marks = Marks::read(dir.path()).unwrap();
        assert_eq!(marks.fate(5), Fate::Waiting);
        marks.note(&[3..=9, 20..=20], Fate::Sent).unwrap();
        let mut file = OpenOptions::new().append(true).open(dir.path().join("dead_letters.replayed")).unwrap();
        file.write_all(b"{\"from\":1,\"to\":9").unwrap();
        marks.note(&[3..=5], Fate::Done).unwrap();
        for marks in [marks, Marks::read(dir.path()).unwrap()] {
            let fates = [2, 3, 5, 6, 9, 10, 20].map(|id| marks.fate(id));
            let (waiting, sent, done) = (Fate::Waiting, Fate::Sent, Fate::Done);
            assert_eq!(fates, [waiting, done, done, sent, sent, waiting, sent]);
        }
    }
}
