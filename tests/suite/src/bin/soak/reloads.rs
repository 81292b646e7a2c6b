//! Reloads, one after the other: components and configurations, good and bad, each by a rename, as deployments do it.
//! Drawn from a seed, which is printed.

use crate::layout::{GUESTS, config};
use logagent_testkit::until;
use logagent_tests::{Place, Random, component, filter, test_guests};
use std::fs;
use std::time::{Duration, Instant};

/// Between two changes, at most.
const PAUSE_MS: u64 = 400;

/// Each component has so many versions: more would fill the cache of compiled ones.
const VERSIONS: u64 = 3;

pub(crate) struct Reloads<'a> {
    place: &'a Place,
    random: Random,
    next_at: Instant,
    number: u64,
    is_broken: bool,
}

impl<'a> Reloads<'a> {
    pub(crate) fn new(place: &'a Place, seed: u64) -> Self {
        Self { place, random: Random::new(seed), next_at: Instant::now(), number: 0, is_broken: false }
    }

    /// Changes something, if it is time to. What is broken is mended next.
    pub(crate) fn step(&mut self) {
        if Instant::now() < self.next_at {
            return;
        }
        let pause = self.random.below(PAUSE_MS);
        self.next_at = Instant::now() + Duration::from_millis(pause);
        self.number += 1;
        match self.random.below(4) {
            _ if self.is_broken => self.mend(),
            0 => self.break_something(),
            1 => self.replace_component("trim.wasm", &filter("trim")),
            2 => self.replace_component("guests.wasm", &test_guests()),
            _ => self.reconfigure(),
        }
    }

    fn replace(&self, name: &str, bytes: impl AsRef<[u8]>) {
        self.place.write("new", bytes);
        self.place.rename("new", name);
    }

    fn replace_component(&mut self, name: &str, from: &str) {
        let mut bytes = fs::read(from).expect("a component");
        // The same component with another hash: a custom section more, which nobody reads.
        let version = u8::try_from(self.random.below(VERSIONS)).expect("few");
        bytes.extend_from_slice(&[0, 3, 1, b'v', version]);
        self.replace(name, bytes);
    }

    fn reconfigure(&mut self) {
        let guest = GUESTS[usize::try_from(self.random.below(GUESTS.len() as u64)).expect("an index")];
        self.replace("agent.yaml", config(self.number, guest, ""));
    }

    fn break_something(&mut self) {
        self.is_broken = true;
        match self.random.below(5) {
            0 => self.replace("trim.wasm", b""),
            1 => self.replace("guests.wasm", component("(component)")),
            2 => self.replace("agent.yaml", config(self.number, GUESTS[0], ", unknown: 1")),
            3 => self.replace("agent.yaml", config(self.number, ("configure-trap", "drop"), "")),
            _ => self.replace("agent.yaml", "lanes: ["),
        }
    }

    fn mend(&mut self) {
        self.is_broken = false;
        self.replace_component("trim.wasm", &filter("trim"));
        self.replace_component("guests.wasm", &test_guests());
        self.reconfigure();
    }

    /// Goes back to what was there at the start, and waits until it runs.
    pub(crate) fn rest(&mut self) {
        let said = self.said();
        self.is_broken = false;
        self.number += 1;
        self.replace("trim.wasm", fs::read(filter("trim")).expect("a component"));
        self.replace("guests.wasm", fs::read(test_guests()).expect("a component"));
        self.replace("agent.yaml", config(self.number, GUESTS[0], ""));
        // Changes that follow closely are one reload, or several.
        until("the last reload", || self.said() > said);
    }

    fn said(&self) -> usize {
        self.place.text("stderr").matches(r#""message":"reloaded""#).count()
    }
}
