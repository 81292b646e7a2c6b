//! How long a test waits before it calls a thing hung.

use std::time::{Duration, Instant};

/// Far longer than anything that works takes on a busy machine.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until `is_so`.
///
/// # Panics
/// Where it is not so within [`DEADLINE`].
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let give_up_at = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < give_up_at, "not within {} s: {what}", DEADLINE.as_secs());
        std::thread::sleep(Duration::from_millis(1));
    }
}
