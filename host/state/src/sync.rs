//! The atomics and the lock that the map is built on: loom's under `--cfg loom`. Counters that order nothing are the
//! standard library's in either case, so that loom does not explore them.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(loom))]
pub(crate) use parking_lot::{Mutex, MutexGuard};
#[cfg(not(loom))]
pub(crate) use std::sync::atomic::{AtomicU64, Ordering, fence};

#[cfg(loom)]
pub(crate) use loom_mutex::{Mutex, MutexGuard};

/// A hint that another thread is at work.
#[cfg(not(loom))]
pub(crate) use std::hint::spin_loop as spin;

#[cfg(loom)]
pub(crate) use loom::hint::spin_loop as spin;

/// loom's lock with parking_lot's names.
#[cfg(loom)]
mod loom_mutex {
    use std::time::Instant;

    pub(crate) use loom::sync::MutexGuard;

    pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap()
        }

        pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
            self.0.try_lock().ok()
        }

        /// Time does not pass in a model.
        pub(crate) fn try_lock_until(&self, _: Instant) -> Option<MutexGuard<'_, T>> {
            self.try_lock()
        }
    }
}
