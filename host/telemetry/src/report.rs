//! The document that `--report` writes: all counts of one moment, as plain data.

use crate::law::Counts;
use crate::meters::{BreakerState, FilterMeter, Meters, Registry, SourceMeter, Stage, StateMeter};
use crate::sink::SinkMeter;
use crate::{BufferReport, CanaryReport, OwnReport, ShadowReport};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All counts of one moment. The law's counts on top are the sums over the pipelines.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Report {
    /// Since the start.
    pub seconds: f64,
    /// Processor time that the process took.
    pub cpu_seconds: f64,
    /// The law's counts over all pipelines.
    #[serde(flatten)]
    pub total: Counts,
    /// The law's counts by pipeline.
    pub pipelines: BTreeMap<String, Counts>,
    /// By source.
    pub sources: BTreeMap<String, SourceReport>,
    /// By filter.
    pub filters: BTreeMap<String, FilterReport>,
    /// By sink.
    pub sinks: BTreeMap<String, SinkReport>,
    /// Where the lanes' time went.
    pub stages: StageReport,
    /// How often a configuration or a component was replaced.
    pub reloads: ReloadReport,
    /// What became of the state map on disk; nothing in what an agent of before says.
    #[serde(default)]
    pub state: StateReport,
}

/// Reloads.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReloadReport {
    /// Those carried out.
    pub done: u64,
    /// Those refused, which changed nothing.
    pub refused: u64,
}

/// What became of the state map on disk.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct StateReport {
    /// Snapshots that were written.
    pub snapshots: u64,
    /// Snapshots that could not be written; the one before is there.
    pub snapshot_errors: u64,
    /// Entries that were restored at the start.
    pub restored: u64,
    /// Snapshots that were refused: torn, damaged, or none.
    pub refused_snapshots: u64,
}

/// What a source gave.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SourceReport {
    /// Records.
    pub records: u64,
    /// Bytes, newlines included.
    pub bytes: u64,
    /// Lines that were longer than a record may be.
    pub truncated: u64,
    /// How often a file was cut, or its contents replaced, while it was read.
    pub restarted: u64,
    /// Bytes of unfinished lines that were gone with their file.
    pub lost_bytes: u64,
    /// Files whose rest can't be read.
    pub damaged: u64,
    /// How often a file could not be opened or read, or a directory listed.
    pub unreadable: u64,
}

/// What a filter did.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FilterReport {
    /// Records it decided over.
    pub records: u64,
    /// Those it kept.
    pub kept: u64,
    /// Those it routed.
    pub routed: u64,
    /// Those it made.
    pub emitted: u64,
    /// Those it dropped, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Those put aside because it failed on them, by the kind of failure.
    pub dead_lettered: BTreeMap<String, u64>,
    /// Seconds within its calls.
    pub seconds: f64,
    /// Failed calls by kind. Finding the record that a batch fails on takes several.
    pub errors: BTreeMap<String, u64>,
    /// Seconds that its lanes waited because it had used up its share (`limits.cpu`).
    pub throttled: f64,
    /// Records that went on without it because it had used up its share.
    pub bypassed: u64,
    /// Pages of its window that it wrote, which were thrown away.
    pub private_pages: u64,
    /// What its circuit breaker does: the worst of the lanes'.
    pub breaker: BreakerState,
    /// Times that the breaker has opened, over all lanes.
    pub breaker_opened: u64,
    /// Which generation of its component runs.
    pub generation: u64,
    /// What it counts by itself, where it does.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, OwnReport>,
    /// The component that is to replace it, where there is one or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryReport>,
    /// The component that it is compared with, where there is one or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowReport>,
}

/// What a sink sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct SinkReport {
    /// Records written.
    pub records: u64,
    /// Bytes written, as encoded.
    pub bytes: u64,
    /// Attempts to write that failed, and were or will be made again.
    pub failures: u64,
    /// Nothing waits for another attempt.
    pub healthy: bool,
    /// Records that it gave up and that were put aside, by reason: `undeliverable`, `refused`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dead_lettered: BTreeMap<String, u64>,
    /// What its buffer did, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buffer: Option<BufferReport>,
    /// Records that it did not take, by reason: `shed`, where it was behind. Another sink may have taken them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dropped: BTreeMap<String, u64>,
    /// It is behind, and sheds.
    #[serde(default)]
    pub behind: bool,
}

/// Seconds by stage, over all lanes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct StageReport {
    /// Reading.
    pub read: f64,
    /// Framing.
    pub frame: f64,
    /// Filters.
    pub filter: f64,
    /// Sinks, local writes included.
    pub write: f64,
}

impl Report {
    /// What the meters say now.
    #[must_use]
    pub fn of(meters: &Meters, seconds: f64, cpu_seconds: f64) -> Self {
        let pipelines = by_name(&meters.pipelines, |meter| meter.law.counts());
        Self {
            seconds,
            cpu_seconds,
            total: pipelines.values().copied().sum(),
            pipelines,
            sources: sources(meters),
            filters: by_name(&meters.filters, FilterReport::of),
            sinks: by_name(&meters.sinks, SinkReport::of),
            stages: StageReport::of(meters),
            reloads: ReloadReport { done: meters.reloads.get(), refused: meters.refused_reloads.get() },
            state: StateReport::of(&meters.state),
        }
    }
}

/// Dead letters that were sent again are a source, too, once there are any.
fn sources(meters: &Meters) -> BTreeMap<String, SourceReport> {
    let mut all = by_name(&meters.sources, SourceReport::of);
    if meters.letters.records.get() > 0 {
        all.insert("dead_letters".into(), SourceReport::of(&meters.letters));
    }
    all
}

fn by_name<M: Default, R>(meters: &Registry<M>, report: impl Fn(&M) -> R) -> BTreeMap<String, R> {
    meters.all().into_iter().map(|(name, meter)| (name, report(&meter))).collect()
}

impl StateReport {
    fn of(meter: &StateMeter) -> Self {
        Self {
            snapshots: meter.snapshots.get(),
            snapshot_errors: meter.snapshot_errors.get(),
            restored: meter.restored.get(),
            refused_snapshots: meter.refused_snapshots.get(),
        }
    }
}

impl SourceReport {
    fn of(meter: &SourceMeter) -> Self {
        Self {
            records: meter.records.get(),
            bytes: meter.bytes.get(),
            truncated: meter.truncated.get(),
            restarted: meter.restarted.get(),
            lost_bytes: meter.lost_bytes.get(),
            damaged: meter.damaged.get(),
            unreadable: meter.unreadable.get(),
        }
    }
}

impl FilterReport {
    fn of(meter: &FilterMeter) -> Self {
        Self {
            records: meter.records.get(),
            kept: meter.kept.get(),
            routed: meter.routed.get(),
            emitted: meter.emitted.get(),
            dropped: meter.dropped(),
            dead_lettered: meter.dead_lettered(),
            seconds: meter.time.seconds(),
            errors: meter.errors(),
            throttled: meter.throttled.seconds(),
            bypassed: meter.bypassed.get(),
            private_pages: meter.private_pages.get(),
            breaker: meter.breaker(),
            breaker_opened: meter.breaker_opened.get(),
            generation: meter.generation.get(),
            metrics: meter.own.report(),
            canary: meter.rollouts.canary_report(),
            shadow: meter.rollouts.shadow_report(),
        }
    }
}

impl SinkReport {
    fn of(meter: &SinkMeter) -> Self {
        Self {
            records: meter.records.get(),
            bytes: meter.bytes.get(),
            failures: meter.health.failures.get(),
            healthy: meter.health.is_good(),
            dead_lettered: meter.dead_lettered(),
            buffer: meter.buffer.counts().map(BufferReport::from),
            dropped: [meter.shed.get()]
                .into_iter()
                .filter(|&shed| shed > 0)
                .map(|shed| ("shed".into(), shed))
                .collect(),
            behind: meter.behind.is_behind(),
        }
    }
}

impl StageReport {
    fn of(meters: &Meters) -> Self {
        let seconds = |stage| meters.stages.of(stage).seconds();
        Self {
            read: seconds(Stage::Read),
            frame: seconds(Stage::Frame),
            filter: seconds(Stage::Filter),
            write: seconds(Stage::Write),
        }
    }
}
