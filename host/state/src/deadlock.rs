//! Locks that wait for each other, found by parking_lot.

use std::thread::ThreadId;

/// A thread that waits for a lock that will never be free.
#[derive(Debug, Clone)]
pub struct Deadlocked {
    /// Which one.
    pub thread: ThreadId,
    /// Where it waits.
    pub backtrace: String,
}

/// Cycles of threads that wait for each other's locks, in the whole process, found since the last call.
#[must_use]
pub fn deadlocks() -> Vec<Vec<Deadlocked>> {
    let cycles = parking_lot::deadlock::check_deadlock().into_iter();
    cycles
        .map(|cycle| {
            let told = cycle.iter().map(|thread| Deadlocked {
                thread: thread.thread_id(),
                backtrace: format!("{:?}", thread.backtrace()),
            });
            told.collect()
        })
        .collect()
}
