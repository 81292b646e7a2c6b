//! How long a test waits before it calls a thing hung. Not for asserting that anything is fast.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Far longer than anything that works takes on a machine that is slow and busy.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// As much as one look counts at most: where all stood still between two looks, as a machine does that is put to sleep, what
/// is waited for could not go on either.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// How long a look waits for what is sent.
const LOOK: Duration = Duration::from_millis(10);

/// What is left of [`DEADLINE`], for loops that look again and again.
#[derive(Debug)]
pub struct Patience {
    left: Duration,
    looked_at: Instant,
}

impl Default for Patience {
    fn default() -> Self {
        Self { left: DEADLINE, looked_at: Instant::now() }
    }
}

impl Patience {
    /// After each look: whether to look again.
    pub fn lasts(&mut self) -> bool {
        let now = Instant::now();
        self.left = self.left.saturating_sub(LONGEST_LOOK.min(now - self.looked_at));
        self.looked_at = now;
        !self.left.is_zero()
    }

    /// How long the wait has been up to the last look.
    #[must_use]
    pub fn spent(&self) -> Duration {
        DEADLINE - self.left
    }
}

/// Waits until `is_so`.
///
/// # Panics
/// Where it is not so within [`DEADLINE`].
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let mut patience = Patience::default();
    while !is_so() {
        assert!(patience.lasts(), "not within {} s: {what}", DEADLINE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for what is sent.
///
/// # Errors
/// Where nothing is within [`DEADLINE`], or nobody is left to send.
pub fn receive<T>(from: &Receiver<T>) -> Result<T, RecvTimeoutError> {
    let mut patience = Patience::default();
    loop {
        match from.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) if patience.lasts() => {}
            found => return found,
        }
    }
}
