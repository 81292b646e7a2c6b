//! How a lane wakes: by anyone's unpark, which ends the current or the next sleep, or by the clock.

use std::path::Path;
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

/// Lets this thread's sleeps end when they should. By default the kernel may let each last 50 µs longer, to save
/// wake-ups; a lane has a few in a millisecond at most, and each of its batches would be that much later.
pub(super) fn sleep_precisely() {
    // Without /proc, the sleeps are as precise as they were. prctl(2) would need unsafe code, or a crate for it.
    let _ = slack_file().and_then(|path| std::fs::write(path, "1"));
}

/// In nanoseconds. There is none under `/proc/thread-self`, but the thread's own number leads to it, too.
fn slack_file() -> std::io::Result<impl AsRef<Path>> {
    let thread = std::fs::read_link("/proc/thread-self")?;
    Ok(Path::new("/proc").join(thread.file_name().unwrap_or_default()).join("timerslack_ns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precise_sleeps_are_the_threads_own() {
        let slack = || std::fs::read_to_string(slack_file().unwrap()).unwrap().trim().to_owned();
        let before = slack();
        std::thread::spawn(move || {
            sleep_precisely();
            assert_eq!(slack(), "1");
        })
        .join()
        .unwrap();
        assert_eq!(slack(), before);
    }
}
