//! The buffer in memory that sheds, in front of a sink, as configured. Not for using one.

use crate::reader::{Context, Section};
use crate::settings::{RING_BYTES, Settings, least_ring_bytes};
use crate::sinks::{FileSink, Retry, Sink};
use crate::units::{show_duration, show_size};
use crate::{Named, Source};

const OVERFLOWS: [(&str, IsShedding); 2] = [("wait", IsShedding(false)), ("shed", IsShedding(true))];
const SEVERITIES: [(&str, Keep); 6] = [
    ("trace", Keep::Trace),
    ("debug", Keep::Debug),
    ("info", Keep::Info),
    ("warn", Keep::Warn),
    ("error", Keep::Error),
    ("fatal", Keep::Fatal),
];
const UNKNOWN: [(&str, Unknown); 2] = [("keep", Unknown::Keep), ("shed", Unknown::Shed)];
const BRIMFUL: [(&str, Brimful); 2] = [("wait", Brimful::Wait), ("shed", Brimful::Shed)];

/// Early enough that what is kept has as much room again.
const DEFAULT_ABOVE: f64 = 0.5;

/// A buffer in memory that sheds (`type: memory`, `when_full: shed`).
#[derive(Debug, Clone, PartialEq)]
pub struct Shed {
    /// The size of each lane's buffer in bytes: a power of two, 1 MiB to 512 MiB; `memory.ring_bytes` where it is `None`.
    pub max_bytes: Option<usize>,
    /// The least that is kept where the sink is behind.
    pub keep: Keep,
    /// What becomes of records whose severity nobody knows.
    pub unknown: Unknown,
    /// The share of the buffer above which the sink is behind: above 0, up to 1.
    pub above: f64,
    /// What becomes of what is kept once there is no room.
    pub then: Brimful,
}

/// A range of OpenTelemetry's severities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keep {
    /// From 1 on.
    Trace,
    /// From 5 on.
    Debug,
    /// From 9 on.
    Info,
    /// From 13 on.
    #[default]
    Warn,
    /// From 17 on.
    Error,
    /// From 21 on.
    Fatal,
}

/// What becomes of records without a severity (`keep`, `shed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unknown {
    /// They are kept: they may be errors.
    #[default]
    Keep,
    /// They are the first to go.
    Shed,
}

/// What becomes of what is kept once there is no room (`wait`, `shed`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Brimful {
    /// It waits, and the pipeline's other sinks with it.
    #[default]
    Wait,
    /// It is shed, too.
    Shed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct IsShedding(bool);

/// `None` where the buffer is the ring that each lane has anyway.
pub(super) fn read(section: &mut Section<'_>) -> Option<Shed> {
    let IsShedding(is_shedding) = section.choice("when_full", &OVERFLOWS, IsShedding(false));
    if is_shedding {
        return Some(Shed::read(section));
    }
    for key in ["max_bytes", "shed"] {
        super::refuse(section.optional(key), "when_full: shed beside it: other records wait in the lanes' rings");
    }
    None
}

impl Shed {
    fn read(section: &mut Section<'_>) -> Self {
        let max_bytes = section.optional("max_bytes").and_then(|field| field.power_of_two(RING_BYTES));
        let mut section = section.section("shed");
        let shed = Self {
            max_bytes,
            keep: section.choice("keep", &SEVERITIES, Keep::default()),
            unknown: section.choice("unknown", &UNKNOWN, Unknown::default()),
            above: section.optional("above").and_then(|field| field.share()).unwrap_or(DEFAULT_ABOVE),
            then: section.choice("then", &BRIMFUL, Brimful::default()),
        };
        section.finish();
        shed
    }
}

/// What can't be seen of a buffer alone: whether it holds several batches with the longest record, as a ring does, since
/// one batch would fill it else; and whether its sink can do without the lane's ring.
pub(crate) fn check(context: &Context, settings: &Settings, sources: &[Named<Source>], sinks: &[Named<Sink>]) {
    let needed = least_ring_bytes(&settings.batch, sources);
    for sink in sinks {
        let Sink::Shedding(inner, shed) = &sink.spec else { continue };
        check_size(context, sink, shed, needed);
        check_retry(context, sink, inner);
    }
}

fn check_size(context: &Context, sink: &Named<Sink>, shed: &Shed, needed: usize) {
    let Some(bytes) = shed.max_bytes.filter(|bytes| *bytes < needed) else { return };
    let allowed = format!(
        "at least {}: four times the longest record and batch.max_bytes, as for memory.ring_bytes",
        show_size(needed)
    );
    report(context, sink, "buffer.max_bytes", &show_size(bytes), &allowed);
}

/// A letter is made of the record as it lies in the lane's ring, and has its position; a copy has neither.
fn check_retry(context: &Context, sink: &Named<Sink>, inner: &Sink) {
    let Sink::File(FileSink { retry: Retry { give_up: Some(time), .. }, .. }) = inner else { return };
    let allowed = "never behind a buffer with when_full: shed, which drops and counts what it can't keep";
    report(context, sink, "retry.give_up", &show_duration(*time), allowed);
}

fn report(context: &Context, sink: &Named<Sink>, key: &str, found: &str, allowed: &str) {
    let key = format!("sinks.{}.{key}", sink.name);
    let position = context.positions.exactly(&key).unwrap_or(sink.position);
    context.report(position, &key, found, allowed);
}
