//! The flag by which others tell a lane that a stream may be read. Doesn't know what there is to read.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::Waker;

/// Raised by whoever learns of new bytes, cleared by the lane before it looks for them: what comes after the look
/// raises it again, so nothing is missed.
pub(crate) struct Ready {
    is_raised: AtomicBool,
    /// A lock, so that a raise either finds the waker or is seen by the lane that has just left it here.
    lane: Mutex<Option<Waker>>,
}

impl Ready {
    /// Raised: nobody has looked yet.
    pub(crate) fn new() -> Self {
        Self { is_raised: AtomicBool::new(true), lane: Mutex::new(None) }
    }

    /// Keeps the waker of the lane that looks from now on.
    pub(crate) fn register(&self, lane: Waker) {
        *self.lane.lock().unwrap_or_else(PoisonError::into_inner) = Some(lane);
    }

    pub(crate) fn is_raised(&self) -> bool {
        self.is_raised.load(Ordering::Relaxed)
    }

    /// Says that there may be something, and wakes the lane if that is news. Cheap where it isn't.
    pub(crate) fn raise(&self) {
        // ORDER: pairs with `clear`, which is followed by a look at what the caller knows of.
        if !self.is_raised.swap(true, Ordering::AcqRel)
            && let Some(lane) = &*self.lane.lock().unwrap_or_else(PoisonError::into_inner)
        {
            lane.wake_by_ref();
        }
    }

    /// Raised by the lane itself, which needs no waking.
    pub(crate) fn keep(&self) {
        self.is_raised.store(true, Ordering::Relaxed);
    }

    /// The lane is about to look.
    pub(crate) fn clear(&self) {
        // ORDER: pairs with `raise`: the look must not come before it. A store could pass the reads behind it.
        self.is_raised.swap(false, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Wakes;

    #[test]
    fn only_the_first_raise_since_the_last_look_wakes_the_lane() {
        let (wakes, waker) = Wakes::new();
        let ready = Ready::new();
        ready.register(waker);
        ready.raise();
        assert_eq!(wakes.count(), 0, "it was raised from the start");
        ready.clear();
        ready.raise();
        ready.raise();
        assert_eq!((wakes.count(), ready.is_raised()), (1, true));
        ready.clear();
        ready.keep();
        assert_eq!((wakes.count(), ready.is_raised()), (1, true));
    }
}
