//! What discovery remembers of a file between two looks, and what it concludes. Looks at no clock and no path.

use super::open::OpenFile;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// An open file, from when it is found until its stream is gone.
pub(super) struct Tracked {
    pub(super) file: Arc<OpenFile>,
    /// Where its path leads to if that is a link: events name this.
    pub(super) target: Option<PathBuf>,
    /// The last look that found it under some path.
    pub(super) found_by: u64,
    size: u64,
    /// Since when it had no path, or else when it last changed.
    quiet_since: Instant,
}

impl Tracked {
    pub(super) fn new(file: Arc<OpenFile>, target: Option<PathBuf>, found_by: u64, now: Instant) -> Self {
        Self { file, target, found_by, size: 0, quiet_since: now }
    }

    /// It has a path and this size.
    pub(super) fn is_found(&mut self, size: u64, look: u64, now: Instant) {
        self.found_by = look;
        self.quiet_since = now;
        self.file.unretire();
        self.nudge(size);
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

    /// Wakes the stream if it hasn't seen this size: perhaps no event told of it. Whether it hadn't.
    fn nudge(&self, size: u64) -> bool {
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

    const SECOND: Duration = Duration::from_secs(1);

    fn tracked(now: Instant) -> Tracked {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (file, _) = OpenFile::open(file.path(), 0, &"s".into()).unwrap().unwrap();
        Tracked::new(Arc::new(file), None, 0, now)
    }

    #[test]
    fn a_file_that_is_found_again_before_its_stream_has_ended_is_not_over() {
        let now = Instant::now();
        let mut tracked = tracked(now);
        tracked.is_lost(0, now + SECOND, SECOND);
        assert!(tracked.file.is_retired());
        tracked.is_found(0, 1, now + SECOND);
        assert!(!tracked.file.is_retired());
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
