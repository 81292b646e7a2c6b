//! Starts lanes and sources, waits for their ends, and stops the rest when one fails or the agent is told to.

use crate::lane::{Lane, LaneError, LaneWaker};
use logagent_component::{Intake, Signal, Source, SourceError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::task::Wake;
use std::time::{Duration, Instant};

/// What happens to a running agent.
pub enum Event {
    /// A lane has ended.
    Lane(Result<(), LaneError>),
    /// A source has ended.
    Source(Result<(), SourceError>),
    /// Someone wants the agent to stop: first after a drain, the second time at once.
    Stop,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// Everything read was delivered.
    Drained,
    /// The drain took longer than it may, or was cut short.
    Abandoned,
    /// A lane could not go on.
    LaneFailed(LaneError),
    /// A source could not go on.
    SourceFailed(SourceError),
}

/// All threads of an agent that move records.
pub struct Supervisor {
    /// Set to make the lanes drain.
    pub stop: Arc<AtomicBool>,
    /// Wakes each lane.
    pub wakers: Vec<Arc<LaneWaker>>,
    /// Stops each source.
    pub signals: Vec<Arc<Signal>>,
    /// How long a drain may take.
    pub shutdown_timeout: Duration,
}

impl Supervisor {
    /// Runs a lane on a thread of its own, which reports its end to `events`.
    ///
    /// # Errors
    /// The system's, where it has no thread.
    pub fn start_lane(number: usize, lane: Lane, events: Sender<Event>) -> std::io::Result<()> {
        let run = move || drop(events.send(Event::Lane(lane.run())));
        std::thread::Builder::new().name(format!("lane-{number}")).spawn(run).map(drop)
    }

    /// Runs a source on a thread of its own, which reports its end to `events`.
    ///
    /// # Errors
    /// The system's, where it has no thread.
    pub fn start_source(
        &mut self,
        name: &str,
        source: Box<dyn Source>,
        intake: Intake,
        events: Sender<Event>,
    ) -> std::io::Result<()> {
        let signal = Arc::new(Signal::default());
        self.signals.push(signal.clone());
        let run = move || drop(events.send(Event::Source(source.run(intake, &signal))));
        std::thread::Builder::new().name(format!("source-{name}")).spawn(run).map(drop)
    }

    /// Waits until all lanes have ended, on their own or because something made them.
    #[must_use]
    pub fn wait(&self, events: &Receiver<Event>) -> Outcome {
        let mut outcome = Outcome::Drained;
        let mut deadline = None;
        let mut running = self.wakers.len();
        while running > 0 {
            match next(events, deadline) {
                Some(Event::Lane(Ok(()))) => running -= 1,
                Some(Event::Lane(Err(error))) => {
                    running -= 1;
                    first_failure(&mut outcome, Outcome::LaneFailed(error));
                    deadline.get_or_insert_with(|| self.begin_stop());
                }
                Some(Event::Source(Ok(()))) => {}
                Some(Event::Source(Err(error))) => {
                    first_failure(&mut outcome, Outcome::SourceFailed(error));
                    deadline.get_or_insert_with(|| self.begin_stop());
                }
                Some(Event::Stop) if deadline.is_none() => deadline = Some(self.begin_stop()),
                Some(Event::Stop) | None => {
                    first_failure(&mut outcome, Outcome::Abandoned);
                    break;
                }
            }
        }
        self.begin_stop();
        outcome
    }

    /// Tells everyone to stop; answers by when they must have.
    fn begin_stop(&self) -> Instant {
        self.stop.store(true, Ordering::Relaxed);
        for signal in &self.signals {
            signal.stop();
        }
        for waker in &self.wakers {
            waker.wake_by_ref();
        }
        Instant::now() + self.shutdown_timeout
    }
}

fn first_failure(outcome: &mut Outcome, failure: Outcome) {
    if matches!(outcome, Outcome::Drained) {
        *outcome = failure;
    }
}

/// The next event; `None` once the deadline has passed or nobody is left to send one.
fn next(events: &Receiver<Event>, deadline: Option<Instant>) -> Option<Event> {
    let Some(deadline) = deadline else { return events.recv().ok() };
    events.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}
