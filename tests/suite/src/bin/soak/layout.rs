//! What runs: the directory with its components, and the configuration in its versions. Four lanes, all standard
//! filters in one pipeline, a guest that misbehaves in another, and a third whose output is checked.

use logagent_tests::{Place, filter, test_guests};
use std::fs;

/// The lines that only tests care for hold this.
pub(crate) const CHECK: &str = "{\"check\":";

/// How a guest misbehaves, with the filter's other keys. One that fails on everything must not fill the disk with dead
/// letters.
pub(crate) const GUESTS: [(&str, &str); 14] = [
    ("keep", "dead_letter"),
    ("poison-trap", "dead_letter"),
    ("poison-error", "dead_letter"),
    ("poison-spin", "dead_letter"),
    ("leak", "dead_letter"),
    ("scribble", "dead_letter"),
    ("scribble-then-check", "dead_letter"),
    ("edit", "dead_letter"),
    ("emit", "dead_letter"),
    ("tick-trap", "dead_letter"),
    ("wrong-count", "drop"),
    ("trap", "drop"),
    ("error-late", "pass"),
    ("grow", "pass"),
];

/// A directory with all components and the first configuration.
pub(crate) fn make() -> Place {
    let place = Place::new(&config(0, GUESTS[0], ""));
    for name in ["drop", "parse", "redact", "route", "sample", "trim"] {
        fs::copy(filter(name), place.path(&format!("{name}.wasm"))).expect("a copy");
    }
    fs::copy(test_guests(), place.path("guests.wasm")).expect("a copy");
    place
}

/// The configuration of this generation. The sink that asks the disk at an interval holds the rings until then, so that
/// they are filled to the last page: a ring that is never full has pages that are first touched after hours.
/// `more` goes into a filter's own configuration.
pub(crate) fn config(generation: u64, (mode, on_error): (&str, &str), more: &str) -> String {
    format!(
        r#"
lanes: 4
sources:
  app: {{ type: file, include: ['in.*.log'] }}
filters:
  apart: {{ component: parse.wasm, config: {{ format: json, on_failure: keep }}, limits: {{ time: 10s }} }}
  quiet: {{ component: drop.wasm, config: {{ contains: ['"level":"DEBUG"'] }}, limits: {{ time: 10s }} }}
  hide: {{ component: redact.wasm, config: {{ kinds: [email, card] }}, limits: {{ time: 10s }} }}
  mark: {{ component: trim.wasm, config: {{ add: {{ gen: {generation} }} {more} }}, limits: {{ time: 10s }} }}
  sort:
    component: route.wasm
    config: {{ rules: [{{ when: {{ contains: [ERROR] }}, to: errors }}] }}
    limits: {{ time: 10s }}
  some: {{ component: sample.wasm, config: {{ rate: 0.5 }}, limits: {{ time: 10s }} }}
  only: {{ component: drop.wasm, config: {{ contains: ['{CHECK}'], invert: true }}, limits: {{ time: 10s }} }}
  guest:
    component: guests.wasm
    config: {{ mode: {mode} }}
    on_error: {on_error}
    limits: {{ time: 20ms, memory: 8MiB }}
    breaker: {{ open_for: 100ms }}
sinks:
  nowhere: {{ type: blackhole }}
  checked: {{ type: file, path: checked.log, fsync: interval, fsync_interval: 300ms }}
pipelines:
  main: {{ from: [app], through: [apart, quiet, hide, mark, sort, some], to: [nowhere], routes: {{ errors: [nowhere] }} }}
  hostile: {{ from: [app], through: [guest], to: [nowhere], routes: {{ alerts: [nowhere] }} }}
  checked: {{ from: [app], through: [only], to: [checked] }}
"#
    )
}
