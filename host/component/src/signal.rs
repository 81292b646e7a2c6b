//! How a thread that waits is told to look again, or to stop.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One thread waits, others raise or stop it. What is raised while nobody waits ends the next wait.
#[derive(Default)]
pub struct Signal {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default)]
struct State {
    is_raised: bool,
    is_stopped: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// There may be something to do.
    Raised,
    /// Nothing happened for as long as the wait was to last.
    TimedOut,
    /// Stop, for good.
    Stopped,
}

impl Signal {
    /// Ends the running wait, or the next.
    pub fn raise(&self) {
        self.lock().is_raised = true;
        self.changed.notify_all();
    }

    /// Ends all waits from now on.
    pub fn stop(&self) {
        self.lock().is_stopped = true;
        self.changed.notify_all();
    }

    /// Whether `stop` was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.lock().is_stopped
    }

    /// Waits until raised or stopped, `timeout` at most.
    pub fn wait(&self, timeout: Duration) -> Woken {
        let idle = |state: &mut State| !state.is_raised && !state.is_stopped;
        let waited = self.changed.wait_timeout_while(self.lock(), timeout, idle);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.is_stopped {
            Woken::Stopped
        } else if std::mem::take(&mut state.is_raised) {
            Woken::Raised
        } else {
            Woken::TimedOut
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Two flags can't be left half changed by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_raised_before_the_wait_ends_it_once() {
        let signal = Signal::default();
        signal.raise();
        assert_eq!(signal.wait(Duration::MAX), Woken::Raised);
        assert_eq!(signal.wait(Duration::ZERO), Woken::TimedOut);
    }

    #[test]
    fn a_stop_ends_every_wait() {
        let signal = Signal::default();
        signal.stop();
        signal.raise();
        assert_eq!([signal.wait(Duration::MAX), signal.wait(Duration::MAX)], [Woken::Stopped; 2]);
    }
}
