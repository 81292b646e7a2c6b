//! A service that writes numbered lines, and rotates its log now and then.

use logagent_testkit::{Oracle, numbered};
use logagent_tests::{Place, Random};
use std::fs::File;
use std::io::Write;

/// Its log is `app.log`, later `app.log.N`.
pub(crate) struct Writer<'a> {
    place: &'a Place,
    file: File,
    next: u64,
    rotations: u32,
    random: Random,
    pub(crate) oracle: Oracle,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(place: &'a Place, seed: u64) -> Self {
        let (file, random) = (place.open("app.log"), Random::new(seed));
        Self { place, file, next: 0, rotations: 0, random, oracle: Oracle::default() }
    }

    /// Writes some hundred lines, in one write.
    pub(crate) fn step(&mut self) {
        let mut bytes = Vec::new();
        for _ in 0..self.random.below(800) {
            let padding = usize::try_from(self.random.below(300)).expect("a length");
            let line = numbered("app", self.next, padding);
            self.next += 1;
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            // Order holds within a file.
            self.oracle.expect(&self.rotations.to_string(), line);
        }
        self.file.write_all(&bytes).expect("the input's disk has space");
        if self.random.below(100) == 0 {
            self.rotations += 1;
            self.place.rename("app.log", &format!("app.log.{}", self.rotations));
            self.file = self.place.open("app.log");
        }
    }
}
