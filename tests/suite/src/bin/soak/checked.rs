//! The output that is looked into: numbered lines, each of which must come once, in its file's order. The output is
//! renamed all the while, and the agent told to open it anew, as logrotate does it.

use crate::layout::CHECK;
use logagent_tests::{Agent, Place, lines};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::time::{Duration, Instant};

/// How often the output is replaced.
const EVERY: Duration = Duration::from_secs(5);

/// A lane may still be writing to the old one while the new one is made.
const OVERLAP: Duration = Duration::from_millis(500);

pub(crate) struct Checked<'a> {
    place: &'a Place,
    output: Option<File>,
    /// What was read of a line that is not whole yet.
    rest: Vec<u8>,
    begun_at: Instant,
    renamed_at: Option<Instant>,
    /// By input file and round: the next number.
    next: BTreeMap<(u64, u64), u64>,
    seen: u64,
}

impl<'a> Checked<'a> {
    pub(crate) fn new(place: &'a Place) -> Self {
        let begun_at = Instant::now();
        Self { place, output: None, rest: Vec::new(), begun_at, renamed_at: None, next: BTreeMap::new(), seen: 0 }
    }

    /// Reads what is new, and replaces the output now and then.
    pub(crate) fn step(&mut self, agent: &Agent<'_>) {
        self.read();
        let exists = self.place.path("checked.log").exists();
        match self.renamed_at {
            None if exists && self.begun_at.elapsed() >= EVERY => {
                self.place.rename("checked.log", "checked.old");
                agent.hang_up();
                self.renamed_at = Some(Instant::now());
            }
            Some(at) if exists && at.elapsed() >= OVERLAP => {
                self.read();
                fs::remove_file(self.place.path("checked.old")).expect("a file of ours");
                (self.output, self.renamed_at, self.begun_at) = (None, None, Instant::now());
            }
            _ => {}
        }
    }

    fn read(&mut self) {
        let path = self.place.path("checked.log");
        let Some(output) = self.output.as_mut() else {
            self.output = File::open(path).ok();
            return;
        };
        let mut bytes = std::mem::take(&mut self.rest);
        output.read_to_end(&mut bytes).expect("a regular file");
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        self.rest = bytes.split_off(whole);
        if whole > 0 {
            lines(&bytes).for_each(|line| self.meet(line));
        }
    }

    fn meet(&mut self, line: &[u8]) {
        let numbers = line.strip_prefix(CHECK.as_bytes()).and_then(|rest| rest.strip_suffix(b"}"));
        let [file, round, number]: [u64; 3] =
            numbers.and_then(|list| serde_json::from_slice(list).ok()).expect("a numbered line");
        let next = self.next.entry((file, round)).or_default();
        assert_eq!(number, *next, "file {file} of round {round}");
        *next += 1;
        self.seen += 1;
    }

    /// Numbered lines, so far.
    pub(crate) fn seen(&self) -> u64 {
        self.seen
    }

    /// Whether something of each of the first `files` files of this round is in the output.
    pub(crate) fn has_begun(&self, round: u64, files: u64) -> bool {
        (0..files).all(|file| self.next.contains_key(&(file, round)))
    }

    /// Whether the first `files` files of this round are in the output, all `count` lines of each. They are then
    /// forgotten: a soak has thousands of them.
    pub(crate) fn forget(&mut self, round: u64, files: u64, count: u64) -> bool {
        let is_complete = (0..files).all(|file| self.next.get(&(file, round)) == Some(&count));
        if is_complete {
            self.next.retain(|(_, known), _| *known != round);
        }
        is_complete
    }

    /// Whether no file is known that was not forgotten.
    pub(crate) fn is_empty(&self) -> bool {
        self.next.is_empty()
    }
}
