//! What bytes that were given stand for in the file: joined lines are shorter than their parts. Counts, and sees no bytes.

use std::collections::VecDeque;

/// The bytes that were given and not framed yet.
#[derive(Default)]
pub(crate) struct Runs(VecDeque<Run>);

struct Run {
    given: usize,
    /// The bytes of the file.
    raw: usize,
    /// The lines' order is not that of their parts: none of the file's bytes is done with before all of these are.
    is_joined: bool,
}

impl Runs {
    pub(super) fn give(&mut self, given: usize, raw: usize, is_joined: bool) {
        match self.0.back_mut() {
            Some(last) if !is_joined && !last.is_joined => {
                last.given += given;
                last.raw += raw;
            }
            _ => self.0.push_back(Run { given, raw, is_joined }),
        }
    }

    /// How many bytes of the file all that was given stands for, if it is so many bytes.
    pub(crate) fn raw_of_all(&self, given: usize) -> Option<u64> {
        let all = self.0.iter().map(|run| run.given).sum::<usize>();
        (all == given).then(|| self.0.iter().map(|run| run.raw as u64).sum())
    }

    /// So many bytes were framed: for how many of the file.
    pub(crate) fn frame(&mut self, mut given: usize) -> u64 {
        let mut raw = 0;
        while let Some(run) = self.0.front_mut().filter(|_| given > 0) {
            let count = given.min(run.given);
            let done = if count == run.given {
                run.raw
            } else if run.is_joined {
                0
            } else {
                count
            };
            (run.given, run.raw) = (run.given - count, run.raw - done);
            (given, raw) = (given - count, raw + done as u64);
            if run.given == 0 {
                self.0.pop_front();
            }
        }
        raw
    }

    /// What was not framed is read again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
