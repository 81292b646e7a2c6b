//! Writing a map. One shard after the other is copied into a buffer under its lock, and written without it.

use crate::block::{Blocks, Number};
use crate::format::{MAGIC, VERSION, block_head, checksum};
use crate::replace::Replacement;
use logagent_state::{Map, Namespace, NamespaceStats, UnixMs};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    /// Shards that were gone through, each once under its lock.
    pub shards: u32,
    /// Entries. One in a shard that was split meanwhile may be there twice.
    pub entries: u64,
    /// The file's length in bytes.
    pub bytes: u64,
}

/// Why there is no new snapshot. The one before is there as it was.
#[derive(Debug, thiserror::Error)]
#[error("the snapshot {} can't be written", path.display())]
pub struct SaveError {
    path: PathBuf,
    source: io::Error,
}

/// Writes what lives in the map at `now` to this file, mode 0600, in the place of what is there.
///
/// Before the file takes its place, `may_stay` is asked: what it answers `false` to is thrown away, and the one before
/// stays.
///
/// Each shard is as it was at one instant, but not all at the same. Memory for a copy of the largest shard is needed
/// meanwhile. A lane waits for no longer than a copy of its shard takes.
///
/// # Errors
/// The system's; nothing has then changed.
pub fn save(map: &Map, path: &Path, now: UnixMs, may_stay: impl FnOnce() -> bool) -> Result<Option<Saved>, SaveError> {
    let failed = |source| SaveError { path: path.to_owned(), source };
    let mut file = Replacement::begin(path).map_err(failed)?;
    let saved = write(map, now, &mut file).map_err(failed)?;
    if !may_stay() {
        return Ok(None);
    }
    file.finish().map_err(failed)?;
    Ok(Some(saved))
}

/// Writes a whole snapshot.
pub(crate) fn write(map: &Map, now: UnixMs, to: &mut impl Write) -> io::Result<Saved> {
    let names = Names::of(map.namespaces());
    let header = names.header(now);
    to.write_all(&header)?;
    let mut saved = Saved { bytes: header.len() as u64, ..Saved::default() };
    let mut blocks = Blocks::default();
    let mut block_count = 0_u32;
    // Asked anew each time: growth adds shards behind those that they were split from.
    while saved.shards < map.shards() {
        blocks.clear();
        map.export_shard(saved.shards, now, &mut |entry| {
            // One that was registered since is for the next snapshot.
            if let Some(number) = names.number(entry.namespace) {
                blocks.push(number, &entry);
            }
        });
        let (bytes, count, entries) = blocks.seal();
        to.write_all(bytes)?;
        saved.bytes += bytes.len() as u64;
        saved.entries += entries;
        saved.shards += 1;
        block_count = block_count.wrapping_add(count);
    }
    let entries = saved.entries.to_le_bytes();
    let end = [&block_head(0, block_count, &entries)[..], &entries].concat();
    to.write_all(&end)?;
    saved.bytes += end.len() as u64;
    Ok(saved)
}

/// The namespaces of a snapshot, numbered in the order of their registration.
struct Names(Vec<(Namespace, String)>);

impl Names {
    fn of(mut namespaces: Vec<NamespaceStats>) -> Self {
        namespaces.sort_unstable_by_key(|stats| stats.namespace);
        Self(namespaces.into_iter().map(|stats| (stats.namespace, stats.name)).collect())
    }

    fn number(&self, namespace: Namespace) -> Option<Number> {
        let found = self.0.binary_search_by_key(&namespace, |(known, _)| *known).ok()?;
        Number::try_from(found).ok()
    }

    fn header(&self, now: UnixMs) -> Vec<u8> {
        let mut rest = now.0.to_le_bytes().to_vec();
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
        rest.extend_from_slice(&short(self.0.len()));
        for (_, name) in &self.0 {
            rest.extend_from_slice(&short(name.len()));
            rest.extend_from_slice(name.as_bytes());
        }
        let length = u32::try_from(rest.len()).unwrap_or(u32::MAX);
        let mut header = [&MAGIC[..], &VERSION.to_le_bytes(), &length.to_le_bytes(), &rest].concat();
        header.extend_from_slice(&checksum(&header, &[]).to_le_bytes());
        header
    }
}
