//! What filters remember: over instances and lanes, not over failures.

use crate::support::{Batch, Guest, LIMITS, ring};
use logagent_component::Filter as _;
use logagent_state::{Call, Map, Options, Quota, UnixMs, WhenFull};
use logagent_wasm::{Limits, StateHandle};
use std::sync::Arc;
use std::time::Duration;

const NOW: UnixMs = UnixMs(1);

fn state() -> StateHandle {
    let map = Map::new(Options { shards: 16, max_shards: 16, ..Options::default() }).expect("a map");
    let quota = Quota { budget_bytes: 16 << 20, when_full: WhenFull::Evict };
    let namespace = map.namespace("test", quota).expect("a namespace");
    StateHandle { map: Arc::new(map), namespace }
}

/// With `kept` and `gone` in it.
fn filled() -> StateHandle {
    let state = state();
    for (key, value) in [(&b"kept"[..], &b"as it was"[..]), (b"gone", b"not yet")] {
        state.map.set(state.namespace, key, value, &mut Call::at(NOW)).expect("set");
    }
    state
}

fn get(state: &StateHandle, key: &[u8]) -> Option<Vec<u8>> {
    let mut value = Vec::new();
    state.map.get(state.namespace, key, NOW, &mut value).map(|_| value)
}

fn number(state: &StateHandle, key: &[u8]) -> Option<i64> {
    get(state, key).map(|bytes| i64::from_le_bytes(bytes.try_into().expect("8 bytes")))
}

#[test]
fn every_function_answers_as_the_contract_says() {
    let mut ring = ring();
    let mut guest = Guest::remembering("state-all", &ring, LIMITS, &state());
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap();
}

#[test]
fn two_lanes_have_one_state_and_it_outlives_an_instance() {
    let (mut first_ring, mut second_ring) = (ring(), ring());
    let state = state();
    let batch = Batch::write(&mut first_ring, &["x", "y", "x"]);
    let mut first = Guest::remembering("state", &first_ring, LIMITS, &state);
    first.process(&batch, &first_ring).unwrap();
    assert_eq!(first.decisions.verdicts, [0, 0, 1]);
    drop(first);
    let batch = Batch::write(&mut second_ring, &["y", "z"]);
    let mut second = Guest::remembering("state", &second_ring, LIMITS, &state);
    second.process(&batch, &second_ring).unwrap();
    assert_eq!(second.decisions.verdicts, [1, 0]);
}

#[test]
fn what_a_call_wrote_that_fails_is_undone() {
    let limits = Limits { time: Duration::from_millis(20), ..LIMITS };
    for mode in ["state-trap", "state-error", "state-spin", "state-clear-trap"] {
        let mut ring = ring();
        let state = filled();
        let mut guest = Guest::remembering(mode, &ring, limits, &state);
        let batch = Batch::write(&mut ring, &["one"]);
        guest.process(&batch, &ring).unwrap_err();
        assert_eq!(get(&state, b"kept").as_deref(), Some(&b"as it was"[..]), "{mode}");
        assert_eq!(get(&state, b"gone").as_deref(), Some(&b"not yet"[..]), "{mode}");
        assert_eq!((get(&state, b"new"), get(&state, b"one")), (None, None), "{mode}");
    }
}

#[test]
fn what_a_call_wrote_whose_decisions_are_not_carried_out_is_undone_and_what_another_lane_added_stays() {
    let (mut ring, mut other_ring) = (ring(), ring());
    let state = state();
    let mut guest = Guest::remembering("state", &ring, LIMITS, &state);
    let mut other = Guest::remembering("state", &other_ring, LIMITS, &state);
    let (batch, other_batch) = (Batch::write(&mut ring, &["x", "x"]), Batch::write(&mut other_ring, &["x"]));
    guest.process_only(&batch, &ring).unwrap();
    other.process(&other_batch, &other_ring).unwrap();
    assert_eq!(number(&state, b"x"), Some(3));
    guest.filter.conclude(false);
    assert_eq!(number(&state, b"x"), Some(1));
    guest.process(&batch, &ring).unwrap();
    assert_eq!(number(&state, b"x"), Some(3));
}

#[test]
fn all_is_cleared_when_the_call_has_ended_well() {
    let mut ring = ring();
    let state = filled();
    let mut guest = Guest::remembering("state-clear", &ring, LIMITS, &state);
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap();
    assert_eq!(state.map.len(state.namespace), 0);
}

#[test]
fn what_a_tick_wrote_counts_once_it_has_ended_well() {
    let ring = ring();
    let state = state();
    let mut guest = Guest::remembering("state-tick", &ring, LIMITS, &state);
    guest.filter.tick(1, &mut guest.decisions).unwrap();
    guest.filter.conclude(true);
    guest.filter.tick(2, &mut guest.decisions).unwrap();
    guest.filter.conclude(false);
    assert_eq!(number(&state, b"ticks"), Some(1));
}

#[test]
fn what_can_not_be_is_a_fault_that_says_why() {
    for (mode, kind, message) in [
        ("state-short", "call", "its byte strings take 4 bytes by their lengths, there are 3"),
        ("state-uneven", "call", "it called state.set-many: 2 keys, and 1 values for them"),
        ("state-no-key", "call", "it called state.get-many: a key is absent"),
        ("state-long-key", "call", "it called state.get: a key has 1025 bytes, 1 to 1024 are allowed"),
        ("state-no-value", "call", "it called state.set-many: a value is absent"),
        ("state-long-value", "call", "it called state.set: a value has 1048577 bytes, 1048576 at most"),
        ("state-huge-answer", "call", "it called state.get-many: the answer would have more than 16777216 bytes"),
    ] {
        let mut ring = ring();
        let mut guest = Guest::remembering(mode, &ring, LIMITS, &state());
        let batch = Batch::write(&mut ring, &["one"]);
        let error = guest.process(&batch, &ring).unwrap_err();
        assert_eq!((error.kind(), &*error.to_string()), (kind, message), "{mode}");
    }
}

#[test]
fn undoing_takes_no_more_than_the_filters_memory() {
    let mut ring = ring();
    let limits = Limits { time: Duration::from_secs(10), ..LIMITS };
    let state = state();
    let mut guest = Guest::remembering("state-hoard", &ring, limits, &state);
    let batch = Batch::write(&mut ring, &["one"]);
    let error = guest.process(&batch, &ring).unwrap_err();
    assert_eq!(error.kind(), "memory", "{error}");
    assert_eq!(get(&state, b"a"), None);
}

#[test]
fn a_filter_that_writes_without_end_stays_within_its_budget() {
    let mut ring = ring();
    let state = state();
    let limits = Limits { time: Duration::from_secs(10), memory: 512 << 20, ..LIMITS };
    let mut guest = Guest::remembering("state-flood", &ring, limits, &state);
    let batch = Batch::write(&mut ring, &["one"]);
    guest.process(&batch, &ring).unwrap();
    assert!(state.map.bytes(state.namespace) <= 16 << 20);
}

#[test]
fn state_is_not_there_while_a_filter_is_configured() {
    let ring = ring();
    let error = Guest::try_start("state-early", &ring, LIMITS).err().expect("it is refused");
    assert_eq!(error.to_string(), "it called state.get outside of process and tick");
}
