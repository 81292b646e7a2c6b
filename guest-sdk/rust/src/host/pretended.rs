//! A host for native tests: one stream, the host's own search, and log lines and metrics that are captured while a
//! harness runs the filter.

mod search;
pub(crate) mod state;

pub(crate) use search::{Paths, Set};

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::Stream;
use crate::log::Level;

thread_local! {
    static CAPTURED: RefCell<Option<Captured>> = const { RefCell::new(None) };
}

/// What a filter said beside its decisions.
#[derive(Debug, Default)]
pub(crate) struct Captured {
    pub(crate) lines: Vec<(Level, String)>,
    pub(crate) counters: BTreeMap<String, u64>,
    pub(crate) observed: BTreeMap<String, Vec<f64>>,
}

/// Runs `work` and answers what it said, too.
pub(crate) fn capture<T>(work: impl FnOnce() -> T) -> (T, Captured) {
    CAPTURED.set(Some(Captured::default()));
    let answer = work();
    (answer, CAPTURED.take().unwrap_or_default())
}

fn captured(note: impl FnOnce(&mut Captured)) {
    CAPTURED.with_borrow_mut(|captured| captured.as_mut().map(note));
}

pub(crate) fn stream_of(index: u16) -> Option<Stream> {
    (index == 0).then(|| Stream { source: "test".into(), attributes: Vec::new() })
}

pub(crate) fn read_asset(path: &str) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}"))
}

pub(crate) fn write(level: Level, line: &str) {
    CAPTURED.with_borrow_mut(|captured| match captured {
        Some(captured) => captured.lines.push((level, line.to_owned())),
        None => eprintln!("{level:?}: {line}"),
    });
}

#[derive(Clone, Debug)]
pub(crate) struct Counter(String);

impl Counter {
    pub(crate) fn new(name: &str) -> Self {
        Self(name.into())
    }

    pub(crate) fn add(&self, amount: u64) {
        captured(|captured| *captured.counters.entry(self.0.clone()).or_default() += amount);
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Histogram(String);

impl Histogram {
    pub(crate) fn new(name: &str, _bounds: &[f64]) -> Self {
        Self(name.into())
    }

    pub(crate) fn observe(&self, value: f64) {
        captured(|captured| captured.observed.entry(self.0.clone()).or_default().push(value));
    }
}
