//! Says once what can't be opened or listed, although each look finds it again.

use glob::GlobResult;
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// The paths that the present look and the one before it complained of.
#[derive(Default)]
pub(super) struct Complaints {
    earlier: HashSet<PathBuf>,
    present: HashSet<PathBuf>,
}

impl Complaints {
    /// A new look starts. What it doesn't complain of is well again, and will be news the next time.
    pub(super) fn next_look(&mut self) {
        self.earlier = std::mem::take(&mut self.present);
    }

    pub(super) fn complain(&mut self, path: &Path, action: &str, error: &io::Error) {
        let is_news = self.present.insert(path.to_owned()) && !self.earlier.contains(path);
        if is_news {
            tracing::warn!(path = %path.display(), action, %error, "file can't be read now, trying again");
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
