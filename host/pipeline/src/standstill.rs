//! All lanes at rest at one moment, with nothing in flight: so that what was read and what was written can be told
//! together. Not for what a lane does to come to rest (`lane/rest.rs`).

use crate::lane::LaneWaker;
use logagent_component::Lanes;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Wake as _;
use std::time::{Duration, Instant};

/// Where the lanes of an agent come to rest together.
pub struct Standstill {
    is_asked: AtomicBool,
    state: Mutex<State>,
    moved: Condvar,
    wakers: Vec<Arc<LaneWaker>>,
}

struct State {
    /// Lanes that neither stand still nor have ended.
    moving: usize,
    standing: usize,
    /// How often lanes were sent on.
    turn: u64,
    /// A lane has ended in the middle of its work: what it has written is more than what it has confirmed.
    is_broken: bool,
}

impl Standstill {
    /// One for the lanes that these wake, each of which has a place there.
    #[must_use]
    pub fn new(wakers: Vec<Arc<LaneWaker>>) -> Self {
        let state = State { moving: wakers.len(), standing: 0, turn: 0, is_broken: false };
        Self { is_asked: AtomicBool::new(false), state: Mutex::new(state), moved: Condvar::new(), wakers }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.wakers.iter().for_each(|waker| waker.wake_by_ref());
    }

    /// Waits until all lanes stand still; whether they do.
    fn is_still_by(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        while state.moving > 0 && !state.is_broken {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            state = self.moved.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        !state.is_broken
    }
}

impl Lanes for Standstill {
    fn while_still(&self, patience: Duration, act: &mut dyn FnMut()) -> bool {
        let _asked = Asked::of(self);
        let is_still = self.is_still_by(Instant::now() + patience);
        if is_still {
            act();
        }
        is_still
    }
}

/// Sends the lanes on when it is dropped, after a panic, too.
struct Asked<'a>(&'a Standstill);

impl<'a> Asked<'a> {
    fn of(standstill: &'a Standstill) -> Self {
        // ORDER: a lane that misses it is woken, and looks again.
        standstill.is_asked.store(true, Ordering::Release);
        standstill.wake();
        Self(standstill)
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.0.is_asked.store(false, Ordering::Release);
        let mut state = self.0.lock();
        // Here, not by the lanes once they wake: who asks next must not take them for standing.
        state.moving += std::mem::take(&mut state.standing);
        state.turn += 1;
        self.0.moved.notify_all();
        drop(state);
        // Those that wait for a sink, and would read.
        self.0.wake();
    }
}

/// A lane's place in it; none where nobody will ask.
#[derive(Default)]
pub(crate) struct Place(Option<Arc<Standstill>>);

impl Place {
    pub(crate) fn of(standstill: Arc<Standstill>) -> Self {
        Self(Some(standstill))
    }

    pub(crate) fn is_asked(&self) -> bool {
        // ORDER: pairs with `Asked::of`.
        self.0.as_ref().is_some_and(|standstill| standstill.is_asked.load(Ordering::Acquire))
    }

    /// Stands still until all lanes are sent on. The lane has nothing in flight.
    pub(crate) fn stand(&self) {
        let Some(standstill) = &self.0 else { return };
        let mut state = standstill.lock();
        if !self.is_asked() {
            return;
        }
        (state.moving, state.standing) = (state.moving - 1, state.standing + 1);
        standstill.moved.notify_all();
        let turn = state.turn;
        while state.turn == turn {
            state = standstill.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The lane has ended with nothing in flight: it stands still for ever.
    pub(crate) fn leave(&mut self) {
        if let Some(standstill) = self.0.take() {
            standstill.lock().moving -= 1;
            standstill.moved.notify_all();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(standstill) = &self.0 {
            standstill.lock().is_broken = true;
            standstill.moved.notify_all();
        }
    }
}

#[cfg(test)]
mod tests;
