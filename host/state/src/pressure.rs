//! Whether anything is so nearly used up that uses are counted, for eviction.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// How many there are of what is nearly used up: the arena, and each namespace's budget.
#[derive(Default)]
pub(crate) struct Pressure(AtomicU64);

impl Pressure {
    /// Says of one of them what it was, and what it is.
    pub(crate) fn change(&self, was: bool, is: bool) {
        match (was, is) {
            (false, true) => _ = self.0.fetch_add(1, Relaxed),
            (true, false) => _ = self.0.fetch_sub(1, Relaxed),
            _ => {}
        }
    }

    /// One look, for all who read and write while there is enough of everything.
    #[inline(always)]
    pub(crate) fn is_any(&self) -> bool {
        self.0.load(Relaxed) != 0
    }
}
