//! Guests that misbehave, in a whole agent.

use logagent_testkit::until;
use logagent_tests::{Agent, Ended, Place, Report, test_guests};

/// The agent with the test guests in this mode, with these keys of the filter.
fn place(mode: &str, keys: &str) -> Place {
    Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters: {{ guest: {{ component: {}, config: {{ mode: {mode} }}, {keys} }} }}
sinks: {{ out: {{ type: file, path: out.log }}, pager: {{ type: file, path: pager.log }} }}
pipelines: {{ main: {{ from: [app], through: [guest], to: [out], routes: {{ alerts: [pager] }} }} }}
",
        test_guests()
    ))
}

/// Runs this mode of the test guests over the input, once, with these keys of the filter.
fn run(mode: &str, input: &str, keys: &str) -> (Place, Ended) {
    let place = place(mode, keys);
    place.write("app.log", input);
    let ended = Agent::once(&place);
    (place, ended)
}

fn numbered(count: usize) -> String {
    (0..count).map(|number| format!("record {number}\n")).collect()
}

#[test]
fn guests_decide_edit_and_emit() {
    for (mode, input, out, pager) in [
        ("first-byte", "keep\nDrop\nkeep\n", "keep\nkeep\n", ""),
        ("copy-first-byte", "keep\nDrop\nkeep\n", "keep\nkeep\n", ""),
        ("route", "a\nRoute\nb\n", "a\nb\n", "Route\n"),
        ("edit", "my card and card\nother\n", "my [x] and [x]\nother\n", ""),
        ("edit-same-length", "a secret\n", "a ******\n", ""),
        ("edit-attributes", "a\nb\n", "!a\n!b\n", ""),
        ("emit", "a\nb\n", "a\nb\nemitted 2\n", ""),
    ] {
        let (place, ended) = run(mode, input, "on_error: stop");
        ended.done();
        assert_eq!((&*place.text("out.log"), &*place.text("pager.log")), (out, pager), "{mode}");
    }
}

#[test]
fn what_a_guest_writes_into_its_window_harms_nothing_and_is_counted() {
    for mode in ["scribble", "scribble-one", "scribble-then-check"] {
        // Several rounds of the ring, so that each page is used anew.
        let input = numbered(3_000_000);
        let (place, ended) = run(mode, &input, "on_error: stop");
        assert!(place.text("out.log") == input, "{mode}: the output differs");
        assert!(ended.done().count("filters/guest/private_pages") > 0, "{mode}");
        assert!(ended.stderr.contains("it writes into its window"), "{mode}: {}", ended.stderr);
    }
}

/// By mode: the kind that is counted, and what is said.
const FAULTS: [(&str, &str, &str); 16] = [
    ("wrong-count", "verdict", "it decided over 2 records, the batch has 1"),
    ("unknown-reason", "verdict", "record 0: verdict 3 names no reason or output"),
    ("unknown-output", "verdict", "record 0: verdict 129 names no reason or output"),
    ("edit-outside", "edit", "edit 0: bytes 3 to 4 of a part of 3 bytes"),
    ("edit-no-record", "edit", "edit 0: record 1, the batch has 1"),
    ("edit-overlap", "edit", "edit 1: it overlaps the one before or goes back"),
    ("edit-backwards", "edit", "edit 0: record 1, the batch has 1"),
    ("edit-patch-short", "edit", "the edits take 3 bytes of patch, there are 2"),
    ("edit-patch-long", "edit", "the edits take 1 bytes of patch, there are 2"),
    ("emit-short", "emit", "the emitted records take 9 bytes, there are 2"),
    ("emit-long", "emit", "the emitted records take 1 bytes, there are 2"),
    ("attach-late", "window", "64 KiB are wanted, once"),
    ("trap", "trap", "it trapped"),
    ("panic", "trap", "it trapped"),
    ("error", "error", "it answered an error: a test guest was told to fail"),
    ("spin", "timeout", "it ran longer than 100ms (limits.time)"),
];

#[test]
fn a_guest_that_fails_stops_the_agent_where_it_is_told_to() {
    for (mode, kind, message) in FAULTS {
        let (place, ended) = run(mode, "one\ntwo\nsix\n", "on_error: stop, limits: { time: 100ms }");
        assert_eq!((ended.code, place.text("out.log").len()), (1, 0), "{mode}: {}", ended.stderr);
        let said = |text: &str| ended.stderr.contains(text);
        assert!(said("filter guest (generation 1) on the record of") && said(message), "{mode}: {}", ended.stderr);
        assert!(said("app.log at byte 0 (source app)"), "{mode}: {}", ended.stderr);
        let report = ended.report();
        assert!(report.count(&format!("filters/guest/errors/{kind}")) > 0, "{mode}");
        assert_eq!((report.count("received"), report.count("in_flight")), (3, 3), "{mode}");
    }
}

#[test]
fn records_that_a_guest_fails_on_are_dropped_under_their_reason_where_it_is_told_to() {
    for (mode, kind, message) in FAULTS {
        let (place, ended) = run(mode, "one\ntwo\nsix\n", "on_error: drop, limits: { time: 100ms }");
        let report = ended.done();
        assert_eq!(report.count(&format!("filters/guest/dropped/{kind}")), 3, "{mode}");
        assert_eq!((report.count("dropped"), place.text("out.log").len()), (3, 0), "{mode}");
        assert!(ended.stderr.contains(message), "{mode}: {}", ended.stderr);
    }
}

#[test]
fn records_that_a_guest_fails_on_pass_unharmed_where_it_is_told_to() {
    for mode in ["error-late", "trap", "wrong-count"] {
        let (place, ended) = run(mode, "one\ntwo\nsix\n", "on_error: pass");
        assert_eq!((ended.done().count("delivered"), &*place.text("out.log")), (3, "one\ntwo\nsix\n"), "{mode}");
    }
}

#[test]
fn only_the_poisoned_records_are_put_aside_and_all_others_are_served() {
    for (mode, kind) in [("poison-trap", "trap"), ("poison-error", "error"), ("poison-spin", "timeout")] {
        let good = numbered(20_000);
        let input = format!("{good}POISON 1\n{good}POISON 2\nPOISON \"3\"\n{good}");
        let (place, ended) = run(mode, &input, "limits: { time: 20ms }");
        let report = ended.done();
        assert!(place.text("out.log") == format!("{good}{good}{good}"), "{mode}: the output differs");
        assert_eq!((report.count("delivered"), report.count("dead_lettered")), (60_000, 3), "{mode}");
        assert_eq!(report.count(&format!("filters/guest/dead_lettered/{kind}")), 3, "{mode}");
        let letters = letters(&place);
        let bodies: Vec<&str> = letters.iter().filter_map(|letter| letter["body"].as_str()).collect();
        assert_eq!(bodies, ["POISON 1", "POISON 2", "POISON \"3\""], "{mode}");
        assert_eq!(letters[0]["position"], good.len(), "{mode}");
        assert_eq!((&letters[0]["filter"], &letters[0]["source"]), (&"guest".into(), &"app".into()), "{mode}");
        assert_eq!(letters[0]["component"].as_str().unwrap().len(), 64, "{mode}");
    }
}

fn letters(place: &Place) -> Vec<serde_json::Value> {
    let text = place.text("data/dead_letters.jsonl");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn what_a_record_holds_is_in_no_log_line_unless_it_is_asked_for() {
    let (_, ended) = run("poison-trap", "fine\nPOISON secret-of-anna\n", "on_error: drop");
    ended.done();
    assert!(ended.stderr.contains("a filter failed") && ended.stderr.contains("app.log at byte 5"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("secret-of-anna"), "{}", ended.stderr);
    let (place, _) = run("poison-trap", "fine\nPOISON secret-of-anna\n", "on_error: drop");
    let arguments = ["run", "--config", "agent.yaml", "--once", "--report", "report.json", "--show-records"];
    let ended = Agent::run(&place, &arguments);
    ended.done();
    assert!(ended.stderr.contains("secret-of-anna"), "{}", ended.stderr);
}

#[test]
fn a_trap_names_the_functions_in_which_it_happened() {
    let (_, ended) = run("poison-trap", "POISON\n", "on_error: drop");
    assert!(ended.stderr.contains("poison_trap"), "{}", ended.stderr);
}

#[test]
fn a_guest_that_fails_on_everything_is_left_alone_by_its_breaker() {
    let (place, ended) = run("trap", &numbered(10_000), "breaker: { failures: 8, open_for: 1h }");
    let report = ended.done();
    assert_eq!((report.count("dead_lettered"), place.text("out.log").len()), (10_000, 0));
    assert!(report.count("filters/guest/dead_lettered/breaker") > 9_900);
    assert_eq!(report.count("filters/guest/breaker_opened"), 1);
    assert!(ended.stderr.contains("its circuit breaker has opened"), "{}", ended.stderr);
}

#[test]
fn a_filter_that_redacts_must_not_let_pass_what_it_fails_on() {
    let (_, ended) = run("redacts", "a\n", "on_error: pass");
    assert_eq!(ended.code, 78, "{}", ended.stderr);
    assert!(ended.stderr.contains("filters.guest.on_error: found pass"), "{}", ended.stderr);
}

#[test]
fn memory_ends_where_the_limit_is() {
    for (mode, kind) in [("grow", "memory"), ("leak", "memory"), ("recurse", "stack")] {
        let (_, ended) = run(mode, &numbered(100_000), "on_error: drop, limits: { memory: 8MiB, time: 10s }");
        let report = ended.done();
        assert!(report.count(&format!("filters/guest/errors/{kind}")) > 0, "{mode}");
        // What leaks goes with its instance, whose successor serves the same batch.
        assert_eq!(report.count("dropped"), if mode == "leak" { 0 } else { 100_000 }, "{mode}");
    }
}

#[test]
fn a_guest_answers_no_more_than_it_may() {
    for (limits, kind) in [("emits: 0", "emits"), ("output: 1KiB", "output")] {
        let (_, ended) = run("emit-many", "a\n", &format!("on_error: drop, limits: {{ {limits} }}"));
        assert_eq!(ended.done().count(&format!("filters/guest/dropped/{kind}")), 1, "{limits}: {}", ended.stderr);
    }
}

#[test]
fn a_guest_that_has_used_up_its_share_is_bypassed() {
    let (_, ended) = run("spin-a-while", &numbered(80_000), "on_error: pass, limits: { cpu: 0.01%, time: 10s }");
    let report = ended.done();
    assert!(report.count("filters/guest/bypassed") > 0 && report.count("delivered") == 80_000);
}

#[test]
fn a_guest_that_has_used_up_its_share_is_slowed_and_gets_all_records() {
    let place = place("spin-a-while", "limits: { cpu: 1%, time: 10s }");
    let agent = Agent::follow(&place);
    let (mut records, mut is_slowed) = (0, false);
    // It may take ten seconds' share at once: the calls of a tenth of a second.
    until("it is slowed", || {
        let Some(report) = Report::of_running(&place) else { return false };
        if report.find("filters/guest/records").is_none() {
            // It starts.
            return false;
        }
        is_slowed |= report.number("filters/guest/throttled") > 0.0;
        if report.count("received") < records {
            return false;
        }
        if !is_slowed {
            place.append("app.log", "record\n".repeat(1000));
            records += 1000;
        }
        is_slowed && report.count("delivered") == records
    });
    agent.terminate();
    agent.wait().done();
}
