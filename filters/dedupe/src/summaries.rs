//! How often keys were repeated in their windows, and the records that say so. What is counted is in the state, so that
//! it is the count of all lanes, and outlives the instance; whoever takes a window's count out emits its summary.

use std::time::Duration;

use logagent_sdk::state::{Counter, Entries, Table};
use logagent_sdk::{Attributes, Batch, Emits, Fresh, metrics};

use crate::open::{self, Id, Open};
use crate::sample::Sample;

/// What was dropped of one key.
#[derive(Debug)]
pub(crate) struct Repeated<'a> {
    pub(crate) key: &'a [u8],
    /// Records of the batch, one at least.
    pub(crate) records: &'a [usize],
}

/// The open windows that have repetitions.
#[derive(Debug)]
pub(crate) struct Summaries {
    counts: Counter,
    samples: Table<Sample>,
    open: Open,
    /// The search for windows that are in the state alone, while it goes on.
    search: Option<Entries<i64>>,
    /// Repetitions whose record a full state has forgotten: a number that says of nothing what it counts helps nobody.
    lost: metrics::Counter,
    /// Room for a body.
    body: Vec<u8>,
}

/// The name of the counts in the state. They are counted up as numbers, and taken out as a table's values.
const COUNTS: &str = "repeated";

/// How long a window's count waits for someone to take it out, behind the window's end: longer than an agent is usually
/// stopped, and not for ever.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// How long after its end a window is summed up, in milliseconds: lanes' clocks, which are those of their batches, are
/// apart by what a batch takes, and a repetition that came just in time is still to be counted.
const GRACE_MS: u64 = 2_000;

/// How many windows are taken out of the state at once.
const AT_ONCE: usize = 256;

/// How many windows one tick looks up in the state: some milliseconds' work, and so far from the time that a call has.
const FOUND_A_TICK: usize = 1 << 14;

/// How many bytes of bodies one tick emits: as many as a batch has by default. The rest follows with the next tick.
const BYTES_A_TICK: usize = 512 << 10;

impl Summaries {
    pub(crate) fn new(window: Duration) -> Self {
        let kept = window + KEPT;
        let (counts, samples) = (Counter::new(COUNTS).expiring(kept), Table::new("sample").expiring(kept));
        let lost = metrics::Counter::new("lost");
        Self { counts, samples, open: Open::unknown(), search: None, lost, body: Vec::new() }
    }

    /// Counts what was dropped; `closes`: when the windows of the keys close, in milliseconds since the Unix epoch.
    pub(crate) fn note(&mut self, repeated: &[Repeated<'_>], closes: Vec<Option<i64>>, batch: &Batch<'_>) {
        // A key whose window was evicted just now is new with its next record; what was dropped is summed up at once.
        let closes = closes.into_iter().map(|closes| closes.unwrap_or(0).cast_unsigned());
        let ids: Vec<Id> = repeated.iter().zip(closes).map(|(it, closes)| open::id(closes, it.key)).collect();
        let amounts = repeated.iter().map(|repeated| repeated.records.len() as i64);
        ids.iter().zip(amounts.clone()).for_each(|(id, amount)| self.counts.add(id, amount));
        let counts = self.counts.run();
        let all = ids.into_iter().zip(repeated).zip(counts).zip(amounts);
        let first = all.filter(|&((_, count), amount)| count == amount).map(|((first, _), _)| first);
        self.begin(first.collect(), batch);
    }

    /// These windows have their first repetitions.
    fn begin(&mut self, first: Vec<(Id, &Repeated<'_>)>, batch: &Batch<'_>) {
        let sample = |repeated: &Repeated<'_>| batch.record(repeated.records[0]).map(|record| Sample::of(&record));
        if !first.is_empty() {
            self.samples.set(first.iter().filter_map(|(id, repeated)| Some((id, sample(repeated)?))));
        }
        first.into_iter().for_each(|(id, _)| self.open.add(id));
    }

    /// Emits the summaries of windows that have closed.
    pub(crate) fn tick(&mut self, now_unix_ms: u64, emits: &mut Emits) {
        let due = now_unix_ms.saturating_sub(GRACE_MS);
        self.find(due);
        let mut bytes = 0;
        while bytes < BYTES_A_TICK {
            let ids = self.open.take(due, AT_ONCE);
            if ids.is_empty() {
                break;
            }
            bytes += self.emit(&ids, emits);
        }
    }

    /// Goes on with the search for windows that nobody here knows of, where one is due or has begun.
    fn find(&mut self, due_unix_ms: u64) {
        if self.search.is_none() && self.open.is_to_be_found(due_unix_ms) {
            self.open.begin_to_find();
            self.search = Some(Table::new(COUNTS).entries());
        }
        let Some(search) = &mut self.search else { return };
        let found: Vec<Id> = search.take(FOUND_A_TICK).map(|(id, _)| id).collect();
        if found.len() < FOUND_A_TICK {
            self.search = None;
        }
        found.into_iter().for_each(|id| self.open.add(id));
    }

    /// Answers how many bytes the bodies have.
    fn emit(&mut self, ids: &[Id], emits: &mut Emits) -> usize {
        let counts = Table::<i64>::new(COUNTS).take(ids);
        let count = |count: Option<i64>| u64::try_from(count?).ok();
        // Of lanes that have found a window, one gets its count. The others leave the sample to it, too.
        let taken: Vec<(&Id, u64)> = ids.iter().zip(counts).filter_map(|(id, it)| Some((id, count(it)?))).collect();
        let samples = self.samples.take(taken.iter().map(|(id, _)| id));
        let mut bytes = 0;
        for ((id, count), sample) in taken.into_iter().zip(samples) {
            let Some(sample) = sample else {
                self.lost.add(count);
                continue;
            };
            sample.write(count, &mut self.body);
            bytes += self.body.len();
            let mut attributes = Attributes::default();
            attributes.uint("repeated", count);
            emits.add(Fresh {
                body: &self.body,
                attributes: attributes.bytes(),
                time_unix_nano: open::closes_unix_ms(id).unwrap_or(0).saturating_mul(1_000_000),
                severity: sample.severity,
            });
        }
        bytes
    }
}
