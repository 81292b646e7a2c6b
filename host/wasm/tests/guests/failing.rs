//! Guests that lie or fail: each is told apart, and the next batch is served by a fresh instance.

use crate::support::{Batch, Guest, LIMITS, ring};
use logagent_component::Filter;
use logagent_wasm::{Limits, StartError};
use std::time::Duration;

#[test]
fn each_way_to_fail_has_its_kind_and_the_host_lives_on() {
    for (mode, kind) in [
        ("wrong-count", "verdict"),
        ("unknown-reason", "verdict"),
        ("unknown-output", "verdict"),
        ("edit-outside", "edit"),
        ("edit-no-record", "edit"),
        ("edit-overlap", "edit"),
        ("edit-backwards", "edit"),
        ("edit-ragged", "call"),
        ("edit-no-part", "edit"),
        ("edit-patch-short", "edit"),
        ("edit-patch-long", "edit"),
        ("emit-short", "emit"),
        ("emit-long", "emit"),
        ("stamp-no-record", "stamp"),
        ("stamp-wraps", "stamp"),
        ("stamp-severity", "stamp"),
        ("copy-no-output", "copy"),
        ("copy-twice", "copy"),
        ("metrics-late", "call"),
        ("metrics-unknown", "call"),
        ("metrics-no-number", "call"),
        ("scan-late", "call"),
        ("scan-unknown", "call"),
        ("fields-unknown", "call"),
        ("scan-forever", "timeout"),
        ("attach-late", "window"),
        ("realloc-outside", "trap"),
        ("realloc-at-end", "trap"),
        ("realloc-calls-back", "trap"),
        ("call-flood", "timeout"),
        ("trap", "trap"),
        ("store-outside", "trap"),
        ("panic", "trap"),
        ("recurse", "stack"),
        ("error", "error"),
        ("spin", "timeout"),
    ] {
        let mut ring = ring();
        let mut guest = Guest::start(mode, &ring);
        for attempt in 0..2 {
            let batch = Batch::write(&mut ring, &["one card secret", "two card secret"]);
            let error = guest.process(&batch, &ring).expect_err(mode);
            assert_eq!(error.kind(), kind, "{mode}, attempt {attempt}: {error}");
            batch.finish(&mut ring);
        }
    }
}

#[test]
fn what_starting_a_fresh_instance_took_is_told_once() {
    let mut ring = ring();
    let mut guest = Guest::start("trap", &ring);
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap_err();
    assert_eq!(guest.filter.take_restart_time(), Duration::ZERO);
    guest.process(&batch, &ring).unwrap_err();
    assert!(guest.filter.take_restart_time() > Duration::ZERO);
    assert_eq!(guest.filter.take_restart_time(), Duration::ZERO);
}

#[test]
fn a_failed_call_leaves_nothing_for_the_next() {
    let mut ring = ring();
    let mut guest = Guest::start("poison-error", &ring);
    let poisoned = Batch::write(&mut ring, &["fine", "POISON"]);
    guest.process(&poisoned, &ring).unwrap_err();
    poisoned.finish(&mut ring);
    let good = Batch::write(&mut ring, &["fine"]);
    guest.process(&good, &ring).unwrap();
    assert!(guest.decisions.verdicts.len() <= 1 && guest.decisions.edits.is_empty());
}

#[test]
fn a_guest_that_takes_all_memory_gets_no_more_than_its_limit_and_gives_it_back() {
    let mut ring = ring();
    let limits = Limits { memory: 64 << 20, time: Duration::from_secs(5), ..LIMITS };
    let mut guest = Guest::try_start("grow", &ring, limits).unwrap();
    let before = resident_kib();
    for _ in 0..8 {
        let batch = Batch::write(&mut ring, &["one"]);
        let error = guest.process(&batch, &ring).unwrap_err();
        assert_eq!(error.kind(), "memory", "{error}");
        assert!(error.to_string().contains("64MiB at most (limits.memory)"), "{error}");
        batch.finish(&mut ring);
    }
    // Eight instances' limits would be twice that; other tests run beside this one.
    assert!(resident_kib() < before + (256 << 10), "{before} KiB before, {} after", resident_kib());
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    resident.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_trap_says_in_which_functions_it_happened() {
    let mut ring = ring();
    let mut guest = Guest::start("poison-trap", &ring);
    let batch = Batch::write(&mut ring, &["POISON"]);
    let error = guest.process(&batch, &ring).unwrap_err().to_string();
    assert!(error.contains("`unreachable`") && error.contains("poison_trap"), "{error}");
}

#[test]
fn a_guest_that_does_not_start_says_why() {
    let ring = ring();
    for (mode, part) in [
        ("attach-misaligned", "64 KiB"),
        ("attach-short", "bytes at"),
        ("attach-twice", "once"),
        ("decide-in-configure", "decide outside of process"),
        ("read-in-configure", "read outside of process"),
        ("configure-trap", "trapped"),
        ("configure-spin", "limits.time"),
        ("many-reasons", "at most 127"),
        ("scan-many", "more than 64 sets of patterns"),
        ("metrics-many", "64 metrics at most"),
        ("metrics-name", "letters, digits and `_`"),
    ] {
        let error = Guest::try_start(mode, &ring, LIMITS).map(|_| ()).expect_err(mode);
        assert!(error.to_string().contains(part), "{mode}: {error}");
    }
}

#[test]
fn a_refused_configuration_names_key_found_and_allowed() {
    let error = Guest::try_start("no-such-mode", &ring(), LIMITS).map(|_| ()).unwrap_err();
    let StartError::Config(problems) = error else { panic!("{error}") };
    assert_eq!(problems[0].key, "mode");
    assert!(problems[0].found.contains("no-such-mode") && problems[0].allowed.contains("first-byte"));
}

#[test]
fn deciding_is_not_for_ticks_but_emitting_is() {
    let ring = ring();
    let mut decides = Guest::start("tick-decides", &ring);
    assert_eq!(decides.filter.tick(1, &mut decides.decisions).unwrap_err().kind(), "call");
    let mut scans = Guest::start("scan-on-tick", &ring);
    assert_eq!(scans.filter.tick(1, &mut scans.decisions).unwrap_err().kind(), "call");
    let mut emits = Guest::start("tick-emits", &ring);
    emits.filter.tick(1, &mut emits.decisions).unwrap();
    assert_eq!(emits.decisions.emitted.len(), 1);
    assert_eq!(emits.decisions.emitted_bytes, b"tick");
}
