//! Which compiled components are kept: those that were used lately, as far as there is room. A file's time of modification
//! says when it was used last. What goes is compiled again where it is wanted.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Who goes back to the release before, or takes a filter back, does so within days.
const LONGEST_UNUSED: Duration = Duration::from_secs(30 * 24 * 3600);

/// A write takes seconds: what is older was left by an agent that was killed.
const LONGEST_PARTIAL: Duration = Duration::from_secs(3600);

/// Some hundred components; each is a few megabytes.
const MOST_BYTES: u64 = 512 << 20;

/// A file of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    path: PathBuf,
    bytes: u64,
    unused: Duration,
}

/// Deletes from the cache in this directory what nobody is likely to want again. Failing to is no reason to stop.
pub(super) fn prune(dir: &Path, now: SystemTime) {
    let (partial, whole): (Vec<_>, Vec<_>) = entries(dir, now).into_iter().partition(|entry| is_partial(&entry.path));
    let old = partial.into_iter().filter(|entry| entry.unused > LONGEST_PARTIAL);
    for entry in doomed(whole, MOST_BYTES).into_iter().chain(old) {
        match fs::remove_file(&entry.path) {
            Ok(()) => {
                tracing::debug!(path = %entry.path.display(), "a compiled component that was not used is deleted")
            }
            Err(error) => {
                tracing::debug!(path = %entry.path.display(), %error, "a compiled component can't be deleted")
            }
        }
    }
}

fn is_partial(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "partial")
}

fn entries(dir: &Path, now: SystemTime) -> Vec<Entry> {
    let Ok(found) = fs::read_dir(dir) else { return Vec::new() };
    let entry = |path: PathBuf| {
        let is_ours = is_partial(&path) || path.extension().is_some_and(|extension| extension == "cwasm");
        let found = path.symlink_metadata().ok().filter(|found| is_ours && found.is_file())?;
        // Of the future where the clock was set back.
        let unused = now.duration_since(found.modified().ok()?).unwrap_or_default();
        Some(Entry { path, bytes: found.len(), unused })
    };
    found.flatten().filter_map(|found| entry(found.path())).collect()
}

/// Those that were not used for too long, and of the others those that go beyond so many bytes, the longest unused first.
fn doomed(mut entries: Vec<Entry>, most_bytes: u64) -> Vec<Entry> {
    entries.sort_by(|one, other| (one.unused, &one.path).cmp(&(other.unused, &other.path)));
    let mut bytes = 0;
    let stays = |entry: &&Entry| {
        bytes += entry.bytes;
        entry.unused <= LONGEST_UNUSED && bytes <= most_bytes
    };
    let count = entries.iter().take_while(stays).count();
    entries.split_off(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, bytes: u64, days: u64) -> Entry {
        Entry { path: name.into(), bytes, unused: Duration::from_secs(days * 24 * 3600) }
    }

    #[test]
    fn what_was_not_used_for_a_month_goes_and_the_rest_as_far_as_there_is_no_room() {
        let (new, week, month, old) = (entry("n", 40, 0), entry("w", 40, 7), entry("m", 40, 30), entry("o", 1, 31));
        let all = || vec![old.clone(), week.clone(), new.clone(), month.clone()];
        assert_eq!(doomed(all(), 1000), std::slice::from_ref(&old));
        assert_eq!(doomed(all(), 100), [month.clone(), old.clone()]);
        assert_eq!(doomed(all(), 39).len(), 4);
        assert_eq!(doomed(Vec::new(), 0), []);
    }

    #[test]
    fn only_files_of_the_cache_are_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let names = ["a-1.cwasm", "b-2.77.partial", "notes.txt"];
        for name in names {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        let left = || names.map(|name| dir.path().join(name).exists());
        let later = |hours: u64| SystemTime::now() + Duration::from_secs(hours * 3600);
        prune(dir.path(), later(0));
        assert_eq!(left(), [true; 3]);
        prune(dir.path(), later(2));
        assert_eq!(left(), [true, false, true], "what a killed agent was writing goes first");
        prune(dir.path(), later(31 * 24));
        assert_eq!(left(), [false, false, true]);
    }
}
