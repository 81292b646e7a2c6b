//! How anyone wakes a lane: an unpark, which ends the current or the next sleep.

use std::sync::OnceLock;
use std::task::Wake;
use std::thread::Thread;

/// Wakes the thread that has registered. Waking before that is lost, and needs not be kept: a lane that starts
/// looks at everything first.
#[derive(Default)]
pub struct LaneWaker(OnceLock<Thread>);

impl LaneWaker {
    /// Says that the calling thread is the one to wake.
    pub fn register(&self) {
        self.0.get_or_init(std::thread::current);
    }
}

impl Wake for LaneWaker {
    fn wake(self: std::sync::Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &std::sync::Arc<Self>) {
        if let Some(thread) = self.0.get() {
            thread.unpark();
        }
    }
}
