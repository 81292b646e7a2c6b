//! The agent's own settings: directories, lanes, memory, batches. Not for sources, filters, sinks and pipelines.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use crate::problem::Position;
use crate::reader::{Context, Section};
use crate::units::show_size;
use crate::{Named, Source, State};

const MIB: usize = 1 << 20;
const DEFAULT_RING_BYTES: usize = 16 * MIB;
const MIN_RING_BYTES: usize = MIB;
const MAX_RING_BYTES: usize = 512 * MIB;
pub(crate) const RING_BYTES: RangeInclusive<usize> = MIN_RING_BYTES..=MAX_RING_BYTES;

/// One batch being filled, one in the filters, one in the sinks, and room for edits.
const BATCHES_IN_A_RING: usize = 4;

/// Less than a ring of the default size would leave nothing for the rest.
const MIN_MEMORY_LIMIT: usize = 16 * MIB;
/// More than any machine gives to one agent: likely a wrong unit.
const MAX_MEMORY_LIMIT: usize = 1 << 40;

const MAX_LANES: usize = 256;

const DEFAULT_BATCH_BYTES: usize = 512 << 10;
const MIN_BATCH_BYTES: usize = 4 << 10;
const MAX_BATCH_BYTES: usize = 64 * MIB;
const DEFAULT_BATCH_RECORDS: usize = 8192;
pub(crate) const MAX_BATCH_RECORDS: usize = 1 << 20;
const DEFAULT_BATCH_AGE: Duration = Duration::from_millis(10);
pub(crate) const MAX_BATCH_AGE: Duration = Duration::from_secs(60);

/// What a power cut costs at most, in records that come twice; each costs two syncs of the disk.
const DEFAULT_CHECKPOINT_INTERVAL: Duration = Duration::from_secs(1);
const CHECKPOINT_INTERVAL: RangeInclusive<Duration> = Duration::from_millis(10)..=Duration::from_secs(3600);

const DEFAULT_DEAD_LETTERS_BYTES: usize = 1 << 30;
const MIN_DEAD_LETTERS_BYTES: usize = MIB;
const MAX_DEAD_LETTERS_BYTES: usize = 1 << 40;

const DEFAULT_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(3600);

/// The memory of the agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Memory {
    /// The size of each lane's ring in bytes: a power of two, 1 MiB to 512 MiB, and at least four times the largest
    /// `max_record_bytes` and `batch.max_bytes` together.
    pub ring_bytes: usize,
    /// The whole agent's memory in bytes, 16 MiB to 1 TiB; `None` is no limit. Whether all that is configured fits into
    /// it is not checked here.
    pub limit: Option<usize>,
}

/// When a batch closes: at whichever of these it reaches first.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its size in bytes, 4 KiB to 64 MiB.
    pub max_bytes: usize,
    /// Its count of records, 1 to 1048576.
    pub max_records: usize,
    /// The time since its first record, up to 60 s.
    pub max_age: Duration,
}

/// How far files were delivered, kept on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoints {
    /// How often that is written, 10 ms to 1 h.
    pub interval: Duration,
}

/// The records that a filter failed on or a sink gave up, kept on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetters {
    /// All of them together in bytes, 1 MiB to 1 TiB.
    pub max_bytes: usize,
}

pub(crate) struct Settings {
    pub data_dir: PathBuf,
    pub lanes: Option<usize>,
    pub memory: Memory,
    pub state: State,
    pub batch: Batch,
    pub checkpoints: Checkpoints,
    pub dead_letters: DeadLetters,
    pub shutdown_timeout: Duration,
}

impl Settings {
    pub fn read(root: &mut Section<'_>) -> Self {
        let data_dir = root.optional("data_dir").and_then(|field| field.path_text());
        Self {
            data_dir: data_dir.unwrap_or_else(|| "./data".into()),
            lanes: root.optional("lanes").and_then(|field| field.count(1..=MAX_LANES)),
            memory: Memory::read(root.section("memory")),
            state: State::read(root.section("state")),
            batch: Batch::read(root.section("batch")),
            checkpoints: Checkpoints::read(root.section("checkpoints")),
            dead_letters: DeadLetters::read(root.section("dead_letters")),
            shutdown_timeout: root.duration(
                "shutdown_timeout",
                Duration::ZERO..=MAX_SHUTDOWN_TIMEOUT,
                DEFAULT_SHUTDOWN_TIMEOUT,
            ),
        }
    }
}

impl Memory {
    fn read(mut section: Section<'_>) -> Self {
        let ring_bytes = section.optional("ring_bytes").and_then(|field| field.power_of_two(RING_BYTES));
        let limit = section.optional("limit").and_then(|field| field.size(MIN_MEMORY_LIMIT..=MAX_MEMORY_LIMIT));
        section.finish();
        Self { ring_bytes: ring_bytes.unwrap_or(DEFAULT_RING_BYTES), limit }
    }
}

impl Batch {
    fn read(mut section: Section<'_>) -> Self {
        let batch = Self {
            max_bytes: section.size("max_bytes", MIN_BATCH_BYTES..=MAX_BATCH_BYTES, DEFAULT_BATCH_BYTES),
            max_records: section.count("max_records", 1..=MAX_BATCH_RECORDS, DEFAULT_BATCH_RECORDS),
            max_age: section.duration("max_age", Duration::ZERO..=MAX_BATCH_AGE, DEFAULT_BATCH_AGE),
        };
        section.finish();
        batch
    }
}

impl Checkpoints {
    fn read(mut section: Section<'_>) -> Self {
        let interval = section.duration("interval", CHECKPOINT_INTERVAL, DEFAULT_CHECKPOINT_INTERVAL);
        section.finish();
        Self { interval }
    }
}

impl DeadLetters {
    fn read(mut section: Section<'_>) -> Self {
        const RANGE: RangeInclusive<usize> = MIN_DEAD_LETTERS_BYTES..=MAX_DEAD_LETTERS_BYTES;
        let dead_letters = Self { max_bytes: section.size("max_bytes", RANGE, DEFAULT_DEAD_LETTERS_BYTES) };
        section.finish();
        dead_letters
    }
}

fn longest(sources: &[Named<Source>]) -> Option<&Named<Source>> {
    sources.iter().max_by_key(|source| source.spec.max_record_bytes())
}

/// What a ring has at least: the batches that are under way at once, with the longest record.
fn ring_needed(batch: &Batch, sources: &[Named<Source>]) -> usize {
    let record_bytes = longest(sources).map_or(0, |source| source.spec.max_record_bytes());
    BATCHES_IN_A_RING * (record_bytes + batch.max_bytes)
}

/// The smallest size that is allowed for a ring.
pub(crate) fn least_ring_bytes(batch: &Batch, sources: &[Named<Source>]) -> usize {
    ring_needed(batch, sources).next_power_of_two().max(MIN_RING_BYTES)
}

/// Whether a ring holds the batches that are under way at once.
pub(crate) fn check_ring(context: &Context, settings: &Settings, sources: &[Named<Source>]) {
    let Some(largest) = longest(sources) else { return };
    let record_bytes = largest.spec.max_record_bytes();
    let needed = ring_needed(&settings.batch, sources);
    if settings.memory.ring_bytes >= needed {
        return;
    }
    let found = format!(
        "{}, less than {BATCHES_IN_A_RING} × (sources.{}.max_record_bytes {} + batch.max_bytes {})",
        show_size(settings.memory.ring_bytes),
        largest.name,
        show_size(record_bytes),
        show_size(settings.batch.max_bytes),
    );
    let allowed = match needed.next_power_of_two() {
        bytes if bytes <= MAX_RING_BYTES => format!("at least {}", show_size(bytes)),
        _ => format!("at most {}, so a smaller max_record_bytes or max_bytes", show_size(MAX_RING_BYTES)),
    };
    let position = ring_position(context, &largest.name);
    context.report(position, "memory.ring_bytes", &found, &allowed);
}

/// The first of the keys that make the ring too small that is written at all: a default has no place in the file.
fn ring_position(context: &Context, source: &str) -> Position {
    let record_bytes = format!("sources.{source}.max_record_bytes");
    let keys = ["memory.ring_bytes", &record_bytes, "batch.max_bytes"];
    keys.iter().find_map(|key| context.positions.exactly(key)).unwrap_or(Position::START)
}
