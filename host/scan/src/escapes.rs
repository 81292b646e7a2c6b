//! JSON's escapes (RFC 8259, section 7): bodies as what they stand for, and the way back to the bytes as they are.
//! Knows nothing of what is searched for.

mod decode;

use crate::pace::Pace;
use crate::{Interrupted, Match, narrow};
use decode::{Escape, decode};
use logagent_record::{Bodies, Descriptor, InRun};
use memchr::memchr;

/// Bodies that have escapes, decoded.
#[derive(Debug, Default)]
pub(crate) struct Decoded {
    /// The records with a backslash, in ascending order, and how many of them were decoded already.
    suspects: Vec<u32>,
    done: usize,
    bytes: Vec<u8>,
    records: Vec<Descriptor>,
    sources: Vec<Source>,
    escapes: Vec<Escape>,
    /// Records that are searched only decoded, in ascending order.
    replaced: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Source {
    record: u32,
    /// Where its escapes begin among all.
    escapes: usize,
}

impl Decoded {
    /// Finds the bodies that have a backslash.
    pub(crate) fn begin(&mut self, bodies: &Bodies<'_>, pace: &mut Pace<'_>) -> Result<(), Interrupted> {
        self.suspects.clear();
        self.replaced.clear();
        self.done = 0;
        for run in bodies.runs() {
            let mut cursor = run.cursor();
            let mut from = 0;
            while let Some(at) = memchr(b'\\', &run.bytes()[from..]) {
                pace.spend(at)?;
                let Some(InRun { index, start, end }) = cursor.seek(from + at) else { break };
                if from + at < start {
                    from = start;
                    continue;
                }
                self.suspects.push(narrow(index));
                from = end;
            }
        }
        Ok(())
    }

    /// Decodes more bodies; false when there are none left. A portion at a time, so that the buffers stay small.
    pub(crate) fn advance(&mut self, bodies: &Bodies<'_>, pace: &mut Pace<'_>) -> Result<bool, Interrupted> {
        const PORTION: usize = 256 << 10;
        self.bytes.clear();
        self.records.clear();
        self.sources.clear();
        self.escapes.clear();
        while let Some(record) = self.suspects.get(self.done).filter(|_| self.bytes.len() < PORTION) {
            let body = bodies.body(*record as usize);
            pace.spend(body.len())?;
            self.add(*record, body);
            self.done += 1;
        }
        Ok(!self.records.is_empty())
    }

    fn add(&mut self, record: u32, body: &[u8]) {
        let (from, escapes) = (self.bytes.len(), self.escapes.len());
        decode(body, &mut self.bytes, &mut self.escapes);
        let body_len = narrow(self.bytes.len() - from);
        self.records.push(Descriptor { body_at: narrow(from), body_len, ..Descriptor::default() });
        self.sources.push(Source { record, escapes });
        // Bodies must not touch to be searched in one run.
        self.bytes.push(b'\n');
        if begins_as_json(body) {
            self.replaced.push(record);
        }
    }

    /// The bodies that were decoded last.
    pub(crate) fn bodies(&self) -> Bodies<'_> {
        Bodies::new(&self.bytes, 0, &self.records)
    }

    /// A match among them as one of the bodies that they were decoded from.
    pub(crate) fn restore(&self, found: Match) -> Match {
        let number = found.record as usize;
        let Source { record, escapes } = self.sources[number];
        let end = self.sources.get(number + 1).map_or(self.escapes.len(), |next| next.escapes);
        let escapes = &self.escapes[escapes..end];
        Match {
            record,
            pattern: found.pattern,
            start: decode::raw_start(escapes, found.start),
            end: decode::raw_end(escapes, found.end),
        }
    }

    /// Whether a record's body counts only as it was decoded.
    pub(crate) fn replaces(&self, record: u32) -> bool {
        self.replaced.binary_search(&record).is_ok()
    }
}

fn begins_as_json(body: &[u8]) -> bool {
    let first = body.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    matches!(first, Some(b'{' | b'[' | b'"'))
}
