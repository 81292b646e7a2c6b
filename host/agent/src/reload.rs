//! Replacing what runs while records flow: the configuration file and the components are read again, what changed is
//! loaded, tried and handed to the lanes; or nothing changes, and why is told.

mod canaries;
mod inputs;
mod watch;

pub(crate) use inputs::Inputs;
pub(crate) use watch::Seen;

use crate::control::Board;
use crate::exit::{Failure, Refused};
use crate::replay::Doors;
use crate::wiring::{self, Setup};
use logagent_buffer::Buffers;
use logagent_component::Filter;
use logagent_config::{Config, LoadError, Plan};
use logagent_control::LaneStatus;
use logagent_pipeline::{LaneWaker, Mailbox};
use logagent_ring::RingFile;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::task::Wake;
use std::time::{Duration, Instant};
use watch::{By, Watch};

/// Why a reload is wanted.
pub(crate) enum Request {
    /// SIGHUP, at which sinks also open their files anew: logrotate sends it.
    Signal,
    /// One of the files has changed.
    Files,
    /// A person asks, and waits for the answer.
    Person(Sender<Result<Reloaded, String>>),
    /// The run is over: no more reloads, and sinks are closed.
    End,
}

/// What a reload has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reloaded {
    /// In one line; empty where nothing changed.
    pub(crate) changes: String,
    /// The filters that were replaced, with their new generations.
    pub(crate) generations: BTreeMap<String, u64>,
}

/// What a reload must know of a lane.
pub(crate) struct LaneHandle {
    pub(crate) ring: RingFile,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) waker: Arc<LaneWaker>,
}

/// How long a reload waits for a lane to change over. One that waits for a sink changes later, by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reloads what runs.
pub(crate) struct Reloader {
    path: PathBuf,
    runtime: Runtime,
    setup: Setup,
    inputs: Inputs,
    lanes: Vec<LaneHandle>,
    meters: Arc<Meters>,
    board: Arc<Board>,
    pending: Vec<Pending>,
    /// One was refused because of these lanes: it is tried again once they have.
    is_due: bool,
}

/// A lane that has not yet changed over.
struct Pending {
    lane: usize,
    changed: Receiver<Vec<Box<dyn Filter>>>,
    /// What serves it once it has.
    next: LaneStatus,
}

impl Reloader {
    pub(crate) fn new(
        path: PathBuf,
        runtime: Runtime,
        setup: Setup,
        inputs: Inputs,
        lanes: Vec<LaneHandle>,
        meters: Arc<Meters>,
        board: Arc<Board>,
    ) -> Self {
        for filter in &setup.filters {
            meters.filters.of(&filter.name).generation.add(1);
        }
        setup.show_rivals(None, &meters);
        board.show_filters(setup.statuses());
        (0..lanes.len()).for_each(|number| board.show_lane(number, setup.generations()));
        Self { path, runtime, setup, inputs, lanes, meters, board, pending: Vec::new(), is_due: false }
    }

    /// The configuration that runs.
    pub(crate) fn config(&self) -> &Config {
        &self.setup.config
    }

    /// Where dead letters can be sent to, as of now and later.
    pub(crate) fn doors(&self) -> Doors {
        self.inputs.doors.clone()
    }

    /// The buffers of its sinks, and of those that reloads bring.
    pub(crate) fn buffers(&self) -> Buffers {
        self.setup.buffers.clone()
    }

    /// Serves requests until the run is over, and watches the files meanwhile; closes its sinks then.
    /// `seen` is what the files were before they were read.
    pub(crate) fn serve(mut self, seen: Seen, requests: &Sender<Request>, requested: &Receiver<Request>) {
        let by = if self.inputs.is_once() { By::Looks } else { By::Events };
        let watch = Watch::start(seen, self.files(), by, requests.clone());
        loop {
            self.look_at_canaries();
            let request = match requested.recv_timeout(self.pause()) {
                Ok(Request::End) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(request) => request,
                Err(RecvTimeoutError::Timeout) => {
                    self.collect(Duration::ZERO);
                    if !(self.is_due && self.pending.is_empty()) {
                        continue;
                    }
                    Request::Files
                }
            };
            if let Request::Signal = request {
                self.setup.reopen_sinks();
            }
            let outcome = self.reload();
            watch.look_at(self.files());
            let answer = self.tell(outcome);
            if let Request::Person(asker) = request {
                // Who has not waited for the answer finds it in the log.
                drop(asker.send(answer));
            }
        }
    }

    /// The files whose change is a reason to reload.
    fn files(&self) -> Vec<PathBuf> {
        wiring::files(&self.setup.config).chain([self.path.clone()]).collect()
    }

    fn reload(&mut self) -> Result<Reloaded, Failure> {
        self.check_lanes()?;
        self.is_due = false;
        let config = Config::load(&self.path).map_err(|error: LoadError| Failure::Config(error.to_string()))?;
        let plan = Plan::between(&self.setup.config, &config).map_err(Refused)?;
        inputs::check_stdin(&self.setup.config, &config, &plan)?;
        let next = Setup::load(config, Some(&self.setup), &self.runtime, &self.setup.state, &self.meters);
        let next = next.map_err(|refused| self.count_refused(refused))?;
        next.check_memory(self.lanes.len())?;
        let fresh: Vec<String> = next.new_filters(&self.setup).map(|filter| filter.name.clone()).collect();
        let beside: Vec<String> = next.new_rivals(&self.setup).collect();
        if plan.is_empty() && fresh.is_empty() && beside.is_empty() {
            return Ok(Reloaded::default());
        }
        next.prove(&self.setup).map_err(|refused| self.count_refused(refused))?;
        self.carry_out(next, &plan)?;
        self.show(&fresh);
        let components = (plan.is_empty() && !fresh.is_empty()).then(|| "new components".to_owned());
        let planned = (!plan.is_empty()).then(|| plan.to_string());
        let changes = planned.into_iter().chain(components).chain(beside).collect::<Vec<_>>().join("; ");
        let generation = |name: String| (self.setup.generation(&name), name);
        let generations = fresh.into_iter().map(generation).map(|(generation, name)| (name, generation)).collect();
        Ok(Reloaded { changes, generations })
    }

    /// Has all lanes change over to this, as is planned.
    fn carry_out(&mut self, mut next: Setup, plan: &Plan) -> Result<(), Failure> {
        let instances = self.lanes.iter().map(|lane| next.instances(Some(&self.setup), &lane.ring));
        let instances = instances.collect::<Result<Vec<_>, _>>().map_err(|refused| self.count_refused(refused))?;
        let inputs = self.inputs.next(&next.config, plan)?;
        next.open_sinks(Some(&self.setup), &self.meters)?;
        for (number, (lane, instances)) in self.lanes.iter().zip(instances).enumerate() {
            let graph = next.graph(Some(&self.setup), &inputs.slots, instances, &self.meters);
            let changed = lane.mailbox.put(graph);
            self.pending.push(Pending { lane: number, changed, next: next.generations() });
            lane.waker.wake_by_ref();
        }
        self.inputs.follow(inputs, plan);
        next.show_rivals(Some(&self.setup), &self.meters);
        self.setup = next;
        self.collect(PATIENCE);
        Ok(())
    }

    /// Counts and shows that these filters were replaced.
    fn show(&self, fresh: &[String]) {
        self.board.show_filters(self.setup.statuses());
        for name in fresh {
            self.meters.filters.of(name).generation.add(1);
            self.board.note_reload(name, None);
        }
    }

    /// Waits for lanes to change over, and lets go of what they call no more.
    fn collect(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let board = &self.board;
        self.pending.retain(|Pending { lane, changed, next }| {
            let left = deadline.saturating_duration_since(Instant::now());
            let is_pending = matches!(changed.recv_timeout(left), Err(RecvTimeoutError::Timeout));
            if !is_pending {
                board.show_lane(*lane, next.clone());
            }
            is_pending
        });
        if self.pending.is_empty() {
            self.inputs.settle();
        }
    }

    /// The next graphs are made of the parts that run: no lane may have an older change before it.
    fn check_lanes(&mut self) -> anyhow::Result<()> {
        self.collect(PATIENCE);
        self.is_due = !self.pending.is_empty();
        match self.pending.len() {
            0 => Ok(()),
            count => anyhow::bail!(
                "{count} lanes have not carried out the last reload: they wait for a sink; this one is tried again when they have"
            ),
        }
    }

    /// Counts and shows a refusal for each filter that is named.
    fn count_refused(&self, refused: Refused) -> Refused {
        for (name, meter) in self.meters.filters.all() {
            let prefix = format!("filters.{name}.");
            if let Some(problem) = refused.0.iter().find(|problem| problem.key.starts_with(&prefix)) {
                meter.fail("reload");
                self.board.note_reload(&name, Some(&problem.to_string()));
            }
        }
        refused
    }

    /// Tells in the log what came of a reload.
    fn tell(&self, outcome: Result<Reloaded, Failure>) -> Result<Reloaded, String> {
        match outcome {
            Ok(reloaded) => {
                if !reloaded.changes.is_empty() {
                    self.meters.reloads.add(1);
                    let generations = list(reloaded.generations.iter().map(|(name, &number)| (&**name, number)));
                    tracing::info!(changes = reloaded.changes, generations, "reloaded");
                }
                Ok(reloaded)
            }
            Err(failure) => {
                self.meters.refused_reloads.add(1);
                let stays = list(self.setup.filters.iter().map(|filter| (&*filter.name, filter.generation)));
                let problems = failure.to_string();
                tracing::error!(%problems, stays, "the reload is refused, and changes nothing");
                Err(problems)
            }
        }
    }
}

/// Filters with their generations, for the log.
fn list<'a>(filters: impl Iterator<Item = (&'a str, u64)>) -> String {
    filters.map(|(name, generation)| format!("{name} generation {generation}")).collect::<Vec<_>>().join(", ")
}
