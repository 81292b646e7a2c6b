//! Filling a map with what a snapshot holds.

use crate::read::{DamageError, Header, Reader, Stored};
use logagent_state::{Call, Expiry, Map, Namespace, Quota, UnixMs};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// What became of a snapshot's entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restored {
    /// Entries that were written to the map. One that stood in the file twice counts twice.
    pub entries: u64,
    /// Those whose time had come.
    pub expired: u64,
    /// Those for which there was no room: the budget is smaller now.
    pub no_room: u64,
    /// Those whose namespace is not wanted any more.
    pub unwanted: u64,
    /// These namespaces.
    pub unwanted_names: Vec<String>,
    /// By how much the clock is behind that of the snapshot, in milliseconds; 0 where it is not.
    pub clock_behind_ms: u64,
}

/// Why a snapshot is refused.
#[derive(Debug, thiserror::Error)]
#[error("the snapshot {} is refused", path.display())]
pub struct RestoreError {
    path: PathBuf,
    source: DamageError,
}

/// Reads the snapshot in this file into the map, which must be empty, and nobody else's yet; `None` where there is no
/// file. `quota_of` answers what a namespace of that name may take, or `None` where its entries are not wanted.
///
/// What has expired by `now` is left out. Where the clock is behind the snapshot's, nobody knows how much time has passed:
/// then all entries have as much time left as they had when it was written.
///
/// # Errors
/// The file is none, torn, damaged, or can't be read. The map may then hold a part of it, and is to be thrown away.
pub fn restore(
    map: &Map,
    path: &Path,
    now: UnixMs,
    quota_of: &dyn Fn(&str) -> Option<Quota>,
) -> Result<Option<Restored>, RestoreError> {
    let refused = |source| RestoreError { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|source| refused(DamageError::Io { at: 0, source }))?,
    };
    fill(map, file, now, quota_of).map(Some).map_err(refused)
}

/// Reads a whole snapshot. There is nothing to gain from a buffer: blocks are large.
pub(crate) fn fill(
    map: &Map,
    from: impl Read,
    now: UnixMs,
    quota_of: &dyn Fn(&str) -> Option<Quota>,
) -> Result<Restored, DamageError> {
    let mut reader = Reader::new(from);
    let Header { written_at, names } = reader.header()?;
    let clock_behind_ms = written_at.0.saturating_sub(now.0);
    let mut target =
        Target { map, now, names: Vec::new(), restored: Restored { clock_behind_ms, ..Restored::default() } };
    names.into_iter().for_each(|name| target.register(name, quota_of));
    while let Some(block) = reader.block()? {
        let at = block.at;
        for entry in block {
            if !target.put(&entry?) {
                return Err(DamageError::Damaged { what: "an entry of no namespace", at });
            }
        }
    }
    Ok(target.restored)
}

/// The map that is being filled.
struct Target<'a> {
    map: &'a Map,
    now: UnixMs,
    /// By their places in the file; `None` where nobody wants them.
    names: Vec<Option<Namespace>>,
    restored: Restored,
}

impl Target<'_> {
    fn register(&mut self, name: String, quota_of: &dyn Fn(&str) -> Option<Quota>) {
        let wanted = quota_of(&name).and_then(|quota| self.map.namespace(&name, quota).ok());
        if wanted.is_none() {
            self.restored.unwanted_names.push(name);
        }
        self.names.push(wanted);
    }

    /// Whether the file has such a namespace.
    fn put(&mut self, entry: &Stored<'_>) -> bool {
        let Some(&namespace) = self.names.get(entry.name) else { return false };
        let Some(namespace) = namespace else {
            self.restored.unwanted += 1;
            return true;
        };
        let expiry = match entry.expiry {
            Expiry::Never => Expiry::Never,
            Expiry::At(UnixMs(at)) => Expiry::At(UnixMs(at.saturating_sub(self.restored.clock_behind_ms))),
        };
        let count = match expiry {
            Expiry::At(at) if at <= self.now => &mut self.restored.expired,
            _ => match self.map.set(namespace, entry.key, entry.value, &mut Call { expiry, ..Call::at(self.now) }) {
                Ok(()) => &mut self.restored.entries,
                Err(_) => &mut self.restored.no_room,
            },
        };
        *count += 1;
        true
    }
}
