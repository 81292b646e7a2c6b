//! Starts lanes and sources, waits for their ends, and stops the rest when one fails or the agent is told to.

use crate::lane::{Lane, LaneError, LaneWaker};
use logagent_component::{Intake, Signal, Source, SourceError, Stream};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Wake;
use std::time::{Duration, Instant};

/// What happens to a running agent.
pub enum Event {
    /// A lane has ended.
    Lane(Result<(), LaneError>),
    /// A source has ended.
    Source(Result<(), SourceError>),
    /// The source of this name has panicked.
    SourcePanicked(String),
    /// This thread, neither a lane's nor a source's, has panicked.
    ThreadPanicked(String),
    /// Someone wants the agent to stop: first after a drain, the second time at once.
    Stop,
}

/// How a run ended.
#[derive(Debug)]
pub enum Outcome {
    /// All sources have ended by themselves, and everything read was delivered.
    Ended,
    /// It was told to stop, and everything read was delivered.
    Drained,
    /// The drain took longer than it may, or was cut short.
    Abandoned,
    /// A lane could not go on.
    LaneFailed(LaneError),
    /// A source could not go on.
    SourceFailed(SourceError),
    /// The source of this name has a defect.
    SourcePanicked(String),
    /// This thread has a defect.
    ThreadPanicked(String),
}

/// All threads of an agent that move records.
pub struct Supervisor {
    /// Set to make the lanes drain.
    pub stop: Arc<AtomicBool>,
    /// Wakes each lane.
    pub wakers: Vec<Arc<LaneWaker>>,
    /// The sources, which may come and go.
    pub sources: Arc<Sources>,
    /// How long a drain may take.
    pub shutdown_timeout: Duration,
}

/// The sources that run.
pub struct Sources {
    state: Mutex<Running>,
    events: Sender<Event>,
}

struct Running {
    signals: Vec<(String, Arc<Signal>)>,
    /// Gone once no source runs: lanes then know that no stream can come.
    intake: Option<Intake>,
    count: usize,
}

impl Sources {
    /// No source yet; those that come hand their streams to `intake`, and report their ends to `events`.
    #[must_use]
    pub fn new(intake: Intake, events: Sender<Event>) -> Self {
        let state = Running { signals: Vec::new(), intake: Some(intake), count: 0 };
        Self { state: Mutex::new(state), events }
    }

    /// Runs a source on a thread of its own. Does nothing where all others have ended: the lanes are ending, too.
    ///
    /// # Errors
    /// The system's, where it has no thread.
    pub fn start(&self, name: &str, source: Box<dyn Source>) -> std::io::Result<()> {
        let mut running = self.lock();
        let Some(intake) = running.intake.clone() else { return Ok(()) };
        let signal = Arc::new(Signal::default());
        let (heard, panicked) = (signal.clone(), Event::SourcePanicked(name.to_owned()));
        let run = move || Event::Source(source.run(intake, &heard));
        spawn(format!("source-{name}"), run, || panicked, self.events.clone())?;
        running.signals.push((name.to_owned(), signal));
        running.count += 1;
        Ok(())
    }

    /// Stops the source of this name. Its streams are the lanes' to end.
    pub fn stop(&self, name: &str) {
        self.lock().signals.retain(|(known, signal)| {
            if known == name {
                signal.stop();
            }
            known != name
        });
    }

    /// Gives a lane a stream that no source has found. Drops it where the agent is ending.
    pub fn assign(&self, stream: Box<dyn Stream>) {
        if let Some(intake) = &self.lock().intake {
            intake.assign(stream);
        }
    }

    /// Whether no stream can come any more.
    #[must_use]
    pub fn is_ending(&self) -> bool {
        self.lock().intake.is_none()
    }

    fn stop_all(&self) {
        let mut running = self.lock();
        running.intake = None;
        running.signals.iter().for_each(|(_, signal)| signal.stop());
    }

    /// How many run.
    fn count(&self) -> usize {
        self.lock().count
    }

    fn ended(&self) {
        let mut running = self.lock();
        running.count -= 1;
        if running.count == 0 {
            running.intake = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Supervisor {
    /// Runs a lane on a thread of its own, which reports its end to `events`.
    ///
    /// # Errors
    /// The system's, where it has no thread.
    pub fn start_lane(number: usize, lane: Lane, events: Sender<Event>) -> std::io::Result<()> {
        let run = move || Event::Lane(lane.run());
        spawn(format!("lane-{number}"), run, || Event::Lane(Err(LaneError::Panicked)), events)
    }

    /// Waits until all lanes have ended, on their own or because something made them.
    #[must_use]
    pub fn wait(&self, events: &Receiver<Event>) -> Outcome {
        let mut outcome = Outcome::Ended;
        let mut deadline = None;
        let mut running = self.wakers.len();
        // Lanes that nobody stopped end because the sources did, whose word of a failure may come last.
        while running > 0 || (self.sources.count() > 0 && deadline.is_none()) {
            match next(events, deadline) {
                Some(Event::Stop) if deadline.is_none() => {
                    outcome = Outcome::Drained;
                    deadline = Some(self.begin_stop());
                }
                Some(Event::Stop) | None => {
                    first_failure(&mut outcome, Outcome::Abandoned);
                    break;
                }
                Some(event) => {
                    running -= usize::from(matches!(event, Event::Lane(_)));
                    if let Some(failure) = self.failure(event) {
                        first_failure(&mut outcome, failure);
                        deadline.get_or_insert_with(|| self.begin_stop());
                    }
                }
            }
        }
        self.begin_stop();
        outcome
    }

    /// What went wrong, where something did.
    fn failure(&self, event: Event) -> Option<Outcome> {
        match event {
            Event::Lane(ended) => ended.err().map(Outcome::LaneFailed),
            Event::Source(Err(error)) => Some(Outcome::SourceFailed(error)),
            Event::Source(Ok(())) => {
                self.sources.ended();
                None
            }
            Event::SourcePanicked(name) => Some(Outcome::SourcePanicked(name)),
            Event::ThreadPanicked(name) => Some(Outcome::ThreadPanicked(name)),
            Event::Stop => None,
        }
    }

    /// Tells everyone to stop; answers by when they must have.
    fn begin_stop(&self) -> Instant {
        self.stop.store(true, Ordering::Relaxed);
        self.sources.stop_all();
        for waker in &self.wakers {
            waker.wake_by_ref();
        }
        Instant::now() + self.shutdown_timeout
    }
}

/// Runs a thread that reports its end, a panic's too: an agent whose lane has silently gone would wait for ever.
fn spawn(
    name: String,
    run: impl FnOnce() -> Event + Send + 'static,
    panicked: impl FnOnce() -> Event + Send + 'static,
    events: Sender<Event>,
) -> std::io::Result<()> {
    let thread = move || {
        // Whatever `run` has broken is gone with it.
        let event = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| panicked());
        // Nobody listens any more once the agent has given up on this thread.
        drop(events.send(event));
    };
    std::thread::Builder::new().name(name).spawn(thread).map(drop)
}

fn first_failure(outcome: &mut Outcome, failure: Outcome) {
    if matches!(outcome, Outcome::Ended | Outcome::Drained) {
        *outcome = failure;
    }
}

/// The next event; `None` once the deadline has passed or nobody is left to send one.
fn next(events: &Receiver<Event>, deadline: Option<Instant>) -> Option<Event> {
    let Some(deadline) = deadline else { return events.recv().ok() };
    events.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()
}
