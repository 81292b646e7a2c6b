use super::*;
use std::array::from_fn;

const EVERY: Duration = Duration::from_secs(600);

fn policy() -> CanaryPolicy {
    CanaryPolicy {
        share: 0.05,
        steps: vec![0.05, 0.2, 1.0],
        every: EVERY,
        errors_above: 0.001,
        drops_differ_above: 0.01,
    }
}

fn drawn(records: u64, drops: u64) -> Drawn {
    Drawn { records, drops }
}

/// A canary and its filter after as many batches each.
fn after(canary_drops: &[u64], incumbent_drops: &[u64], records: u64) -> Canary {
    let mut canary = Canary::new(policy(), Instant::now());
    canary_drops.iter().for_each(|&drops| canary.note(Decider::Canary, drawn(records, drops)));
    incumbent_drops.iter().for_each(|&drops| canary.note(Decider::Incumbent, drawn(records, drops)));
    canary
}

#[test]
fn it_goes_from_step_to_step_and_is_promoted_after_the_last() {
    let start = Instant::now();
    let mut canary = Canary::new(policy(), start);
    let mut steps = Vec::new();
    for minute in 0..40 {
        canary.note(Decider::Canary, drawn(1000, 10));
        canary.note(Decider::Incumbent, drawn(1000, 10));
        let now = start + Duration::from_secs(60) * minute;
        match canary.advance(now) {
            Step::Stay => {}
            step => steps.push((minute, step)),
        }
        if steps.last().is_some_and(|(_, step)| *step == Step::Promote) {
            break;
        }
    }
    assert_eq!(steps, [(10, Step::Share(0.2)), (20, Step::Share(1.0)), (30, Step::Promote)]);
}

#[test]
fn a_first_share_between_two_steps_is_followed_by_the_one_above_it() {
    let start = Instant::now();
    for (share, next) in [(0.01, Step::Share(0.05)), (0.1, Step::Share(0.2)), (0.5, Step::Share(1.0))] {
        let mut canary = Canary::new(CanaryPolicy { share, ..policy() }, start);
        canary.note(Decider::Canary, drawn(LEAST_RECORDS, 0));
        assert_eq!(canary.advance(start + EVERY), next);
    }
    let mut whole = Canary::new(CanaryPolicy { share: 1.0, ..policy() }, start);
    whole.note(Decider::Canary, drawn(LEAST_RECORDS, 0));
    assert_eq!(whole.advance(start + EVERY), Step::Promote);
}

#[test]
fn a_step_lasts_until_the_canary_has_had_enough_records_and_its_time_is_over() {
    let start = Instant::now();
    let mut canary = Canary::new(policy(), start);
    canary.note(Decider::Canary, drawn(LEAST_RECORDS - 1, 0));
    assert_eq!(canary.advance(start + 100 * EVERY), Step::Stay, "too few records");
    canary.note(Decider::Canary, drawn(1, 0));
    assert_eq!(canary.advance(start + EVERY - Duration::from_nanos(1)), Step::Stay, "too soon");
    assert_eq!(canary.advance(start + EVERY), Step::Share(0.2));
    assert_eq!(canary.advance(start + 2 * EVERY), Step::Stay, "counts are a step's own");
}

#[test]
fn it_is_given_up_at_once_where_it_fails_too_often() {
    for (well, errors, limit, is_given_up) in [
        (0, 1, 0.001, false),
        (0, 2, 0.001, true),
        (9_998, 10, 0.001, false),
        (9_998, 11, 0.001, true),
        (0, 1, 0.0, true),
        (100, 10, 0.01, false),
        (100, 11, 0.01, true),
        (0, 100_000, 1.0, false),
    ] {
        let start = Instant::now();
        let mut canary = Canary::new(CanaryPolicy { errors_above: limit, ..policy() }, start);
        canary.note(Decider::Canary, drawn(well, 0));
        canary.fail(errors);
        let step = canary.advance(start);
        assert_eq!(matches!(step, Step::Abort(Reason::Errors { .. })), is_given_up, "{errors} of {well}: {step:?}");
    }
}

#[test]
fn it_is_given_up_where_what_it_drops_differs() {
    for (canary, incumbent, is_given_up) in [
        // Of 1000 a batch: as many, a hundredth more, a little above that, and the same the other way.
        ([100; 20], [100; 20], false),
        ([110; 20], [100; 20], false),
        ([111; 20], [100; 20], true),
        ([100; 20], [111; 20], true),
        ([1000; 20], [0; 20], true),
        // As far apart, but each batch differs from the next by more than that.
        (from_fn(|batch| if batch % 2 == 0 { 0 } else { 222 }), [100; 20], false),
    ] {
        let step = after(&canary, &incumbent, 1000).advance(Instant::now());
        assert_eq!(matches!(step, Step::Abort(Reason::Drops { .. })), is_given_up, "{canary:?} {incumbent:?} {step:?}");
    }
}

#[test]
fn drops_are_compared_only_once_there_are_enough_of_both() {
    for (canary, incumbent, records) in [
        (&[100; 19][..], &[0; 20][..], 1000),
        (&[100; 20], &[0; 19], 1000),
        (&[4; 24], &[0; 24], 40),
        (&[100; 20], &[], 1000),
    ] {
        assert_eq!(after(canary, incumbent, records).advance(Instant::now()), Step::Stay, "{canary:?} {incumbent:?}");
    }
}

#[test]
fn at_the_last_step_it_is_held_against_what_the_filter_did_before() {
    let start = Instant::now();
    let mut canary = Canary::new(CanaryPolicy { share: 0.2, ..policy() }, start);
    for _ in 0..20 {
        canary.note(Decider::Canary, drawn(1000, 100));
        canary.note(Decider::Incumbent, drawn(1000, 100));
    }
    assert_eq!(canary.advance(start + EVERY), Step::Share(1.0));
    for _ in 0..20 {
        canary.note(Decider::Canary, drawn(1000, 500));
    }
    let Step::Abort(reason) = canary.advance(start + EVERY) else { panic!("it drops five times as much") };
    assert_eq!(
        reason.to_string(),
        "it drops 50.00% of its records, the filter 10.00% (abort_if.drops_differ_above: 1%)"
    );
}

#[test]
fn a_canary_that_does_the_same_is_not_given_up_by_chance() {
    // Batches of 100 records that are alike, as a burst's are: 0 to 60 of them are dropped.
    let mut state = 1_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        drawn(100, (state >> 33) % 61)
    };
    let mut given_up = 0;
    for _ in 0..500 {
        let mut canary = Canary::new(policy(), Instant::now());
        let is_given_up = (0..4000).any(|turn| {
            let decider = if turn % 20 == 0 { Decider::Canary } else { Decider::Incumbent };
            canary.note(decider, draw());
            decider == Decider::Canary && canary.reason_to_abort().is_some()
        });
        given_up += u32::from(is_given_up);
    }
    assert!(given_up <= 2, "{given_up} of 500");
}
