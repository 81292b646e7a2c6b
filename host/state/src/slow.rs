//! The last slow operations: a ring that anyone writes to, and anyone reads without stopping writers.

use crate::stats::{Operation, SlowOperation};
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::time::Duration;

/// As many as the ring keeps.
const KEPT: usize = 1024;

pub(crate) struct Slow {
    next: AtomicU64,
    records: Box<[Record]>,
}

/// Guarded by a sequence: odd while it is written, and another one each time. (Boehm, "Can Seqlocks Get Along with
/// Programming Language Memory Models?", MSPC 2012.)
#[derive(Default)]
struct Record {
    sequence: AtomicU64,
    what_and_shard: AtomicU64,
    waited_ns: AtomicU64,
    held_ns: AtomicU64,
}

impl Slow {
    pub(crate) fn new() -> Self {
        Self { next: AtomicU64::new(0), records: (0..KEPT).map(|_| Record::default()).collect() }
    }

    #[cold]
    pub(crate) fn note(&self, what: Operation, shard: u32, waited: Duration, held: Duration) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.record(number)
            .write(number, [what as u64 | u64::from(shard) << 8, nanoseconds(waited), nanoseconds(held)]);
    }

    /// The oldest first. Those that are written at this moment are left out.
    pub(crate) fn list(&self) -> Vec<SlowOperation> {
        let end = self.next.load(Ordering::Acquire);
        let start = end.saturating_sub(KEPT as u64);
        (start..end).filter_map(|number| self.record(number).read(number)).collect()
    }

    fn record(&self, number: u64) -> &Record {
        &self.records[usize::try_from(number % KEPT as u64).unwrap_or(0)]
    }
}

impl Record {
    /// A writer that was overtaken by 1,024 others, or meets one that is as slow, leaves the record to them.
    fn write(&self, number: u64, words: [u64; 3]) {
        let former = self.sequence.load(Ordering::Relaxed);
        let (writing, done) = (2 * number + 1, 2 * number + 2);
        let is_ours = former.is_multiple_of(2)
            && former < writing
            && self.sequence.compare_exchange(former, writing, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !is_ours {
            return;
        }
        // ORDER: pairs with the fence in `read`: who has seen one of these words sees that the sequence has changed.
        fence(Ordering::Release);
        self.what_and_shard.store(words[0], Ordering::Relaxed);
        self.waited_ns.store(words[1], Ordering::Relaxed);
        self.held_ns.store(words[2], Ordering::Relaxed);
        // ORDER: pairs with the first load in `read`: who sees the sequence sees the words.
        self.sequence.store(done, Ordering::Release);
    }

    fn read(&self, number: u64) -> Option<SlowOperation> {
        // ORDER: pairs with the last store in `write`.
        let sequence = self.sequence.load(Ordering::Acquire);
        let what_and_shard = self.what_and_shard.load(Ordering::Relaxed);
        let waited = Duration::from_nanos(self.waited_ns.load(Ordering::Relaxed));
        let held = Duration::from_nanos(self.held_ns.load(Ordering::Relaxed));
        // ORDER: pairs with the fence in `write`.
        fence(Ordering::Acquire);
        let is_whole = sequence == 2 * number + 2 && self.sequence.load(Ordering::Relaxed) == sequence;
        let what = Operation::from_index(what_and_shard & 0xff)?;
        let shard = u32::try_from(what_and_shard >> 8).ok()?;
        is_whole.then_some(SlowOperation { what, shard, waited, held })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
