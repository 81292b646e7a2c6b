//! Says once what can't be opened or listed, although each look finds it again, and counts it.

use glob::GlobResult;
use logagent_telemetry::SourceMeter;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The paths that the present look and the one before it complained of.
pub(super) struct Complaints {
    meter: Arc<SourceMeter>,
    /// No look follows.
    once: bool,
    earlier: HashSet<PathBuf>,
    present: HashSet<PathBuf>,
}

impl Complaints {
    /// None yet.
    pub(super) fn new(meter: Arc<SourceMeter>, once: bool) -> Self {
        Self { meter, once, earlier: HashSet::new(), present: HashSet::new() }
    }

    /// A new look starts. What it doesn't complain of is well again, and will be news the next time.
    pub(super) fn next_look(&mut self) {
        self.earlier = std::mem::take(&mut self.present);
    }

    pub(super) fn complain(&mut self, path: &Path, action: &str, error: &io::Error) {
        let is_news = self.present.insert(path.to_owned()) && !self.earlier.contains(path);
        if is_news {
            self.meter.unreadable.add(1);
            let outlook = if self.once { "leaving it out" } else { "trying again" };
            tracing::warn!(path = %path.display(), action, %error, "file can't be read now, {outlook}");
        }
    }

    /// The path, or a complaint about the directory that couldn't be listed.
    pub(super) fn unless(&mut self, listed: GlobResult) -> Option<PathBuf> {
        listed.map_err(|failed| self.complain(failed.path(), "list", failed.error())).ok()
    }

    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.present.len()
    }
}
