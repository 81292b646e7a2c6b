//! Guests that misbehave, in a whole agent.

use logagent_tests::{Agent, Ended, Place, lines, test_guests};

/// Runs this mode of the test guests over the input, once, with these keys of the filter.
fn run(mode: &str, input: &str, keys: &str) -> (Place, Ended) {
    let place = Place::new(&format!(
        r"
lanes: 1
sources: {{ app: {{ type: file, include: [app.log] }} }}
filters: {{ guest: {{ component: {}, config: {{ mode: {mode} }}, {keys} }} }}
sinks: {{ out: {{ type: file, path: out.log }}, pager: {{ type: file, path: pager.log }} }}
pipelines: {{ main: {{ from: [app], through: [guest], to: [out], routes: {{ alerts: [pager] }} }} }}
",
        test_guests()
    ));
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
    ("wrong-count", "verdict", "it decided over 4 records, the batch has 3"),
    ("unknown-reason", "verdict", "record 0: verdict 3 names no reason or output"),
    ("unknown-output", "verdict", "record 0: verdict 129 names no reason or output"),
    ("edit-outside", "edit", "edit 0: bytes 3 to 4 of a part of 3 bytes"),
    ("edit-no-record", "edit", "edit 0: record 3, the batch has 3"),
    ("edit-overlap", "edit", "edit 1: it overlaps the one before or goes back"),
    ("edit-backwards", "edit", "edit 1: it overlaps the one before or goes back"),
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
        assert!(
            ended.stderr.contains("filter guest: batch of 3 records") && ended.stderr.contains(message),
            "{mode}: {}",
            ended.stderr
        );
        let report = ended.report();
        assert_eq!(report.count(&format!("filters/guest/errors/{kind}")), 1, "{mode}");
        assert_eq!((report.count("received"), report.count("in_flight")), (3, 3), "{mode}");
    }
}

#[test]
fn a_batch_that_a_guest_fails_on_is_dropped_under_its_reason_where_it_is_told_to() {
    for (mode, kind, message) in FAULTS {
        let (place, ended) = run(mode, "one\ntwo\nsix\n", "on_error: drop, limits: { time: 100ms }");
        let report = ended.done();
        assert_eq!(report.count(&format!("filters/guest/dropped/{kind}")), 3, "{mode}");
        assert_eq!((report.count("dropped"), place.text("out.log").len()), (3, 0), "{mode}");
        assert!(ended.stderr.contains(message), "{mode}: {}", ended.stderr);
    }
}

#[test]
fn a_batch_that_a_guest_fails_on_passes_unharmed_where_it_is_told_to() {
    for mode in ["error-late", "trap", "wrong-count"] {
        let (place, ended) = run(mode, "one\ntwo\nsix\n", "on_error: pass");
        assert_eq!((ended.done().count("delivered"), &*place.text("out.log")), (3, "one\ntwo\nsix\n"), "{mode}");
    }
}

#[test]
fn the_batch_behind_a_failed_one_is_served() {
    for (mode, kind) in [("poison-trap", "trap"), ("poison-error", "error"), ("poison-spin", "timeout")] {
        // The poison lies in the middle of many batches.
        let input = format!("{}POISON\n{}", numbered(20_000), numbered(20_000));
        let (place, ended) = run(mode, &input, "on_error: drop, limits: { time: 100ms }");
        let report = ended.done();
        let dropped = report.count(&format!("filters/guest/dropped/{kind}"));
        assert!((1..=8192).contains(&dropped), "{mode}: {dropped}");
        assert_eq!(report.count("delivered"), 40_001 - dropped);
        let out = place.read("out.log");
        assert_eq!(lines(&out).count() as u64, 40_001 - dropped);
        assert!(out.starts_with(b"record 0\n") && out.ends_with(b"record 19999\n"));
    }
}

#[test]
fn memory_ends_where_the_limit_is() {
    for mode in ["grow", "leak", "recurse"] {
        let (_, ended) = run(mode, &numbered(200_000), "on_error: drop, limits: { memory: 8MiB, time: 10s }");
        let report = ended.done();
        assert!(report.count("filters/guest/dropped/trap") > 0, "{mode}");
        // What leaks goes with its instance, whose successor serves the next batches.
        assert_eq!(mode == "leak", report.count("delivered") > 0, "{mode}");
    }
}
