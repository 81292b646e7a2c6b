//! What is done once the lanes have ended: buffers are emptied as far as there is time, what the run has come to is written
//! down, and the process's exit code follows. Not for when that is.

use crate::exit::Failure;
use crate::reload::Request;
use crate::state_keeper::StateKeeper;
use logagent_buffer::Buffers;
use logagent_checkpoint::Keeper;
use logagent_pipeline::{Event, Outcome};
use std::convert::Infallible;
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

/// Sinks get what is left in their buffers: all of it where the sources have ended, else as much as a short while brings,
/// since what stays is delivered by the next run. A signal ends the wait. Answers how the run has ended now.
pub(super) fn finish_buffers(
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

/// Has files left as they are to stay: what is taken ahead of a mapped one's records is cut off. A reload that is compiling
/// just then is not waited for: the next run cuts it.
pub(super) fn close_sinks(requests: &Sender<Request>, reloads: &Receiver<Infallible>) {
    const PATIENCE: Duration = Duration::from_secs(2);
    if requests.send(Request::End).is_ok() {
        let Err(_) = reloads.recv_timeout(PATIENCE);
    }
}

/// What the run has come to is on the disk once this has returned. So much of what it was to read was `unread`: then it
/// has not come to its end.
pub(super) fn keep(keeper: Option<Keeper>, state_keeper: StateKeeper, outcome: &Outcome, unread: u64) {
    let is_clean = matches!(outcome, Outcome::Ended | Outcome::Drained);
    if let Some(keeper) = keeper {
        if is_clean {
            keeper.outputs().leave();
        }
        end_checkpoints(keeper, matches!(outcome, Outcome::Ended) && unread == 0);
    }
    state_keeper.finish(is_clean);
}

/// Records are delivered whether or not it can be written; they come again then.
fn end_checkpoints(keeper: Keeper, is_complete: bool) {
    if let Err(error) = keeper.end(is_complete) {
        let error = format!("{:#}", anyhow::Error::new(error));
        tracing::error!(error, "the checkpoints can't be written: what was delivered last comes again in the next run");
    }
}

/// What the process ends with.
pub(super) fn conclude(outcome: Outcome, in_flight: u64, unread: u64) -> Result<(), Failure> {
    match outcome {
        Outcome::Ended if unread > 0 => Err(anyhow::anyhow!(
            "not all could be read: {unread} of the files and directories are left, which the log names; all else is \
             delivered, and the next run goes on there"
        )
        .into()),
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
