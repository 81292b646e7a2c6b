//! The breaker's states, by a clock of the test's own.

use super::*;
use Admission::{Probe, Refused, Whole};

struct Clock {
    breaker: Breaker,
    now: Instant,
}

impl Clock {
    fn new(failures: u32) -> Self {
        let open_for = Duration::from_secs(10);
        Self { breaker: Breaker::new(BreakerPolicy { failures, open_for }), now: Instant::now() }
    }

    fn after(&mut self, seconds: u64) -> &mut Self {
        self.now += Duration::from_secs(seconds);
        self
    }

    fn admits(&mut self) -> Admission {
        self.breaker.admit(|| self.now)
    }

    fn fails(&mut self, records: u64) {
        self.breaker.fail(records, self.now);
    }

    fn leaves(&mut self, seconds: u64) {
        self.breaker.leave(Duration::from_secs(seconds), self.now);
    }

    fn succeeds(&mut self, records: u64) {
        self.breaker.succeed(records, self.now);
    }
}

#[test]
fn it_opens_after_so_many_bad_records_in_a_row() {
    let mut clock = Clock::new(3);
    clock.fails(2);
    assert_eq!(clock.admits(), Whole);
    clock.fails(1);
    assert_eq!((clock.admits(), clock.breaker.state()), (Refused, BreakerState::Open));
}

#[test]
fn a_good_record_between_bad_ones_keeps_it_closed_while_most_are_good() {
    let mut clock = Clock::new(3);
    for _ in 0..1000 {
        clock.succeeds(100);
        clock.fails(1);
        assert_eq!(clock.admits(), Whole);
    }
}

#[test]
fn it_opens_where_half_of_the_recent_records_are_bad() {
    let mut clock = Clock::new(3);
    clock.succeeds(1_000_000);
    for _ in 0..9 {
        clock.fails(1);
        clock.succeeds(1);
    }
    assert_eq!(clock.admits(), Whole, "the good ones before count, too");
    clock.after(10);
    for _ in 0..3 {
        clock.succeeds(1);
        clock.fails(1);
    }
    assert_eq!(clock.admits(), Refused);
}

#[test]
fn after_its_time_one_probe_decides() {
    let mut clock = Clock::new(1);
    clock.fails(1);
    assert_eq!(clock.after(9).admits(), Refused);
    assert_eq!(clock.after(1).admits(), Probe);
    assert_eq!(clock.breaker.state(), BreakerState::HalfOpen);
    clock.succeeds(1);
    assert_eq!((clock.admits(), clock.breaker.state()), (Whole, BreakerState::Closed));
}

#[test]
fn each_failed_probe_doubles_the_time_up_to_a_bound_and_a_good_one_forgets_it() {
    let mut clock = Clock::new(1);
    clock.fails(1);
    for seconds in [10, 20, 40, 80, 160, 300, 300] {
        assert_eq!(clock.after(seconds - 1).admits(), Refused, "{seconds} s");
        assert_eq!(clock.after(1).admits(), Probe, "{seconds} s");
        clock.fails(16);
    }
    assert_eq!(clock.after(300).admits(), Probe);
    clock.succeeds(16);
    clock.fails(1);
    assert_eq!(clock.after(10).admits(), Probe);
}

#[test]
fn a_filter_that_is_left_alone_is_so_for_as_long_as_is_said_at_least() {
    let mut clock = Clock::new(100);
    clock.leaves(3);
    assert_eq!(clock.after(9).admits(), Refused);
    assert_eq!(clock.after(1).admits(), Probe);
    clock.leaves(3);
    assert_eq!(clock.after(19).admits(), Refused, "twice as long as before");
    assert_eq!(clock.after(1).admits(), Probe);
    clock.leaves(400);
    clock.leaves(1);
    assert_eq!(clock.after(399).admits(), Refused);
    assert_eq!(clock.after(1).admits(), Probe);
    clock.succeeds(1);
    assert_eq!(clock.admits(), Whole);
}
