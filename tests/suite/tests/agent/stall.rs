//! The agent's memory while one of three sinks stalls: a little of what `make stall` does.

use logagent_tests::stall::{Mode, run};

/// More than all that the agent holds, in each mode.
const BYTES: u64 = 256_000_000;

fn check(mode: Mode) {
    let outcome = run(mode, BYTES);
    assert!(outcome.looks > 0 && outcome.most_kib <= outcome.limit_kib, "{outcome:?}");
    assert_eq!(outcome.dropped == 0, mode == Mode::Wait, "{outcome:?}");
}

#[test]
fn a_sink_that_stalls_makes_all_wait_within_the_memory_that_was_planned() {
    check(Mode::Wait);
}

#[test]
fn a_sink_that_stalls_before_a_full_disk_buffer_takes_no_more_memory_than_was_planned() {
    check(Mode::Disk);
}

#[test]
fn a_sink_that_stalls_and_sheds_takes_no_more_memory_than_was_planned() {
    check(Mode::Shed);
}
