//! `logagent run`: starts everything, waits, reports.

use crate::cli::RunArguments;
use crate::control::{Board, Desk};
use crate::exit::{Failure, Refused};
use crate::progress::Progress;
use crate::reload::{Inputs, LaneHandle, Reloader, Request, Seen};
use crate::replay::{Doors, Replayer};
use crate::report;
use crate::state_keeper::{SnapshotFile, StateKeeper};
use crate::validate::load;
use crate::wiring::{self, Setup, SourceMode, SourceSlot, StateMap};
use anyhow::Context;
use logagent_buffer::Buffers;
use logagent_checkpoint::{Deliveries, Keeper};
use logagent_component::{Source, intake};
use logagent_config::Config;
use logagent_pipeline::{BatchLimits, Event, Finish, Graph, Lane, LaneWaker, Outcome, Sources, Standstill, Supervisor};
use logagent_ring::Writer;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

/// Runs the agent.
///
/// # Errors
/// [`Failure`] where the configuration is wrong, or a part can't start or go on.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let mut seen = Seen::default();
    seen.look([arguments.config.config.clone()]);
    let config = load(&arguments.config.config)?;
    seen.look(wiring::files(&config));
    let meters = Arc::new(Meters::default());
    let (events, received) = channel();
    let (requests, requested) = channel();
    // Before any thread starts and any file is touched: a signal during the start must drain, too.
    watch_signals(events.clone(), requests.clone())?;
    let board = Arc::<Board>::default();
    let state = Arc::new(StateMap::new(&config.state));
    let replayer = Arc::new(OnceLock::new());
    let desk = Desk {
        config: arguments.config.config.clone(),
        started,
        meters: meters.clone(),
        board: board.clone(),
        state: state.clone(),
        requests: requests.clone(),
        replayer: replayer.clone(),
    };
    let door = desk.open(&config.data_dir, arguments.once)?;
    // Who has no place in the directory must not write over what another agent keeps there.
    if door.is_open() {
        state.keep_in(SnapshotFile::new(&config.data_dir, meters.clone()));
    }
    let keeper = (!door.is_anothers).then(|| keep_checkpoints(&config, arguments.once)).transpose()?;
    let deliveries = keeper.as_ref().map(Keeper::deliveries);
    let state_keeper = StateKeeper::start(state.clone(), deliveries.clone(), config.state.snapshot_interval)?;
    let (supervisor, reloader) = start(arguments, config, keeper.as_ref(), &state, &meters, &board, &events)?;
    let replays = self::replayer(reloader.config(), &supervisor, reloader.doors(), deliveries);
    if replayer.set(replays).is_err() {
        unreachable!("it is set here alone");
    }
    drop(events);
    let buffers = reloader.buffers();
    let shown = arguments.progress.then(|| reloader.config().clone());
    reload_on_request(reloader, seen, requests, requested)?;
    let starting = started.elapsed();
    let progress = arguments.progress.then(|| Progress::start(meters.clone(), started));
    let outcome = supervisor.wait(&received);
    let outcome = finish_buffers(&buffers, outcome, &received, supervisor.shutdown_timeout);
    keep(keeper, state_keeper, &outcome);
    let report = report::now(&meters, started);
    if let (Some(progress), Some(config)) = (progress, shown) {
        progress.finish(&report, &config, starting);
    }
    if let Some(path) = &arguments.report {
        report::write(&report, path)?;
    }
    conclude(outcome, report.total.in_flight)
}

/// What the run has come to is on the disk once this has returned.
fn keep(keeper: Option<Keeper>, state_keeper: StateKeeper, outcome: &Outcome) {
    if let Some(keeper) = keeper {
        end_checkpoints(keeper, matches!(outcome, Outcome::Ended));
    }
    state_keeper.finish(matches!(outcome, Outcome::Ended | Outcome::Drained));
}

fn conclude(outcome: Outcome, in_flight: u64) -> Result<(), Failure> {
    match outcome {
        Outcome::Ended | Outcome::Drained => Ok(()),
        Outcome::Abandoned => {
            Err(anyhow::anyhow!("stopped with {in_flight} records in flight, which no sink has confirmed").into())
        }
        Outcome::LaneFailed(error) => Err(error.into()),
        Outcome::SourceFailed(error) => Err(error.into()),
        Outcome::SourcePanicked(name) => Err(anyhow::anyhow!("source {name} panicked").into()),
        Outcome::ThreadPanicked(name) => Err(anyhow::anyhow!(
            "the thread {name} panicked: this is a defect of the agent, please report it with the lines above; what the \
             buffer holds is delivered by the next run"
        )
        .into()),
    }
}

/// Goes on where the run before has stopped, and keeps how far this one comes.
fn keep_checkpoints(config: &Config, once: bool) -> anyhow::Result<Keeper> {
    let mut keeper = Keeper::open(&config.data_dir, once);
    keeper.start(config.checkpoints.interval).context("a thread for the checkpoints")?;
    Ok(keeper)
}

/// Records are delivered whether or not it can be written; they come again then.
fn end_checkpoints(keeper: Keeper, is_complete: bool) {
    if let Err(error) = keeper.end(is_complete) {
        let error = format!("{:#}", anyhow::Error::new(error));
        tracing::error!(error, "the checkpoints can't be written: what was delivered last comes again in the next run");
    }
}

/// Sinks get what is left in their buffers: all of it where the sources have ended, else as much as a short while brings,
/// since what stays is delivered by the next run. A signal ends the wait. Answers how the run has ended now.
fn finish_buffers(
    buffers: &Buffers,
    outcome: Outcome,
    events: &Receiver<Event>,
    shutdown_timeout: Duration,
) -> Outcome {
    /// Most backlogs are short, and a sink that takes longer than this may take hours.
    const GRACE: Duration = Duration::from_secs(5);
    let deadline = Instant::now() + GRACE.min(shutdown_timeout);
    let (mut is_told, mut panicked) = (false, None);
    let mut listen = || {
        for event in events.try_iter() {
            match event {
                Event::Stop => is_told = true,
                Event::ThreadPanicked(name) => panicked = Some(name),
                _ => {}
            }
        }
        is_told
    };
    buffers.finish(|is_failing| {
        let is_told = listen();
        match outcome {
            Outcome::Ended => !is_told,
            Outcome::Drained => !is_told && !is_failing && Instant::now() < deadline,
            _ => false,
        }
    });
    listen();
    match (outcome, panicked) {
        (Outcome::Ended | Outcome::Drained, Some(name)) => Outcome::ThreadPanicked(name),
        (outcome, _) => outcome,
    }
}

/// Sinks' buffers, whose threads' defects end the agent.
fn buffers(events: &Sender<Event>) -> Buffers {
    let events = events.clone();
    // Nobody listens any more once the agent is ending for another reason.
    Buffers::new(Arc::new(move |thread| drop(events.send(Event::ThreadPanicked(thread.to_owned())))))
}

/// SIGTERM and SIGINT become events, SIGHUP a request to reload.
fn watch_signals(events: Sender<Event>, requests: Sender<Request>) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).context("signal handlers")?;
    let watch = move || {
        for signal in signals.forever() {
            let is_heard = match signal {
                SIGHUP => requests.send(Request::Signal).is_ok(),
                _ => events.send(Event::Stop).is_ok(),
            };
            if !is_heard {
                return;
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(watch)?;
    Ok(())
}

/// Reloads on a thread of its own: compiling takes seconds, in which the agent must still hear that it is to stop.
fn reload_on_request(
    reloader: Reloader,
    seen: Seen,
    requests: Sender<Request>,
    requested: Receiver<Request>,
) -> anyhow::Result<()> {
    std::thread::Builder::new().name("reload".into()).spawn(move || reloader.serve(seen, &requests, &requested))?;
    Ok(())
}

fn start(
    arguments: &RunArguments,
    config: Config,
    keeper: Option<&Keeper>,
    state: &Arc<StateMap>,
    meters: &Arc<Meters>,
    board: &Arc<Board>,
    events: &Sender<Event>,
) -> Result<(Supervisor, Reloader), Failure> {
    let lanes = wiring::lanes(&config)?;
    let runtime = Runtime::new(Some(&config.data_dir.join("components")))?;
    let mut setup = Setup::load(config, None, &runtime, state, meters)?;
    setup.check_memory(lanes)?;
    wiring::check_keys(&setup.config)?;
    setup.outputs = keeper.map(Keeper::outputs);
    setup.buffers = buffers(events);
    let checkpoints = keeper.map(Keeper::checkpoints);
    let mode = SourceMode { once: arguments.once, checkpoints, meters: meters.clone() };
    let made = sources(&setup.config, &mode)?;
    let slots = setup.config.sources.iter().map(|source| SourceSlot::new(&source.name));
    let slots: Vec<_> = slots.chain(SourceSlot::letters(&setup.config)).collect();
    let wakers: Vec<Arc<LaneWaker>> = (0..lanes).map(|_| Arc::default()).collect();
    let wake: Vec<Waker> = wakers.iter().map(|waker| waker.clone().into()).collect();
    let ring = |waker: &Waker| Writer::create(setup.config.memory.ring_bytes, waker.clone());
    let rings = wake.iter().map(ring).collect::<Result<Vec<_>, _>>()?;
    // A configuration that a filter refuses must not have touched any destination.
    let instances = rings.iter().map(|ring| setup.instances(None, &ring.file())).collect::<Result<Vec<_>, _>>()?;
    setup.open_sinks(None, meters)?;
    wiring::tell_leftovers(&setup.config);
    let dead_letters = setup.dead_letters.clone();
    let (intake, inboxes) = intake(&wake);
    let stop = Arc::default();
    let mut handles = Vec::new();
    let finish = Arc::new(Finish::new(wakers.clone()));
    let standstill = Arc::new(Standstill::new(wakers.clone()));
    if let Some(keeper) = keeper {
        keeper.begin(Some(standstill.clone()));
    }
    for (number, ((ring, instances), inbox)) in rings.into_iter().zip(instances).zip(inboxes).enumerate() {
        let next = setup.graph(None, &slots, instances, meters);
        let empty = Graph { show_records: arguments.show_records, ..Graph::empty(dead_letters.clone()) };
        let (graph, _) = empty.succeed(next);
        let (waker, stop) = (wakers[number].clone(), Arc::clone(&stop));
        let file = ring.file();
        let lane = Lane::new(ring, graph, limits(&setup.config), inbox, meters.clone(), waker.clone(), stop);
        let lane = lane.with(finish.clone()).at(standstill.clone());
        handles.push(LaneHandle { ring: file, mailbox: lane.mailbox(), waker });
        Supervisor::start_lane(number, lane, events.clone())?;
    }
    let shutdown_timeout = setup.config.shutdown_timeout;
    let sources = Arc::new(Sources::new(intake, events.clone()));
    for (configured, source) in setup.config.sources.iter().zip(made) {
        sources.start(&configured.name, source)?;
    }
    let supervisor = Supervisor { stop, wakers, sources: sources.clone(), shutdown_timeout };
    let doors = Arc::new(Mutex::new(wiring::doors(&setup.config, &slots)));
    let inputs = Inputs::new(slots, sources, mode, doors);
    let path = arguments.config.config.clone();
    Ok((supervisor, Reloader::new(path, runtime, setup, inputs, handles, meters.clone(), board.clone())))
}

/// All sources, in the configuration's order.
fn sources(config: &Config, mode: &SourceMode) -> Result<Vec<Box<dyn Source>>, Refused> {
    let names = config.sources.iter().map(|source| &source.name);
    names.enumerate().map(|(index, name)| wiring::source(config, name, index, mode)).collect()
}

fn replayer(config: &Config, supervisor: &Supervisor, doors: Doors, deliveries: Option<Deliveries>) -> Replayer {
    Replayer {
        data_dir: config.data_dir.clone(),
        doors,
        sources: supervisor.sources.clone(),
        // Beside its table, and a batch that is still on its way.
        max_record_bytes: config.memory.ring_bytes / 4,
        shutdown_timeout: config.shutdown_timeout,
        turn: Mutex::default(),
        deliveries,
    }
}

fn limits(config: &Config) -> BatchLimits {
    let logagent_config::Batch { max_bytes, max_records, max_age } = config.batch;
    BatchLimits { max_bytes, max_records, max_age }
}
