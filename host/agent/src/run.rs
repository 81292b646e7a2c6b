//! `logagent run`: starts everything, waits, reports.

mod end;
mod start;

use crate::cli::RunArguments;
use crate::control::{Board, Desk};
use crate::exit::Failure;
use crate::progress::Progress;
use crate::reload::{Reloader, Request, Seen};
use crate::replay::{Doors, Replayer};
use crate::report;
use crate::state_keeper::{SnapshotFile, StateKeeper};
use crate::validate::load;
use crate::wiring::{self, StateMap};
use anyhow::Context;
use end::{close_sinks, conclude, finish_buffers, keep};
use logagent_checkpoint::{Deliveries, Keeper};
use logagent_config::Config;
use logagent_pipeline::{Event, Supervisor};
use logagent_telemetry::Meters;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use start::Start;
use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

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
    let start =
        Start { arguments, keeper: keeper.as_ref(), state: &state, meters: &meters, board: &board, events: &events };
    let (supervisor, reloader) = start.start(config)?;
    let replays = self::replayer(reloader.config(), &supervisor, reloader.doors(), deliveries);
    if replayer.set(replays).is_err() {
        unreachable!("it is set here alone");
    }
    drop(events);
    let buffers = reloader.buffers();
    let shown = arguments.progress.then(|| reloader.config().clone());
    let reloads = reload_on_request(reloader, seen, requests.clone(), requested)?;
    let starting = started.elapsed();
    let progress = arguments.progress.then(|| Progress::start(meters.clone(), started));
    let outcome = supervisor.wait(&received);
    let outcome = finish_buffers(&buffers, outcome, &received, supervisor.shutdown_timeout);
    close_sinks(&requests, &reloads);
    let unread = if arguments.once { report::unreadable(&meters) } else { 0 };
    keep(keeper, state_keeper, &outcome, unread);
    let report = report::now(&meters, started);
    if let (Some(progress), Some(config)) = (progress, shown) {
        progress.finish(&report, &config, starting);
    }
    if let Some(path) = &arguments.report {
        report::write(&report, path)?;
    }
    conclude(outcome, report.total.in_flight, unread)
}

/// Goes on where the run before has stopped, and keeps how far this one comes.
fn keep_checkpoints(config: &Config, once: bool) -> anyhow::Result<Keeper> {
    let mut keeper = Keeper::open(&config.data_dir, once);
    keeper.start(config.checkpoints.interval).context("a thread for the checkpoints")?;
    Ok(keeper)
}

/// SIGTERM and SIGINT become events, SIGHUP a request to reload.
fn watch_signals(events: Sender<Event>, requests: Sender<Request>) -> anyhow::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP]).context("signal handlers")?;
    let hear = move || hear(signals.forever(), &events, &requests);
    std::thread::Builder::new().name("signals".into()).spawn(hear)?;
    Ok(())
}

/// Hands each signal on. One that nobody takes any more is no reason not to hear the next: without a thread that reloads,
/// the agent must still stop when it is told to.
fn hear(signals: impl Iterator<Item = i32>, events: &Sender<Event>, requests: &Sender<Request>) {
    for signal in signals {
        match signal {
            SIGHUP => {
                if requests.send(Request::Signal).is_err() {
                    tracing::error!("SIGHUP is not obeyed: nothing reloads any more; restart the agent");
                }
            }
            // It is ending already, where nobody listens.
            _ => drop(events.send(Event::Stop)),
        }
    }
}

/// Reloads on a thread of its own: compiling takes seconds, in which the agent must still hear that it is to stop. What is
/// answered is disconnected once that thread has ended.
fn reload_on_request(
    reloader: Reloader,
    seen: Seen,
    requests: Sender<Request>,
    requested: Receiver<Request>,
) -> anyhow::Result<Receiver<Infallible>> {
    let (is_running, runs) = channel();
    let serve = move || {
        reloader.serve(seen, &requests, &requested);
        drop(is_running);
    };
    std::thread::Builder::new().name("reload".into()).spawn(serve)?;
    Ok(runs)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_to_reload_that_nobody_takes_leaves_those_to_stop_heard() {
        let ((events, heard), (requests, requested)) = (channel(), channel());
        drop(requested);
        hear([SIGHUP, SIGTERM, SIGINT].into_iter(), &events, &requests);
        drop(events);
        assert_eq!(heard.iter().filter(|event| matches!(event, Event::Stop)).count(), 2);
    }
}
