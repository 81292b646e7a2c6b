//! What becomes of records that a filter fails on, and how it is told.

use super::attempt::At;
use super::deliver::ReadAt;
use super::table::Table;
use super::{Lane, LaneError};
use crate::graph::OnError;
use logagent_component::{Culprit, DeadLetter, FilterError, Origin};
use logagent_record::Descriptor;
use std::fmt;
use std::time::{Duration, Instant};

/// What a filter failed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A record that was read there.
    Read(Origin),
    /// A record that another filter made.
    Emitted,
    /// So many records.
    Records(usize),
    /// Being told the time.
    Tick,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(origin) => write!(f, "the record of {origin}"),
            Self::Emitted => write!(f, "a record that a filter made"),
            Self::Records(count) => write!(f, "{count} records"),
            Self::Tick => write!(f, "its tick"),
        }
    }
}

impl Subject {
    pub(super) fn of(lane: &Lane, part: Table) -> Self {
        match part.records(&lane.ring) {
            [only] => lane.origin(only).map_or(Self::Emitted, Self::Read),
            records => Self::Records(records.len()),
        }
    }
}

/// A log that says the same of thousands of records says less than one that says it of a few, and how many there were.
const LINES_A_PERIOD: u32 = 10;
const PERIOD: Duration = Duration::from_secs(10);

/// Counts the lines that a filter's failures have in the log.
#[derive(Debug, Default)]
pub struct Complaints {
    since: Option<Instant>,
    count: u32,
}

impl Complaints {
    /// Whether one more line may be written; with the first of a period, how many of the last were not.
    pub(super) fn admit(&mut self, now: Instant) -> Option<u32> {
        let is_over = self.since.is_none_or(|since| now.saturating_duration_since(since) >= PERIOD);
        let unsaid = if is_over { self.count.saturating_sub(LINES_A_PERIOD) } else { 0 };
        if is_over {
            *self = Self { since: Some(now), count: 0 };
        }
        self.count += 1;
        (self.count <= LINES_A_PERIOD).then_some(unsaid)
    }
}

impl Lane {
    fn origin(&self, record: &Descriptor) -> Option<Origin> {
        self.streams.origin(record, &self.open.reached)
    }

    /// Counts and tells that a filter failed, and that it is for the records of this part.
    pub(super) fn blame(&mut self, at: At, part: Table, error: &FilterError) {
        let shown = self.shown(part);
        self.complain(at, &Subject::of(self, part), shown.as_deref(), error);
        self.fail(at, part.count);
    }

    /// Counts and tells that a filter failed on its tick.
    pub(super) fn blame_tick(&mut self, at: At, error: &FilterError) {
        self.complain(at, &Subject::Tick, None, error);
        self.fail(at, 1);
    }

    /// What may be shown of a single record.
    fn shown(&self, part: Table) -> Option<String> {
        const MOST_BYTES: u32 = 256;
        let [record] = part.records(&self.ring) else { return None };
        let view = part.view(&self.ring, self.streams.infos(), 0);
        let body = || view.part(record.body_at, MOST_BYTES.min(record.body_len));
        self.graph.show_records.then(|| String::from_utf8_lossy(body()).into_owned())
    }

    fn complain(&mut self, at: At, subject: &Subject, record: Option<&str>, error: &FilterError) {
        let now = self.clock.now();
        let stage = self.stage(at);
        stage.meter.fail(error.kind());
        if let Some(unsaid) = stage.complaints.admit(now) {
            let unsaid = (unsaid > 0).then_some(unsaid);
            let (filter, generation, on_error) = (&*stage.name, stage.generation, stage.settings.on_error);
            tracing::error!(filter, generation, %subject, %error, ?on_error, record, unsaid, "a filter failed");
        }
    }

    /// Does with records that a filter fails on what its `on_error` says; answers what stays.
    pub(super) fn set_aside(
        &mut self,
        at: At,
        part: Table,
        read: ReadAt,
        error: &FilterError,
    ) -> Result<Table, LaneError> {
        let records = part.count as u64;
        match self.stage(at).settings.on_error {
            OnError::Pass => return Ok(self.pass(at, part)),
            OnError::Stop => return Err(self.stopped(at, Subject::of(self, part), error)),
            OnError::Drop => {
                self.stage(at).meter.drop_for(error.kind(), records);
                self.graph.pipelines[at.pipeline].meter.law.filter(0, records);
            }
            OnError::DeadLetter => {
                self.dead_letter(at, part, read, error)?;
                self.stage(at).meter.dead_letter(error.kind(), records);
                self.graph.pipelines[at.pipeline].meter.law.dead_letter(records);
            }
        }
        Ok(Table { count: 0, ..part })
    }

    /// Lets records go on as they are.
    pub(super) fn pass(&mut self, at: At, part: Table) -> Table {
        self.stage(at).meter.kept.add(part.count as u64);
        part
    }

    pub(super) fn stopped(&mut self, at: At, subject: Subject, error: &FilterError) -> LaneError {
        let stage = self.stage(at);
        let (filter, generation) = (stage.name.clone(), stage.generation);
        LaneError::Filter { filter, generation, subject, source: error.clone() }
    }

    fn dead_letter(&self, at: At, part: Table, read: ReadAt, error: &FilterError) -> Result<(), LaneError> {
        let pipeline = &self.graph.pipelines[at.pipeline];
        let stage = &pipeline.filters[at.filter];
        let reason = error.to_string();
        let view = part.view(&self.ring, self.streams.infos(), read.unix_nano);
        let (name, component, generation) = (&*stage.name, &*stage.component, stage.generation);
        let infos = self.streams.infos();
        let letter = |record: &Descriptor| DeadLetter {
            pipeline: &pipeline.name,
            by: Culprit::Filter { name, component, generation },
            kind: error.kind(),
            reason: &reason,
            stream: infos.get(usize::from(record.stream)).and_then(Option::as_deref),
            position: self.streams.position(record, &self.open.reached),
            observed_unix_nano: read.unix_nano,
            time_unix_nano: record.time_unix_nano,
            severity: record.severity,
            body: view.part(record.body_at, record.body_len),
            attributes: view.part(record.attrs_at, record.attrs_len),
        };
        let letters: Vec<DeadLetter<'_>> = part.records(&self.ring).iter().map(letter).collect();
        Ok(self.graph.dead_letters.put(&letters)?)
    }
}
