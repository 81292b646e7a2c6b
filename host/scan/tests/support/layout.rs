//! Bodies laid out in memory as tests want them, and runs of sets over them.
#![allow(dead_code, reason = "each test takes what it needs")]

use logagent_record::{Bodies, Descriptor};
use logagent_scan::{Escapes, Match, Options, Pattern, Report, Scratch, Set};

/// Where the bytes begin: places are not offsets.
const BASE: u32 = 4096;

#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub bytes: Vec<u8>,
    pub records: Vec<Descriptor>,
}

impl Layout {
    /// One line behind another.
    pub fn lines<B: AsRef<[u8]>>(bodies: &[B]) -> Self {
        bodies.iter().fold(Self::default(), |layout, body| layout.body(body.as_ref()).gap(b"\n"))
    }

    pub fn body(mut self, body: &[u8]) -> Self {
        let body_at = BASE + u32::try_from(self.bytes.len()).unwrap();
        let body_len = u32::try_from(body.len()).unwrap();
        self.records.push(Descriptor { body_at, body_len, ..Descriptor::default() });
        self.gap(body)
    }

    /// Bytes that belong to no body.
    pub fn gap(mut self, bytes: &[u8]) -> Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    pub fn bodies(&self) -> Bodies<'_> {
        Bodies::new(&self.bytes, BASE, &self.records)
    }

    pub fn body_at(&self, record: u32) -> &[u8] {
        self.bodies().body(record as usize)
    }

    pub fn run(&self, set: &Set) -> Vec<Match> {
        let mut matches = vec![];
        set.run(&self.bodies(), &mut Scratch::default(), &mut || true, &mut matches).unwrap();
        matches
    }

    /// All matches, as (record, pattern, text).
    pub fn all(&self, patterns: &[Pattern]) -> Vec<(u32, u32, String)> {
        let matches = self.run(&set(patterns, Report::All, Escapes::Raw));
        matches.iter().map(|found| (found.record, found.pattern, self.text(*found))).collect()
    }

    /// The records in which anything is found.
    pub fn first(&self, patterns: &[Pattern]) -> Vec<u32> {
        self.run(&set(patterns, Report::First, Escapes::Raw)).iter().map(|found| found.record).collect()
    }

    pub fn text(&self, found: Match) -> String {
        self.body_at(found.record)[found.start as usize..found.end as usize].escape_ascii().to_string()
    }
}

pub fn set(patterns: &[Pattern], report: Report, escapes: Escapes) -> Set {
    Set::new(patterns, Options { report, escapes }).unwrap()
}

pub fn literal(bytes: impl AsRef<[u8]>) -> Pattern {
    Pattern::Literal(bytes.as_ref().to_vec())
}

pub fn regex(text: &str) -> Pattern {
    Pattern::Regex(text.to_owned())
}
