//! Lines of one width, so that a line's place in the output tells which it is, with the time of their appending.

use rustix::time::{ClockId, clock_gettime};
use std::ops::Range;

/// With the newline.
pub(super) const BYTES: usize = 200;

/// Where the time stands: nanoseconds of CLOCK_MONOTONIC, which writer and reader share, in 20 digits.
pub(super) const STAMP: Range<usize> = 7..27;

/// A run of lines without their times.
pub(super) fn blank(count: usize) -> Vec<u8> {
    let start = r#"{"at":"00000000000000000000","level":"INFO","service":"checkout","message":""#;
    let filler = "the customer's cart was priced again; ".repeat(5);
    let room = BYTES - start.len() - 3;
    format!("{start}{}\"}}\n", &filler[..room]).repeat(count).into_bytes()
}

/// Writes the time into each line of the run.
pub(super) fn stamp(lines: &mut [u8], nanos: u64) {
    let digits = format!("{nanos:020}");
    lines.chunks_exact_mut(BYTES).for_each(|line| line[STAMP].copy_from_slice(digits.as_bytes()));
}

/// The time in the stamp's bytes; `None` where they are no stamp.
pub(super) fn read_stamp(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Now, on the stamps' clock.
pub(super) fn now_nanos() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let number = |value: i64| u64::try_from(value).expect("the clock started at 0");
    number(now.tv_sec) * 1_000_000_000 + number(now.tv_nsec)
}

/// Lets this thread's sleeps end when they should: the default slack of 50 µs would be part of each delay. Not for
/// the thread that starts the agent, which would inherit it. A priority as well was tried: where other programs want
/// the processors, the agent then stands still for a tenth of a second and longer.
pub(super) fn sleep_precisely() -> std::io::Result<()> {
    // prctl(2) would do it, too, but with a feature of rustix that the agent lacks: wasmtime would be built twice.
    let thread = std::fs::read_link("/proc/thread-self")?;
    let id = thread.file_name().unwrap_or_default();
    std::fs::write(std::path::Path::new("/proc").join(id).join("timerslack_ns"), "1")
}
