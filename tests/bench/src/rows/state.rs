//! What a filter's state costs: a call for a thousand keys out of a million, through a component's border and without.

use super::call::batch::Batch;
use super::call::guest::Guest;
use super::call::time;
use crate::place::Place;
use crate::stats::{Contender, Sample, interleave};
use crate::table::{Row, Target};
use anyhow::ensure;
use logagent_state::{Call, Flat, Fold, Journal, Map, Namespace, Options, Quota, Scratch, UnixMs, Values, WhenFull};
use logagent_wasm::{Access, Runtime, StateHandle};
use std::sync::Arc;

/// As in the guests' `state-bench` modes.
const KEYS: usize = 1000;
const ENTRIES: u64 = 1 << 20;

const NOW: UnixMs = UnixMs(1);

pub(crate) fn measure(place: &Place) -> anyhow::Result<Vec<Row>> {
    let program = Runtime::new(None)?.load(&place.test_guests)?;
    let state = filled()?;
    let batch = Batch::new()?;
    let access = || Access { state: Some(state.clone()), asset: None };
    let mut get = Guest::start(&program, &batch, "state-bench-get", access())?;
    let mut add = Guest::start(&program, &batch, "state-bench-add", access())?;
    let (mut native_get, mut native_add) = (Native::new(&state), Native::new(&state));
    let view = batch.view();
    let contenders: [Contender<'_>; 4] = [
        Box::new(|| Ok(time(|| get.call(&view)))),
        Box::new(|| Ok(time(|| native_get.get()))),
        Box::new(|| Ok(time(|| add.call(&view)))),
        Box::new(|| Ok(time(|| native_add.add()))),
    ];
    let samples = interleave(place.scale.call_rounds, contenders)?;
    let [get, native_get, add, native_add] = samples.each_ref().map(|sample: &Sample| sample.median() * 1e9 / 1e3);
    Ok(vec![row("get", get, native_get), row("add", add, native_add)])
}

/// Nanoseconds a key.
fn row(what: &str, whole: f64, map: f64) -> Row {
    Row {
        what: format!("state: {what}, 1000 of 1 M keys in a call"),
        measured: format!("{whole:.1} ns a key: border {:.1}, map {map:.1}", whole - map),
        beside: Some(format!("native {map:.1} ns")),
        ratio: Some(whole / map),
        target: Some(Target::at_most(whole, 100.0, "ns a key")),
    }
}

/// A million numbers under keys of 16 bytes.
fn filled() -> anyhow::Result<StateHandle> {
    let budget_bytes = 512 << 20;
    let map = Map::new(Options { budget_bytes, ..Options::default() })?;
    let namespace = map.namespace("bench", Quota { budget_bytes, when_full: WhenFull::Refuse })?;
    for number in 0..ENTRIES {
        map.set(namespace, &u128::from(number).to_le_bytes(), &[0; 8], &mut Call::at(NOW))?;
    }
    ensure!(map.len(namespace) == ENTRIES, "keys were lost");
    Ok(StateHandle { map: Arc::new(map), namespace })
}

/// What the guest does, in the host.
struct Native<'a> {
    map: &'a Map,
    namespace: Namespace,
    next: u64,
    bytes: Vec<u8>,
    scratch: Scratch,
    values: Values,
    journal: Journal,
}

impl<'a> Native<'a> {
    fn new(state: &'a StateHandle) -> Self {
        Self {
            map: &state.map,
            namespace: state.namespace,
            next: 0,
            bytes: Vec::new(),
            scratch: Scratch::default(),
            values: Values::default(),
            journal: Journal::default(),
        }
    }

    fn make_keys(&mut self) {
        self.bytes.clear();
        for number in self.next..self.next + KEYS as u64 {
            self.bytes.extend_from_slice(&u128::from(number.wrapping_mul(2_654_435_761) % ENTRIES).to_le_bytes());
        }
        self.next += KEYS as u64;
    }

    fn get(&mut self) {
        self.make_keys();
        let keys = Flat { bytes: &self.bytes, lengths: &[16; KEYS] };
        self.map.get_many(self.namespace, keys, NOW, &mut self.scratch, &mut self.values);
    }

    fn add(&mut self) {
        self.make_keys();
        let keys = Flat { bytes: &self.bytes, lengths: &[16; KEYS] };
        let mut call = Call { journal: Some(&mut self.journal), ..Call::at(NOW) };
        let added = self.map.fold_many(self.namespace, keys, Fold::Add, &[1; KEYS], &mut call, &mut self.scratch);
        added.expect("without a deadline");
        self.journal.clear();
    }
}
