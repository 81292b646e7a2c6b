//! What is counted of a sink's buffer. Its own law, in records: `taken + recovered = drained + dropped + dead_lettered + backlog`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One buffer's counts; none for a sink that has no buffer. They change together.
#[derive(Debug, Default)]
pub struct BufferMeter(Mutex<Option<BufferCounts>>);

/// What became of a buffer's records, and what is wrong with its disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BufferCounts {
    /// Records that came from pipelines.
    pub taken: u64,
    /// Records that were found at the start.
    pub recovered: u64,
    /// Records that the sink behind the buffer has confirmed.
    pub drained: u64,
    /// Records that it gave up, and that were put aside.
    pub dead_lettered: u64,
    /// Records dropped because the buffer was full.
    pub dropped_full: u64,
    /// Records dropped because they had waited for too long.
    pub dropped_age: u64,
    /// Records lost to damage of the files.
    pub dropped_corrupt: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Files on the disk.
    pub segments: u64,
    /// Torn ends of segments, which were cut off.
    pub torn: u64,
    /// Damaged ranges that were skipped.
    pub corrupt: u64,
    /// Times that something could not be written or synced.
    pub write_errors: u64,
    /// Times that the sink behind the buffer failed.
    pub drain_errors: u64,
}

impl BufferCounts {
    /// Records that the buffer holds.
    #[must_use]
    pub fn backlog(&self) -> u64 {
        let gone = self.drained + self.dead_lettered + self.dropped_full + self.dropped_age + self.dropped_corrupt;
        (self.taken + self.recovered).saturating_sub(gone)
    }
}

impl BufferMeter {
    /// Changes the counts, which begin with zeros.
    pub fn update(&self, change: impl FnOnce(&mut BufferCounts)) {
        change(self.lock().get_or_insert_default());
    }

    /// The counts of one moment.
    #[must_use]
    pub fn counts(&self) -> Option<BufferCounts> {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Option<BufferCounts>> {
        // Sums only: nothing that a panic could leave half done matters more than going on counting.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A buffer's counts, in records where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct BufferReport {
    /// Those that came from pipelines, and are confirmed there.
    pub taken: u64,
    /// Those that were found at the start.
    pub recovered: u64,
    /// Those that the sink behind the buffer has confirmed.
    pub drained: u64,
    /// Those that it gave up, and that lie in the dead letters.
    #[serde(default)]
    pub dead_lettered: u64,
    /// Those that never came there: `buffer_full`, `buffer_age`, `buffer_corrupt`.
    pub dropped: BTreeMap<String, u64>,
    /// Those that the buffer holds.
    pub backlog: u64,
    /// Bytes on the disk.
    pub bytes: u64,
    /// Files on the disk.
    pub segments: u64,
    /// Torn ends of segments, which were cut off.
    pub torn: u64,
    /// Damaged ranges that were skipped.
    pub corrupt: u64,
    /// Times that something could not be written or synced.
    pub write_errors: u64,
    /// Times that the sink behind the buffer failed.
    pub drain_errors: u64,
}

impl From<BufferCounts> for BufferReport {
    fn from(counts: BufferCounts) -> Self {
        let dropped = [
            ("buffer_full", counts.dropped_full),
            ("buffer_age", counts.dropped_age),
            ("buffer_corrupt", counts.dropped_corrupt),
        ];
        let dropped = dropped.into_iter().filter(|(_, count)| *count > 0);
        Self {
            taken: counts.taken,
            recovered: counts.recovered,
            drained: counts.drained,
            dead_lettered: counts.dead_lettered,
            dropped: dropped.map(|(reason, count)| (reason.to_owned(), count)).collect(),
            backlog: counts.backlog(),
            bytes: counts.bytes,
            segments: counts.segments,
            torn: counts.torn,
            corrupt: counts.corrupt,
            write_errors: counts.write_errors,
            drain_errors: counts.drain_errors,
        }
    }
}
