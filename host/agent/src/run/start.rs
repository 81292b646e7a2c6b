//! How an agent starts. All that can be refused is loaded and checked before any destination is touched, and all is open
//! before a lane runs. Not for what surrounds it: signals, the control socket, what is kept between runs.

use crate::cli::RunArguments;
use crate::compiler::runtime;
use crate::control::Board;
use crate::exit::{Failure, Refused};
use crate::reload::{Inputs, LaneHandle, Reloader};
use crate::wiring::{self, Setup, SourceMode, SourceSlot, StateMap};
use logagent_buffer::Buffers;
use logagent_checkpoint::Keeper;
use logagent_component::{Inbox, Source, intake};
use logagent_config::Config;
use logagent_pipeline::{
    BatchLimits, Event, Finish, Graph, Lane, LaneWaker, NextFilter, Sources, Standstill, Supervisor,
};
use logagent_ring::Writer;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::task::Waker;

/// What an agent is started with, beside its configuration.
pub(super) struct Start<'a> {
    pub(super) arguments: &'a RunArguments,
    pub(super) keeper: Option<&'a Keeper>,
    pub(super) state: &'a Arc<StateMap>,
    pub(super) meters: &'a Arc<Meters>,
    pub(super) board: &'a Arc<Board>,
    pub(super) events: &'a Sender<Event>,
}

/// What a lane is made of: its ring, and by pipeline its filters' instances.
type Parts = (Writer, Vec<Vec<NextFilter>>);

impl Start<'_> {
    /// Starts all lanes, then all sources.
    pub(super) fn start(&self, config: Config) -> Result<(Supervisor, Reloader), Failure> {
        let lanes = wiring::lanes(&config)?;
        let runtime = runtime(Some(&config.data_dir.join("components")))?;
        let mut setup = self.load(config, &runtime, lanes)?;
        let checkpoints = self.keeper.map(Keeper::checkpoints);
        let mode = SourceMode { once: self.arguments.once, checkpoints, meters: self.meters.clone() };
        let made = sources(&setup.config, &mode)?;
        let wakers: Vec<Arc<LaneWaker>> = (0..lanes).map(|_| Arc::default()).collect();
        let wake: Vec<Waker> = wakers.iter().map(|waker| waker.clone().into()).collect();
        let parts = self.open(&mut setup, &wake)?;
        let (intake, inboxes) = intake(&wake);
        let slots = setup.config.sources.iter().map(|source| SourceSlot::new(&source.name));
        let slots: Vec<_> = slots.chain(SourceSlot::letters(&setup.config)).collect();
        let stop = Arc::default();
        let handles = self.start_lanes(&setup, &slots, (&wakers, &stop), parts.into_iter().zip(inboxes))?;
        let sources = Arc::new(Sources::new(intake, self.events.clone()));
        for (configured, source) in setup.config.sources.iter().zip(made) {
            sources.start(&configured.name, source)?;
        }
        let shutdown_timeout = setup.config.shutdown_timeout;
        let supervisor = Supervisor { stop, wakers, sources: sources.clone(), shutdown_timeout };
        let doors = Arc::new(Mutex::new(wiring::doors(&setup.config, &slots)));
        let inputs = Inputs::new(slots, sources, mode, doors);
        let (path, meters, board) = (self.arguments.config.config.clone(), self.meters.clone(), self.board.clone());
        Ok((supervisor, Reloader::new(path, runtime, setup, inputs, handles, meters, board)))
    }

    /// What can be refused without a ring.
    fn load(&self, config: Config, runtime: &Runtime, lanes: usize) -> Result<Setup, Failure> {
        let mut setup = Setup::load(config, None, runtime, self.state, self.meters)?;
        setup.check_memory(lanes)?;
        setup.outputs = self.keeper.map(Keeper::outputs);
        setup.buffers = buffers(self.events);
        Ok(setup)
    }

    /// Makes the lanes' rings and instances, then opens the sinks: a configuration that a filter refuses must not have
    /// touched any destination.
    fn open(&self, setup: &mut Setup, wake: &[Waker]) -> Result<Vec<Parts>, Failure> {
        let ring = |waker: &Waker| Writer::create(setup.config.memory.ring_bytes, waker.clone());
        let rings = wake.iter().map(ring).collect::<Result<Vec<_>, _>>()?;
        let instances = rings.iter().map(|ring| setup.instances(None, &ring.file())).collect::<Result<Vec<_>, _>>()?;
        setup.open_sinks(None, self.meters)?;
        wiring::tell_leftovers(&setup.config);
        Ok(rings.into_iter().zip(instances).collect())
    }

    fn start_lanes(
        &self,
        setup: &Setup,
        slots: &[SourceSlot],
        (wakers, stop): (&[Arc<LaneWaker>], &Arc<AtomicBool>),
        parts: impl Iterator<Item = (Parts, Inbox)>,
    ) -> Result<Vec<LaneHandle>, Failure> {
        let finish = Arc::new(Finish::new(wakers.to_vec()));
        let standstill = Arc::new(Standstill::new(wakers.to_vec()));
        if let Some(keeper) = self.keeper {
            keeper.begin(Some(standstill.clone()));
        }
        let mut handles = Vec::new();
        for (number, (((ring, instances), inbox), waker)) in parts.zip(wakers).enumerate() {
            let next = setup.graph(None, slots, instances, self.meters);
            let empty = Graph::empty(setup.dead_letters.clone());
            let empty = Graph { show_records: self.arguments.show_records, ..empty };
            let (graph, _) = empty.succeed(next);
            let (file, meters) = (ring.file(), self.meters.clone());
            let lane = Lane::new(ring, graph, limits(&setup.config), inbox, meters, waker.clone(), stop.clone());
            let lane = lane.with(finish.clone()).at(standstill.clone());
            handles.push(LaneHandle { ring: file, mailbox: lane.mailbox(), waker: waker.clone() });
            Supervisor::start_lane(number, lane, self.events.clone())?;
        }
        Ok(handles)
    }
}

/// Sinks' buffers, whose threads' defects end the agent.
fn buffers(events: &Sender<Event>) -> Buffers {
    let events = events.clone();
    // Nobody listens any more once the agent is ending for another reason.
    Buffers::new(Arc::new(move |thread| drop(events.send(Event::ThreadPanicked(thread.to_owned())))))
}

/// All sources, in the configuration's order.
fn sources(config: &Config, mode: &SourceMode) -> Result<Vec<Box<dyn Source>>, Refused> {
    let names = config.sources.iter().map(|source| &source.name);
    names.enumerate().map(|(index, name)| wiring::source(config, name, index, mode)).collect()
}

fn limits(config: &Config) -> BatchLimits {
    let logagent_config::Batch { max_bytes, max_records, max_age } = config.batch;
    BatchLimits { max_bytes, max_records, max_age }
}
