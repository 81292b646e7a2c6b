//! Windows of time: which records are in one, when it ends, and that it is emitted once, whoever has counted.

use crate::support::{SECOND, beside, bodies, harness, ticks};
use logagent_sdk::testing::{Input, OBSERVED, Outcome, Verdict};
use serde_json::{Value, json};

const NOW: u64 = OBSERVED;

fn by_arrival() -> Value {
    json!({"window": "10s", "values": {"n": {"as": "count"}}})
}

fn by_event(more: Value) -> Value {
    let mut config = json!({"window": "10s", "time": "event", "values": {"n": {"as": "count"}}});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

/// A record of so many seconds after [`NOW`].
fn at(second: i64) -> Input {
    Input::from("a").time_unix_nano(NOW.wrapping_add_signed(second * 1_000_000_000))
}

/// Starts and counts.
fn windows(emitted: &[logagent_sdk::testing::Emitted]) -> Vec<(String, u64)> {
    let text = |it: &Value| it["window_start"].as_str().unwrap()[11..19].to_owned();
    bodies(emitted).iter().map(|it| (text(it), it["n"].as_u64().unwrap())).collect()
}

fn of(start: &str, count: u64) -> (String, u64) {
    (start.into(), count)
}

fn late(outcome: &Outcome) -> u64 {
    outcome.counters.get("late").copied().unwrap_or_default()
}

#[test]
fn by_arrival_a_window_is_emitted_with_the_second_tick_behind_its_end() {
    let mut harness = harness(by_arrival());
    harness.at(NOW + SECOND);
    harness.process(["a", "b"]).unwrap();
    harness.at(NOW + 9 * SECOND);
    harness.process(["c"]).unwrap();
    assert!(harness.tick(NOW + 9 * SECOND).unwrap().is_empty());
    harness.at(NOW + 10 * SECOND);
    harness.process(["d"]).unwrap();
    assert_eq!(windows(&ticks(&mut harness, 10..=11)), [of("12:00:00", 3)]);
    assert!(ticks(&mut harness, 12..=20).is_empty());
    assert_eq!(windows(&ticks(&mut harness, [21])), [of("12:00:10", 1)]);
}

#[test]
fn all_lanes_count_together_and_one_of_them_emits() {
    let mut first = harness(by_arrival());
    let mut second = beside(&first, by_arrival());
    first.process(["a", "b"]).unwrap();
    second.process(["c"]).unwrap();
    first.process(["d"]).unwrap();
    let mut emitted = Vec::new();
    for tick in 10..15 {
        emitted.extend(windows(&ticks(&mut first, [tick])));
        emitted.extend(windows(&ticks(&mut second, [tick])));
    }
    assert_eq!(emitted, [of("12:00:00", 4)]);
}

#[test]
fn what_was_counted_outlives_the_instance() {
    let first = {
        let mut first = harness(by_arrival());
        first.process(["a", "b"]).unwrap();
        first
    };
    let mut second = beside(&first, by_arrival());
    drop(first);
    assert_eq!(windows(&ticks(&mut second, 3 * 86_400..3 * 86_400 + 2)), [of("12:00:00", 2)]);
}

/// As when the other lane's instance is gone for good, a canary's say.
#[test]
fn windows_that_only_another_lane_knows_are_found_with_the_next_pass_over_groups() {
    let mut first = harness(by_event(json!({})));
    let mut gone = beside(&first, by_event(json!({})));
    assert!(ticks(&mut first, [0]).is_empty());
    first.process([at(0)]).unwrap();
    gone.process([at(-86_400)]).unwrap();
    drop(gone);
    assert_eq!(windows(&ticks(&mut first, 15..40)), [of("12:00:00", 1), of("12:00:00", 1)]);
}

#[test]
fn another_configuration_counts_for_itself() {
    let mut first = harness(by_arrival());
    first.process(["a"]).unwrap();
    let mut second = beside(&first, by_event(json!({})));
    second.process(["b"]).unwrap();
    assert_eq!(windows(&ticks(&mut second, 30..32)), [of("12:00:00", 1)]);
    assert_eq!(windows(&ticks(&mut first, 30..32)), [of("12:00:00", 1)]);
}

/// Another lane has closed the window that this batch was read in.
#[test]
fn by_arrival_a_batch_that_was_held_up_belongs_to_a_later_window() {
    let mut first = harness(by_arrival());
    let mut second = beside(&first, by_arrival());
    first.process(["a"]).unwrap();
    assert_eq!(windows(&ticks(&mut second, 10..13)), [of("12:00:00", 1)]);
    let outcome = first.process(["held", "up"]).unwrap();
    assert_eq!((late(&outcome), outcome.kept().len()), (0, 0));
    assert_eq!(windows(&ticks(&mut first, 20..22)), [of("12:00:10", 2)]);
}

#[test]
fn by_event_records_are_in_the_window_of_their_own_time() {
    let mut harness = harness(by_event(json!({})));
    let outcome = harness.process([at(0), at(15), at(9), at(-1), Input::from("untimed")]).unwrap();
    assert_eq!((outcome.counters["untimed"], outcome.kept().len()), (1, 0));
    let expected = [of("11:59:50", 1), of("12:00:00", 3), of("12:00:10", 1)];
    assert!(ticks(&mut harness, 0..=4).is_empty());
    assert_eq!(windows(&ticks(&mut harness, 5..30)), expected);
}

#[test]
fn late_records_are_counted_and_dropped_or_passed() {
    for (late_key, verdict) in [("drop", Verdict::Dropped("late")), ("pass", Verdict::Kept)] {
        let mut harness = harness(by_event(json!({"late": late_key})));
        harness.process([at(1)]).unwrap();
        // Within the lateness, and behind it.
        harness.at(NOW + 14 * SECOND);
        assert_eq!(late(&harness.process([at(2)]).unwrap()), 0);
        assert_eq!(windows(&ticks(&mut harness, 19..21)), [of("12:00:00", 2)]);
        harness.at(NOW + 21 * SECOND);
        let outcome = harness.process([at(3), at(12)]).unwrap();
        assert_eq!((late(&outcome), &outcome.verdicts[0]), (1, &verdict));
        assert_eq!(outcome.verdicts[1], Verdict::Dropped("aggregated"));
        assert_eq!(windows(&ticks(&mut harness, 60..62)), [of("12:00:10", 1)]);
    }
}

#[test]
fn records_that_are_kept_are_kept_when_they_are_late() {
    let mut harness = harness(by_event(json!({"keep": true, "lateness": "0s"})));
    harness.process([at(1)]).unwrap();
    ticks(&mut harness, 10..12);
    let outcome = harness.process([at(2)]).unwrap();
    assert_eq!((late(&outcome), outcome.kept().len()), (1, 1));
}

/// As when an agent that was down catches up, each lane with a file of its own.
#[test]
fn old_files_are_counted_whole_and_in_any_order() {
    let mut first = harness(by_event(json!({})));
    let mut second = beside(&first, by_event(json!({})));
    let day = 86_400;
    for (step, seconds) in [(0, [-3 * day, -3 * day + 10]), (1, [-3 * day + 10, -3 * day + 20])] {
        first.at(NOW + step * SECOND);
        second.at(NOW + step * SECOND);
        first.process(seconds.map(at)).unwrap();
        second.process([at(-10 * day)]).unwrap();
        assert!(first.tick(NOW + step * SECOND).unwrap().is_empty());
    }
    let expected = [of("12:00:00", 2), of("12:00:00", 1), of("12:00:10", 2), of("12:00:20", 1)];
    let mut emitted = windows(&ticks(&mut first, [5, 7]));
    emitted.extend(windows(&ticks(&mut second, [6, 8])));
    emitted.sort();
    let mut expected = expected.to_vec();
    expected.sort();
    assert_eq!(emitted, expected);
}

#[test]
fn more_windows_than_a_lane_keeps_in_mind_come_out_as_well() {
    let mut harness = harness(json!({"window": "1s", "time": "event", "values": {"n": {"as": "count"}}}));
    for batch in 0..14 {
        harness.process((0..5_000).map(|n| at(-100_000 + batch * 5_000 + n))).unwrap();
    }
    let mut starts: Vec<u64> = ticks(&mut harness, 0..60).iter().map(|it| it.time_unix_nano).collect();
    starts.sort_unstable();
    starts.dedup();
    assert_eq!(starts.len(), 70_000);
}

#[test]
fn records_of_the_future_are_not_waited_for() {
    let mut harness = harness(by_event(json!({})));
    harness.process([at(365 * 86_400)]).unwrap();
    assert!(ticks(&mut harness, 0..=14).is_empty());
    assert_eq!(windows(&ticks(&mut harness, 15..17)), [of("12:00:00", 1)]);
}

#[test]
fn a_turn_that_fails_is_made_up_for_by_the_next() {
    let mut first = harness(by_arrival());
    first.process(["a"]).unwrap();
    let mut second = beside(&first, by_arrival());
    assert!(ticks(&mut first, [10]).is_empty());
    // Its turn would be now, but it is gone.
    drop(first);
    assert_eq!(windows(&ticks(&mut second, [11])), [of("12:00:00", 1)]);
}
