//! One lane's copy of the configured graph: what is called for which source, in which order.

use crate::breaker::{Breaker, BreakerPolicy};
use crate::canary::{Decider, Drawn};
use crate::lane::Complaints;
use crate::restarts::Restarts;
use crate::rival::{CanaryStage, ShadowStage};
use crate::sample::Sample;
use crate::share::Share;
use crate::succession::NextRival;
use logagent_component::{DeadLetters, Filter, Sink};
use logagent_telemetry::{BreakerState, FilterMeter, PipelineMeter, SourceMeter};
use std::sync::Arc;
use std::time::Duration;

/// The parts of a lane, and how they are connected. Indices are into these lists.
pub struct Graph {
    /// By the configuration's order.
    pub sources: Vec<SourceStage>,
    /// By the configuration's order.
    pub pipelines: Vec<Pipeline>,
    /// This lane's ends of the sinks.
    pub sinks: Vec<Box<dyn Sink>>,
    /// Where records go that a filter fails on.
    pub dead_letters: Arc<dyn DeadLetters>,
    /// Whether log lines may show what records hold.
    pub show_records: bool,
}

impl Graph {
    /// A graph of nothing.
    #[must_use]
    pub fn empty(dead_letters: Arc<dyn DeadLetters>) -> Self {
        Self { sources: Vec::new(), pipelines: Vec::new(), sinks: Vec::new(), dead_letters, show_records: false }
    }
}

/// A source, as a lane sees it.
#[derive(Default)]
pub struct SourceStage {
    /// The pipelines that take its records.
    pub pipelines: Vec<usize>,
    /// What it gave.
    pub meter: Arc<SourceMeter>,
    /// It gives no more: its streams end.
    pub is_gone: bool,
    /// Whether its streams come before others.
    pub priority: Priority,
}

/// What comes first where there is not enough for all: which streams are read, and how much of each; which records a sink
/// takes that is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Priority {
    /// In turn with all others.
    #[default]
    Normal,
    /// Of a source: before the others, and eight times as much. Of a source or a route: not shed while there is room.
    High,
}

/// Filters in a row, and where the records that pass them go.
pub struct Pipeline {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// In the order of their calls.
    pub filters: Vec<FilterStage>,
    /// The sinks of what passes all filters.
    pub sinks: Vec<usize>,
    /// What became of its records.
    pub meter: Arc<PipelineMeter>,
}

/// A filter in its place.
pub struct FilterStage {
    /// Its name in the configuration.
    pub name: Arc<str>,
    /// This lane's instance.
    pub filter: Box<dyn Filter>,
    /// The SHA-256 of its component, in hexadecimal.
    pub component: Arc<str>,
    /// Which generation of the filter this is, counted from 1.
    pub generation: u64,
    /// How it is called.
    pub settings: FilterSettings,
    /// Whether it is called at all.
    pub(crate) breaker: Breaker,
    /// What starting it again takes of the lane's time.
    pub(crate) restarts: Restarts,
    /// What it may take of the lane's time, where that is bounded.
    pub(crate) share: Option<Share>,
    /// How often its failures are told.
    pub(crate) complaints: Complaints,
    /// Where a recent batch of it is kept.
    pub sample: Arc<Sample>,
    /// The next batch is to be kept there.
    pub(crate) is_sample_due: bool,
    /// What is to take its place.
    pub canary: Option<Box<CanaryStage>>,
    /// What it is compared with.
    pub shadow: Option<Box<ShadowStage>>,
    /// What it did.
    pub meter: Arc<FilterMeter>,
}

/// How a filter is called: what the host heeds, and the filter knows nothing of.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterSettings {
    /// What becomes of the records that it fails on.
    pub on_error: OnError,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
    /// Which share of the lane's time it may take, above 0 and at most 1; `None` is all.
    pub share: Option<f64>,
    /// By the filter's outputs: where the records go that it routes there.
    pub outputs: Vec<Route>,
    /// The same by its canary's outputs.
    pub canary_outputs: Vec<Route>,
}

/// Where the records of a filter's output go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The sinks.
    pub sinks: Vec<usize>,
    /// Whether a sink that is behind takes them before others.
    pub priority: Priority,
}

impl FilterStage {
    /// A filter's first generation, which has not been called.
    #[must_use]
    pub fn new(name: &str, filter: Box<dyn Filter>, settings: FilterSettings, meter: Arc<FilterMeter>) -> Self {
        Self {
            name: name.into(),
            filter,
            component: Arc::from(""),
            generation: 1,
            breaker: Breaker::new(settings.breaker),
            restarts: Restarts::default(),
            share: settings.share.map(Share::new),
            settings,
            complaints: Complaints::default(),
            sample: Arc::default(),
            is_sample_due: true,
            canary: None,
            shadow: None,
            meter,
        }
    }

    /// Goes on under other settings. A breaker or a share that they don't change keeps its state.
    pub(crate) fn apply(&mut self, settings: FilterSettings) {
        let before = std::mem::replace(&mut self.settings, settings);
        if before.breaker != self.settings.breaker {
            self.close_breaker();
        }
        if before.share != self.settings.share {
            self.share = self.settings.share.map(Share::new);
        }
    }

    /// Has this beside it from now on; answers the instances that it had beside it and has no more.
    pub(crate) fn go_beside(&mut self, rival: NextRival) -> impl Iterator<Item = Box<dyn Filter>> + use<> {
        let (canary, shadow) = match rival {
            NextRival::Kept => (self.canary.take(), self.shadow.take()),
            NextRival::None => (None, None),
            NextRival::Canary(canary) => (Some(canary), None),
            NextRival::Shadow(shadow) => (None, Some(shadow)),
        };
        let canary = std::mem::replace(&mut self.canary, canary).map(|canary| canary.filter);
        let shadow = std::mem::replace(&mut self.shadow, shadow).map(|shadow| shadow.filter);
        canary.into_iter().chain(shadow)
    }

    /// It is called no more: what it shows others of its breaker is over. Answers its instances.
    pub(crate) fn retire(mut self) -> impl Iterator<Item = Box<dyn Filter>> {
        self.close_breaker();
        let (canary, shadow) = (self.canary.map(|canary| canary.filter), self.shadow.map(|shadow| shadow.filter));
        [Some(self.filter), canary, shadow].into_iter().flatten()
    }

    /// Its canary takes its place, as this generation; answers the instance that had it.
    ///
    /// # Panics
    /// Where it has no canary.
    pub(crate) fn promote(&mut self, generation: u64) -> Box<dyn Filter> {
        let canary = self.canary.take().expect("what is promoted is there");
        self.close_breaker();
        self.complaints = Complaints::default();
        (self.component, self.generation) = (canary.component, generation);
        std::mem::replace(&mut self.filter, canary.filter)
    }

    fn close_breaker(&mut self) {
        self.meter.breaker_moved(self.breaker.state(), BreakerState::Closed);
        self.breaker = Breaker::new(self.settings.breaker);
        self.restarts = Restarts::default();
    }

    /// The instance of the one that decides.
    pub(crate) fn instance(&mut self, decider: Decider) -> &mut dyn Filter {
        match (decider, &mut self.canary) {
            (Decider::Canary, Some(canary)) => &mut *canary.filter,
            _ => &mut *self.filter,
        }
    }

    /// What starting that one again takes.
    pub(crate) fn restarts(&mut self, decider: Decider) -> &mut Restarts {
        match (decider, &mut self.canary) {
            (Decider::Canary, Some(canary)) => &mut canary.restarts,
            _ => &mut self.restarts,
        }
    }

    /// What restarts took since this was last asked, of the filter and its canary.
    pub(crate) fn take_restart_time(&mut self) -> Duration {
        let canary = self.canary.as_mut().map_or(Duration::ZERO, |canary| canary.restarts.take_time());
        canary + self.restarts.take_time()
    }

    /// Who decides over the next batch.
    pub(crate) fn next_decider(&mut self) -> Decider {
        let is_canarys = self.canary.as_mut().is_some_and(|canary| canary.take_turn());
        if is_canarys { Decider::Canary } else { Decider::Incumbent }
    }

    /// What was decided over some of a batch, where it is compared.
    pub(crate) fn draw(&mut self, decider: Decider, drawn: Drawn) {
        if let Some(canary) = &mut self.canary {
            canary.draw(decider, drawn);
        }
    }
}

impl FilterSettings {
    /// What the configuration says where it says nothing; no outputs.
    #[must_use]
    pub fn of(on_error: OnError) -> Self {
        Self {
            on_error,
            breaker: BreakerPolicy::default(),
            share: None,
            outputs: Vec::new(),
            canary_outputs: Vec::new(),
        }
    }

    /// Where an output leads.
    pub(crate) fn route_of(&self, decider: Decider, output: u8) -> &Route {
        let outputs = match decider {
            Decider::Incumbent => &self.outputs,
            Decider::Canary => &self.canary_outputs,
        };
        &outputs[usize::from(output)]
    }
}

/// What becomes of the records that a filter fails on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// They are put aside, with the reason.
    DeadLetter,
    /// They go on as they were.
    Pass,
    /// They are dropped, and counted under the failure's kind.
    Drop,
    /// The agent stops.
    Stop,
}

/// When a batch closes, whichever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// So many bytes were read; one record may be longer.
    pub max_bytes: usize,
    /// So many records were framed. A quarter of the ring may hold their descriptors; where that is fewer, fewer.
    pub max_records: usize,
    /// The first byte was read so long ago.
    pub max_age: Duration,
}
