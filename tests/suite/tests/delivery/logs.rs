//! A service that writes numbered lines into a log and rotates it, and what must come out of them.

use logagent_testkit::{Oracle, numbered};
use logagent_tests::{Place, Random};
use std::fs::File;
use std::io::Write as _;

/// The log, as its writer has it.
pub struct Log<'a> {
    place: &'a Place,
    name: &'static str,
    file: File,
    next: u64,
    rotations: u32,
    pub oracle: Oracle,
}

impl<'a> Log<'a> {
    pub fn new(place: &'a Place, name: &'static str) -> Self {
        let oracle = Oracle::default();
        Self { place, name, file: place.open(name), next: 0, rotations: 0, oracle }
    }

    /// Writes so many lines, in writes that end anywhere.
    pub fn write(&mut self, random: &mut Random, count: u64) {
        let mut bytes = Vec::new();
        for _ in 0..count {
            let padding = usize::try_from(random.below(180)).expect("a length");
            let line = numbered(self.name, self.next, padding);
            self.next += 1;
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            self.oracle.expect(self.name, line);
        }
        let middle = usize::try_from(random.below(bytes.len() as u64 + 1)).expect("a length");
        for part in [&bytes[..middle], &bytes[middle..]] {
            self.file.write_all(part).expect("a file");
        }
    }

    /// Renames it, and begins another.
    pub fn rotate(&mut self) {
        self.rotations += 1;
        self.place.rename(self.name, &format!("{}.{}", self.name, self.rotations));
        self.file = self.place.open(self.name);
    }
}

/// Two logs of 4 MB, and what must come out.
pub fn two_logs(place: &Place) -> Oracle {
    let mut oracle = Oracle::default();
    for log in ["one.log", "two.log"] {
        let mut text = String::new();
        for number in 0..20_000 {
            let line = format!("{log} {number} {}", "x".repeat(number % 390));
            text.push_str(&line);
            text.push('\n');
            oracle.expect(log, line);
        }
        place.append(log, text);
    }
    oracle
}
