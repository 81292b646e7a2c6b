//! Deliveries from many lanes to one thread, and word of its failure back. Both sides swap or append whole lists,
//! so that the steady state allocates nothing. Unbounded by itself: the rings bound it.

use crate::failure::Failure;
use logagent_component::Delivery;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: Vec<Delivery>,
    is_closed: bool,
    /// What ended the thread.
    failure: Option<Failure>,
}

impl Queue {
    /// Takes all of the list, or none of it once the thread has failed.
    pub(super) fn put(&self, deliveries: &mut Vec<Delivery>) -> Result<(), Failure> {
        let mut state = self.lock();
        if let Some(failure) = &state.failure {
            return Err(failure.copy());
        }
        state.waiting.append(deliveries);
        self.changed.notify_one();
        Ok(())
    }

    /// Waits for deliveries and swaps them for the empty list; false once there are none and none can come.
    pub(super) fn take(&self, empty: &mut Vec<Delivery>) -> bool {
        let is_idle = |state: &mut State| state.waiting.is_empty() && !state.is_closed;
        let mut state = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, empty);
        !empty.is_empty()
    }

    pub(super) fn fail(&self, failure: Failure) {
        let mut state = self.lock();
        state.failure = Some(failure);
        let lost = std::mem::take(&mut state.waiting);
        drop(state);
        // Only now: their return wakes lanes, which may come here.
        drop(lost);
    }

    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No change here can be left half done by a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
