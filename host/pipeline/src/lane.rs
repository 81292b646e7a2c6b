//! A lane: one thread that reads, frames, filters and hands over, with a ring of its own. This file holds the
//! loop; the steps are in the modules below.

mod admission;
mod apply;
mod aside;
mod attempt;
mod beside;
mod change;
mod deliver;
mod ending;
mod fill;
mod flight;
mod frame;
mod given_up;
mod landing;
mod parts;
mod process;
mod rest;
mod streams;
pub(crate) mod table;
mod tick;
mod turns;
mod wait;
mod wake;

pub use aside::{Complaints, Subject};
pub use ending::Finish;
pub use wake::LaneWaker;

use crate::clock::{Clock, SystemClock};
use crate::graph::{BatchLimits, Graph};
use crate::standstill::{Place, Standstill};
use crate::succession::Mailbox;
use ending::Ending;
use flight::Flights;
use frame::Open;
use logagent_component::{Decisions, FilterError, Inbox, Sink, SinkError};
use logagent_ring::Writer;
use logagent_telemetry::Meters;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use streams::StreamTable;

/// How long a lane lets files be that it has read to their end while a batch is open. A busy writer would wake it
/// for each line; so short that a file grows by less than a batch meanwhile, whatever the batch's age may be.
const REST: Duration = Duration::from_millis(2);

/// Why a lane can't go on.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// A filter failed, and its `on_error` says stop.
    #[error("filter {filter} (generation {generation}) on {subject}")]
    Filter {
        /// Its name.
        filter: Arc<str>,
        /// Its generation.
        generation: u64,
        /// On what it failed.
        subject: Subject,
        /// Why.
        source: FilterError,
    },
    /// A sink can't go on.
    #[error("sink")]
    Sink(#[from] SinkError),
    /// A sink gave up records and does not say why.
    #[error("a sink lost records that it was given")]
    Lost,
    /// A defect of the agent.
    #[error("the lane panicked: this is a defect of the agent, please report it with the lines above")]
    Panicked,
}

/// One worker. `run` it on a thread of its own.
pub struct Lane {
    ring: Writer,
    graph: Graph,
    limits: BatchLimits,
    meters: Arc<Meters>,
    waker: Arc<LaneWaker>,
    mailbox: Arc<Mailbox>,
    stop: Arc<AtomicBool>,
    clock: Arc<dyn Clock>,
    streams: StreamTable,
    open: Open,
    /// All that was there is in the open batch: patient streams are let be until then, or until it is due.
    rests_until: Option<Instant>,
    flights: Flights,
    /// What was left over, while it moves.
    scratch: Vec<u8>,
    /// By turn of a source's pipelines.
    tables: Vec<table::Table>,
    decisions: Decisions,
    parts: parts::Parts,
    moved: Vec<apply::Moved>,
    outputs: Vec<deliver::Output>,
    routes: Vec<(u8, table::Table)>,
    ticked_at: Instant,
    /// A filter has emitted something in the present tick.
    has_emitted: bool,
    /// How it comes to its end when there is no more to read.
    ending: Ending,
    /// Where it stands still together with the others.
    place: Place,
    /// Sinks of earlier graphs, each with how many spans were out or back when it was retired.
    retired: Vec<(u64, Box<dyn Sink>)>,
}

/// What a round of the loop came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Something was done; there may be more.
    Worked,
    /// There is nothing to do before something happens or a time comes.
    Idle,
    /// All streams have ended, or the lane was told to stop, and everything is delivered.
    Done,
}

impl Lane {
    /// A lane that takes its streams from `inbox` until `stop` is set. `ring` must wake `waker`.
    #[must_use]
    pub fn new(
        ring: Writer,
        graph: Graph,
        limits: BatchLimits,
        inbox: Inbox,
        meters: Arc<Meters>,
        waker: Arc<LaneWaker>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        // A batch of empty lines has a table 32 times as long as its bytes. It must fit, with the batch before it.
        let max_records = limits.max_records.min(ring.capacity() / 4 / table::ALIGNMENT);
        Self {
            ring,
            graph,
            limits: BatchLimits { max_records, ..limits },
            meters,
            waker,
            mailbox: Arc::default(),
            stop,
            clock: Arc::new(SystemClock),
            streams: StreamTable::new(inbox),
            open: Open::new(),
            rests_until: None,
            flights: Flights::default(),
            scratch: Vec::new(),
            tables: Vec::new(),
            decisions: Decisions::default(),
            parts: parts::Parts::default(),
            moved: Vec::new(),
            outputs: Vec::new(),
            routes: Vec::new(),
            ticked_at: Instant::now(),
            has_emitted: false,
            ending: Ending::default(),
            place: Place::default(),
            retired: Vec::new(),
        }
    }

    /// A lane that comes to its end together with the others that have the same `finish`.
    #[must_use]
    pub fn with(self, finish: Arc<Finish>) -> Self {
        Self { ending: Ending::with(finish), ..self }
    }

    /// A lane that stands still together with the others that have the same `standstill`.
    #[must_use]
    pub fn at(self, standstill: Arc<Standstill>) -> Self {
        Self { place: Place::of(standstill), ..self }
    }

    /// A lane that goes by another clock than the system's.
    #[must_use]
    pub fn by(self, clock: Arc<dyn Clock>) -> Self {
        Self { ticked_at: clock.now(), clock, ..self }
    }

    /// Where the lane finds its next graph.
    #[must_use]
    pub fn mailbox(&self) -> Arc<Mailbox> {
        self.mailbox.clone()
    }

    /// Works until all streams have ended, or until told to stop, and everything read is delivered.
    ///
    /// # Errors
    /// [`LaneError`] where a filter or sink can't go on. What is in flight is then not delivered.
    pub fn run(mut self) -> Result<(), LaneError> {
        self.waker.register();
        wake::sleep_precisely();
        loop {
            match self.step()? {
                Round::Worked => {}
                Round::Idle => self.clock.wait(Some(self.due_at())),
                Round::Done => return Ok(()),
            }
        }
    }

    /// Does the next thing that is to be done. Waits, by its clock, where it lacks space in the ring, and not where there
    /// is nothing to do. [`run`](Self::run) calls it in a loop; so may a test, which then knows what happens when.
    ///
    /// # Errors
    /// As for [`run`](Self::run). The lane must then be dropped.
    pub fn step(&mut self) -> Result<Round, LaneError> {
        self.reclaim()?;
        let sources = &self.graph.sources;
        if self.streams.take_new(&self.waker, |source| sources[source].priority) {
            self.end_streams();
        }
        if let Some(change) = self.mailbox.take() {
            self.change(change)?;
        }
        if self.place.is_asked() { self.stand_still() } else { self.round() }
    }

    fn round(&mut self) -> Result<Round, LaneError> {
        let is_stopping = self.stop.load(Ordering::Relaxed);
        let now = self.clock.now();
        self.tick(now)?;
        self.flush(|due| due <= now)?;
        self.rests_until = self.rests_until.filter(|&until| now < until);
        let is_ending = is_stopping || self.streams.is_over();
        if self.open.due_at(&self.limits).is_some_and(|due| is_ending || due <= now) {
            if !is_stopping {
                self.top_up()?;
            }
            if !self.open.is_empty() {
                self.close()?;
            }
            return Ok(Round::Worked);
        }
        if !is_stopping && self.fill()? {
            return Ok(Round::Worked);
        }
        if self.rests_until.is_none() && !self.open.is_empty() {
            self.rests_until = Some(now + REST);
        }
        match is_ending {
            false => Ok(Round::Idle),
            true if !is_stopping && !self.ending.is_over() => self.end(),
            true => self.drain(),
        }
    }
}
