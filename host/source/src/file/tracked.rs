//! What discovery remembers of a file between two looks, and what it concludes. Looks at no path, and at no
//! clock but for how old a compressed file is.

use super::open::OpenFile;
use super::patterns::Found;
use logagent_component::{Backoff, Retry};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a file that could not be read is left alone: each attempt is an error in the log.
const REOPENING: Retry = Retry::for_ever(Duration::from_secs(1), Duration::from_secs(60));

/// A file, from when it is found until its stream is gone.
pub(super) struct Tracked {
    pub(super) file: Arc<OpenFile>,
    /// Where it was found last.
    pub(super) path: PathBuf,
    /// Where its path leads to if that is a link: events name this.
    pub(super) target: Option<PathBuf>,
    /// The last look that found it under some path.
    pub(super) found_by: u64,
    /// The last look that saw it read further than the one before.
    pub(super) read_by: u64,
    read_to: u64,
    /// What the last look saw.
    size_found: u64,
    /// What it was when it was last seen to change, without a path.
    size: u64,
    /// Since when it had no path, or else when it last changed.
    quiet_since: Instant,
    /// Whether it has a path can't be known now.
    pub(super) is_away: bool,
    /// It has no path, and won't have one.
    pub(super) is_deleted: bool,
    failures: Backoff,
    /// Where it could not be read last.
    failed_at: u64,
}

impl Tracked {
    pub(super) fn new(file: Arc<OpenFile>, target: Option<PathBuf>, found_by: u64, now: Instant) -> Self {
        let path = file.path.clone();
        let (read_to, size_found, size) = (0, 0, 0);
        let (read_by, quiet_since, is_away, is_deleted) = (found_by, now, false, false);
        let (failures, failed_at) = (Backoff::new(REOPENING), 0);
        Self {
            file,
            path,
            target,
            found_by,
            read_by,
            read_to,
            size_found,
            size,
            quiet_since,
            is_away,
            is_deleted,
            failures,
            failed_at,
        }
    }

    /// It has a path. One that is compressed is over when it was quiet for so long, and read to its end.
    pub(super) fn is_found(&mut self, found: &Found, look: u64, now: Instant, retire: Duration) {
        let size = found.metadata.len();
        if self.path != found.path {
            found.path.clone_into(&mut self.path);
        }
        (self.found_by, self.is_away) = (look, false);
        if self.file.packing.is_some() {
            self.is_lost(size, now, retire);
            // It was quiet before it was found, perhaps for days.
            if found.age() >= retire && size == self.file.read_to() {
                self.file.retire();
            }
            return;
        }
        self.quiet_since = now;
        self.file.unretire();
        self.nudge(size);
        let read_to = self.file.read_to();
        if read_to != self.read_to {
            (self.read_to, self.read_by) = (read_to, look);
        }
    }

    /// Whether its descriptor may be closed: it is found again under the path that it has, or may have, and was read to
    /// its end.
    pub(super) fn is_idle(&self, look: u64) -> bool {
        let is_read = (self.found_by == look || self.is_away) && self.size_found == self.file.read_to();
        is_read && self.file.packing.is_none() && self.file.handle.is_open()
    }

    /// It has no path any more, and this size. Over once it was quiet for so long, and read to its end.
    pub(super) fn is_lost(&mut self, size: u64, now: Instant, retire: Duration) {
        let is_read = !self.nudge(size);
        if !is_read || size != self.size {
            (self.size, self.quiet_since) = (size, now);
        } else if now.duration_since(self.quiet_since) >= retire {
            self.file.retire();
        }
    }

    /// Whether another stream may go on with it, the last having ended at `at`: not just after a read failed there.
    pub(super) fn may_reopen(&mut self, at: u64, now: Instant) -> bool {
        if self.file.take_failure() {
            if at > self.failed_at {
                self.failures.succeed();
            }
            self.failed_at = at;
            // By no chance: the files of one machine need not be kept apart.
            self.failures.fail(now, 1.0, None);
        }
        self.failures.may_try(now)
    }

    /// Wakes the stream if it hasn't seen this size: perhaps no event told of it. Whether it hadn't.
    fn nudge(&mut self, size: u64) -> bool {
        self.size_found = size;
        let is_news = size != self.file.read_to();
        if is_news {
            self.file.ready.raise();
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::open::Owner;

    const SECOND: Duration = Duration::from_secs(1);

    fn tracked(now: Instant) -> Tracked {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (file, _) = OpenFile::open(file.path(), &Owner::default()).unwrap().unwrap();
        Tracked::new(Arc::new(file), None, 0, now)
    }

    #[test]
    fn a_file_that_is_found_again_before_its_stream_has_ended_is_not_over() {
        let now = Instant::now();
        let mut tracked = tracked(now);
        tracked.is_lost(0, now + SECOND, SECOND);
        assert!(tracked.file.is_retired());
        let metadata = tracked.file.handle.get().unwrap().metadata().unwrap();
        tracked.is_found(&Found { path: "a".into(), metadata }, 1, now + SECOND, SECOND);
        assert!(!tracked.file.is_retired());
    }

    #[test]
    fn a_file_that_can_not_be_read_is_left_alone_for_longer_each_time_until_it_is_read_further() {
        let now = Instant::now();
        let mut tracked = tracked(now);
        assert!(tracked.may_reopen(0, now), "its lane has dropped it, nothing has failed");
        let mut pause = |at| {
            tracked.file.fail();
            (0..).map(|second| second * SECOND).find(|&pause| tracked.may_reopen(at, now + pause)).unwrap()
        };
        let pauses = [0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5].map(|at| pause(at).as_secs());
        assert_eq!(pauses, [1, 2, 4, 1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn a_file_is_not_over_before_it_was_read_to_its_end_and_quiet_since() {
        let now = Instant::now();
        let mut tracked = tracked(now);
        for (second, read_to, is_retired) in [(1, 0, false), (9, 0, false), (10, 5, false), (11, 5, true)] {
            tracked.file.set_read_to(read_to);
            tracked.is_lost(5, now + second * SECOND, SECOND * 2);
            assert_eq!(tracked.file.is_retired(), is_retired, "second {second}");
        }
    }
}
