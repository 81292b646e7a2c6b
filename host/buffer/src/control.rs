//! What the thread that drains is told, and what it says of itself.

use logagent_component::{Sink, SinkError};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Opens the sink that a buffer empties into; called again where the one before failed for good.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn Sink>, SinkError> + Send>;

/// What is to be done first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Orders {
    /// Nothing but to go on.
    Go,
    /// Another sink waits to be taken.
    Change,
    /// The sink is to be opened anew.
    Reopen,
    /// Nothing more is handed on; until then what is out may come home.
    Stop(Instant),
}

#[derive(Default)]
pub(crate) struct Control {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    next: Option<(Open, Box<dyn Sink>)>,
    is_reopening: bool,
    stop_by: Option<Instant>,
    has_ended: bool,
    is_failing: bool,
    is_left: bool,
}

impl Control {
    pub(crate) fn orders(&self) -> Orders {
        let state = self.lock();
        match &*state {
            State { stop_by: Some(deadline), .. } => Orders::Stop(*deadline),
            State { next: Some(_), .. } => Orders::Change,
            State { is_reopening: true, .. } => Orders::Reopen,
            _ => Orders::Go,
        }
    }

    pub(crate) fn change(&self, open: Open, sink: Box<dyn Sink>) {
        self.lock().next = Some((open, sink));
    }

    pub(crate) fn take_next(&self) -> Option<(Open, Box<dyn Sink>)> {
        self.lock().next.take()
    }

    pub(crate) fn reopen(&self) {
        self.lock().is_reopening = true;
    }

    pub(crate) fn reopened(&self) {
        self.lock().is_reopening = false;
    }

    pub(crate) fn stop(&self, by: Instant) {
        self.lock().stop_by.get_or_insert(by);
    }

    /// Nobody is left who would empty the buffer.
    pub(crate) fn leave(&self) {
        self.lock().is_left = true;
    }

    pub(crate) fn is_left(&self) -> bool {
        self.lock().is_left
    }

    /// The thread has ended.
    pub(crate) fn ended(&self) {
        self.lock().has_ended = true;
        self.changed.notify_all();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.lock().has_ended
    }

    /// Waits for the thread's end, until then at the latest.
    pub(crate) fn wait(&self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let is_running = |state: &mut State| !state.has_ended;
        drop(self.changed.wait_timeout_while(self.lock(), left, is_running));
    }

    pub(crate) fn set_failing(&self, is_failing: bool) {
        self.lock().is_failing = is_failing;
    }

    /// Whether the sink behind the buffer does not take records.
    pub(crate) fn is_failing(&self) -> bool {
        self.lock().is_failing
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Flags can't be left half changed by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
