//! `logagent run`: starts everything, waits, reports.

use crate::cli::RunArguments;
use crate::exit::Failure;
use crate::progress::Progress;
use crate::report;
use crate::validate::load;
use crate::wiring::{self, Filters, Targets};
use anyhow::Context;
use logagent_component::intake;
use logagent_config::Config;
use logagent_pipeline::{BatchLimits, Event, Lane, LaneWaker, Outcome, Supervisor};
use logagent_ring::Writer;
use logagent_telemetry::Meters;
use logagent_wasm::Runtime;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::task::Waker;
use std::time::Instant;

/// Runs the agent.
///
/// # Errors
/// [`Failure`] where the configuration is wrong, or a part can't start or go on.
pub fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let started = Instant::now();
    let config = load(&arguments.config.config)?;
    let meters = Arc::new(wiring::meters(&config));
    let (events, received) = channel();
    // Before any thread starts and any file is touched: a signal during the start must drain, too.
    watch_signals(events.clone())?;
    let supervisor = start(&config, arguments.once, &meters, &events)?;
    drop(events);
    let starting = started.elapsed();
    let progress = arguments.progress.then(|| Progress::start(meters.clone(), started));
    let outcome = supervisor.wait(&received);
    let report = report::now(&meters, started);
    if let Some(progress) = progress {
        progress.finish(&report, &config, starting);
    }
    if let Some(path) = &arguments.report {
        report::write(&report, path)?;
    }
    conclude(outcome, report.total.in_flight)
}

fn conclude(outcome: Outcome, in_flight: u64) -> Result<(), Failure> {
    match outcome {
        Outcome::Drained => Ok(()),
        Outcome::Abandoned => {
            Err(anyhow::anyhow!("stopped with {in_flight} records in flight, which no sink has confirmed").into())
        }
        Outcome::LaneFailed(error) => Err(error.into()),
        Outcome::SourceFailed(error) => Err(error.into()),
        Outcome::SourcePanicked(name) => Err(anyhow::anyhow!("source {name} panicked").into()),
    }
}

/// SIGTERM and SIGINT become events. SIGHUP is taken, so that it does not kill, and answered in the log.
fn watch_signals(events: Sender<Event>) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).context("signal handlers")?;
    let watch = move || {
        for signal in signals.forever() {
            if signal == SIGHUP {
                tracing::warn!("SIGHUP: this version can't reload; restart it to change its configuration");
            } else if events.send(Event::Stop).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new().name("signals".into()).spawn(watch)?;
    Ok(())
}

fn start(config: &Config, once: bool, meters: &Arc<Meters>, events: &Sender<Event>) -> Result<Supervisor, Failure> {
    let runtime = Runtime::new(Some(&config.data_dir.join("components")))?;
    let filters = Filters::load(config, &runtime)?;
    let sources = wiring::sources(config, once)?;
    let wakers: Vec<Arc<LaneWaker>> = (0..lanes(config)?).map(|_| Arc::default()).collect();
    let wake: Vec<Waker> = wakers.iter().map(|waker| waker.clone().into()).collect();
    let ring = |waker: &Waker| Writer::create(config.memory.ring_bytes, waker.clone());
    let rings = wake.iter().map(ring).collect::<Result<Vec<_>, _>>()?;
    let stages =
        rings.iter().map(|ring| filters.stages(config, &ring.file(), meters)).collect::<Result<Vec<_>, _>>()?;
    // After the filters: a configuration that they refuse must not have touched any destination.
    let targets = Targets::open(config, meters)?;
    let dead_letters = wiring::dead_letters(config);
    let (intake, inboxes) = intake(&wake);
    let stop = Arc::default();
    for (number, ((ring, stages), inbox)) in rings.into_iter().zip(stages).zip(inboxes).enumerate() {
        let graph = wiring::graph(config, stages, &targets, &dead_letters, meters);
        let (waker, stop) = (wakers[number].clone(), Arc::clone(&stop));
        let lane = Lane::new(ring, graph, limits(config), inbox, meters.clone(), waker, stop);
        Supervisor::start_lane(number, lane, events.clone())?;
    }
    let mut supervisor = Supervisor { stop, wakers, signals: Vec::new(), shutdown_timeout: config.shutdown_timeout };
    for (name, source) in sources {
        supervisor.start_source(&name, source, intake.clone(), events.clone())?;
    }
    Ok(supervisor)
}

fn lanes(config: &Config) -> anyhow::Result<usize> {
    match config.lanes {
        Some(lanes) => Ok(lanes),
        None => Ok(std::thread::available_parallelism().context("the number of cores; set lanes")?.get()),
    }
}

fn limits(config: &Config) -> BatchLimits {
    let logagent_config::Batch { max_bytes, max_records, max_age } = config.batch;
    BatchLimits { max_bytes, max_records, max_age }
}
