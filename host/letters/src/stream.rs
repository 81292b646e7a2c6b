//! Letters as a stream that a lane reads: each is its attributes, a newline, its body, and a newline. The bodies so have
//! a newline before and behind them, as the lines of a file have.

use crate::pick::{Picked, Way};
use logagent_component::{Read, Records, SourceError, Stream, StreamInfo};
use logagent_record::Flags;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Waker;

/// What came of a stream's letters: told when the lane lets go of it.
#[derive(Debug)]
pub struct Confirmed {
    /// Its letters, as they were given.
    pub letters: Vec<Picked>,
    /// How many of the first of them were delivered, dropped, or put aside anew.
    pub count: usize,
}

/// Where a letter lies in the stream's bytes.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Where its attributes begin.
    at: usize,
    attributes: usize,
    body: usize,
}

impl Place {
    fn body_at(self) -> usize {
        self.at + self.attributes + 1
    }

    fn end(self) -> usize {
        self.body_at() + self.body + 1
    }
}

/// Letters of one way, on their way through a pipeline again.
#[derive(Debug)]
pub struct LetterStream {
    info: Arc<StreamInfo>,
    letters: Vec<Picked>,
    places: Vec<Place>,
    /// All letters, in the form that this module's head describes.
    bytes: Vec<u8>,
    /// Up to here, bytes were given and not taken back.
    given: usize,
    /// So many letters were framed.
    framed: usize,
    confirmed: usize,
    done: Sender<Confirmed>,
}

impl LetterStream {
    /// A stream of these letters, of the source with this index. What came of them goes to `done`.
    #[must_use]
    pub fn new(way: &Way, source: usize, letters: Vec<Picked>, done: Sender<Confirmed>) -> Self {
        let mut bytes = Vec::new();
        let mut places = Vec::with_capacity(letters.len());
        for Picked { body, attributes, .. } in &letters {
            places.push(Place { at: bytes.len(), attributes: attributes.len(), body: body.len() });
            for part in [&attributes[..], b"\n", body, b"\n"] {
                bytes.extend_from_slice(part);
            }
        }
        let info = StreamInfo {
            source,
            source_name: way.source.as_str().into(),
            name: way.stream.as_str().into(),
            attributes: way.attributes.as_slice().into(),
        };
        Self { info: Arc::new(info), letters, places, bytes, given: 0, framed: 0, confirmed: 0, done }
    }

    /// Where the next letter begins that is not framed.
    fn at(&self) -> usize {
        self.places.get(self.framed).map_or(self.bytes.len(), |place| place.at)
    }
}

impl Stream for LetterStream {
    fn info(&self) -> &Arc<StreamInfo> {
        &self.info
    }

    fn register(&mut self, _lane: Waker) {}

    fn is_ready(&self) -> bool {
        true
    }

    /// The letter that comes next, as a whole.
    fn wanted(&self) -> usize {
        let next = self.places.iter().find(|place| place.end() > self.given);
        next.map_or(1, |place| place.end() - self.given)
    }

    fn read(&mut self, space: &mut [u8]) -> Result<Read, SourceError> {
        let rest = &self.bytes[self.given..];
        if rest.is_empty() {
            return Ok(Read::Ended);
        }
        let count = rest.len().min(space.len());
        space[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(if count == 0 { Read::Idle } else { Read::Bytes(count) })
    }

    fn frame(&mut self, bytes: &[u8], records: &mut Records<'_>) -> usize {
        let start = self.at();
        while let Some(place) = self.places.get(self.framed)
            && place.end() - start <= bytes.len()
            && !records.is_full()
        {
            let letter = &self.letters[self.framed];
            let offset = |at: usize| u32::try_from(at - start).expect("a ring is smaller");
            let (at, attributes_end) = (offset(place.body_at()), offset(place.at + place.attributes));
            records.push(at, offset(place.end() - 1) - at, Flags::TERMINATED);
            records.describe_last(offset(place.at)..attributes_end, letter.time_unix_nano, letter.severity);
            self.framed += 1;
        }
        self.at() - start
    }

    fn unread(&mut self, fragment: &[u8]) {
        self.given -= fragment.len();
    }

    fn position(&self) -> u64 {
        self.at() as u64
    }

    /// That of the letter's record, when it was read first.
    fn origin(&self, position: u64) -> Option<u64> {
        let index = self.places.binary_search_by_key(&position, |place| place.body_at() as u64).ok()?;
        self.letters[index].position
    }

    fn confirm(&mut self, position: u64) {
        let is_confirmed = |place: &Place| place.end() as u64 <= position;
        self.confirmed = self.places.partition_point(is_confirmed);
    }
}

impl Drop for LetterStream {
    fn drop(&mut self) {
        let letters = std::mem::take(&mut self.letters);
        // Nobody listens any more where the agent has ended meanwhile.
        drop(self.done.send(Confirmed { letters, count: self.confirmed }));
    }
}

#[cfg(test)]
mod tests;
