//! Which letters are sent again in one round. Not for sending them.

use crate::letter::Letter;
use crate::marks::{Fate, LAST_ID, Marks};
use logagent_component::letter_id;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// What must be true of a letter that is sent again: `KEY=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Condition {
    key: Key,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Reason,
    Pipeline,
    Filter,
    Sink,
    Component,
    Source,
    Stream,
}

const KEYS: [(&str, Key); 7] = [
    ("reason", Key::Reason),
    ("pipeline", Key::Pipeline),
    ("filter", Key::Filter),
    ("sink", Key::Sink),
    ("component", Key::Component),
    ("source", Key::Source),
    ("stream", Key::Stream),
];

/// What is wrong with a condition.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, allowed KEY=VALUE with a KEY of {}", KEYS.map(|(name, _)| name).join(", "))]
pub struct ConditionError {
    found: String,
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let parts = text.split_once('=').and_then(|(name, value)| {
            let (_, key) = KEYS.into_iter().find(|&(known, _)| known == name)?;
            Some(Self { key, value: value.to_owned() })
        });
        parts.ok_or_else(|| ConditionError { found: text.to_owned() })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, _) = KEYS.into_iter().find(|&(_, key)| key == self.key).expect("all keys have names");
        write!(f, "{name}={}", self.value)
    }
}

impl Condition {
    /// Of the reason, its kind or a part of its text; of all else, the whole.
    fn holds(&self, letter: &Letter) -> bool {
        let is = |text: &Option<String>| text.as_deref() == Some(&self.value);
        match self.key {
            Key::Reason => {
                let has = |text: &String| memmem::find(text.as_bytes(), self.value.as_bytes()).is_some();
                letter.kind == self.value || letter.reason.as_ref().is_some_and(has)
            }
            Key::Pipeline => is(&letter.pipeline),
            Key::Filter => is(&letter.filter),
            Key::Sink => is(&letter.sink),
            Key::Component => is(&letter.component),
            Key::Source => is(&letter.source),
            Key::Stream => is(&letter.stream),
        }
    }
}

/// Which letters are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wanted {
    /// The pipeline that they go through; each its own where none is named.
    pub through: Option<String>,
    /// All of these hold.
    pub conditions: Vec<Condition>,
    /// Those, too, that were sent before, and of which it isn't known whether they arrived.
    pub again: bool,
    /// Those behind this id.
    pub after: u64,
    /// Those up to this id; all where there is none.
    pub until: Option<u64>,
}

/// How a letter goes: through which pipeline, and as a record of which stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// The pipeline.
    pub pipeline: String,
    /// The source that it was read by; empty for one that a filter made.
    pub source: String,
    /// The stream that it was read from; empty likewise.
    pub stream: String,
    /// The stream's attributes: a MessagePack map, or nothing.
    pub attributes: Vec<u8>,
}

/// A letter to be sent.
#[derive(Debug)]
pub struct Picked {
    /// Its id.
    pub id: u64,
    /// Its number among all that were looked at.
    ordinal: u64,
    pub(crate) body: Vec<u8>,
    pub(crate) attributes: Vec<u8>,
    pub(crate) time_unix_nano: u64,
    pub(crate) severity: u8,
    /// Where the record began in its stream, where that is known.
    pub(crate) position: Option<u64>,
}

impl Picked {
    /// `None` where the letter can't be sent: it has no id, or no body, or they are too long.
    fn of(letter: &Letter, ordinal: u64, max_record_bytes: usize) -> Option<Self> {
        let (body, attributes) = (letter.body_bytes()?, letter.attribute_bytes());
        (body.len() + attributes.len() <= max_record_bytes).then_some(Self {
            id: letter.id.filter(|id| *id <= LAST_ID)?,
            ordinal,
            body,
            attributes,
            time_unix_nano: letter.time_unix_nano(),
            severity: letter.severity,
            position: letter.position,
        })
    }
}

/// What is sent in one round, and what isn't.
#[derive(Debug, Default)]
pub struct Round {
    /// By the way they go, in order.
    pub picked: BTreeMap<Way, Vec<Picked>>,
    /// Where the next round begins; `None` where there is none.
    pub next: Option<u64>,
    /// Letters that were replayed already.
    pub done: u64,
    /// Those that were sent before, and of which it isn't known whether they arrived.
    pub unknown: u64,
    /// Those that can't be sent: without an id, a pipeline or a body, or larger than what a ring takes.
    pub unfit: u64,
    /// The bodies' bytes.
    bytes: usize,
    looked_at: u64,
}

impl Round {
    /// Looks through the lines for what is wanted, until there are so many bytes of it; no record may be longer than
    /// `max_record_bytes`.
    ///
    /// # Errors
    /// The system's.
    pub fn pick(
        lines: impl BufRead,
        wanted: &Wanted,
        marks: &Marks,
        max_bytes: usize,
        max_record_bytes: usize,
    ) -> io::Result<Self> {
        let mut round = Self::default();
        for line in lines.split(b'\n') {
            let line = line?;
            let before = letter_id(&line);
            if before.is_some_and(|id| id <= wanted.after || wanted.until.is_some_and(|until| id > until)) {
                continue;
            }
            if round.bytes >= max_bytes {
                round.next = round.last();
                break;
            }
            let Ok(letter) = serde_json::from_slice::<Letter>(&line) else { continue };
            round.look_at(&letter, wanted, marks, max_record_bytes);
        }
        Ok(round)
    }

    fn look_at(&mut self, letter: &Letter, wanted: &Wanted, marks: &Marks, max_record_bytes: usize) {
        self.looked_at += 1;
        if !wanted.conditions.iter().all(|condition| condition.holds(letter)) {
            return;
        }
        match letter.id.map_or(Fate::Waiting, |id| marks.fate(id)) {
            Fate::Done => self.done += 1,
            Fate::Sent if !wanted.again => self.unknown += 1,
            _ => {
                let pipeline = wanted.through.as_ref().or(letter.pipeline.as_ref());
                match pipeline.zip(Picked::of(letter, self.looked_at, max_record_bytes)) {
                    Some((pipeline, picked)) => self.take(letter, pipeline.clone(), picked),
                    None => self.unfit += 1,
                }
            }
        }
    }

    fn take(&mut self, letter: &Letter, pipeline: String, picked: Picked) {
        self.bytes += picked.body.len() + picked.attributes.len();
        let way = Way {
            pipeline,
            source: letter.source.clone().unwrap_or_default(),
            stream: letter.stream.clone().unwrap_or_default(),
            attributes: letter.stream_attribute_bytes(),
        };
        self.picked.entry(way).or_default().push(picked);
    }

    fn last(&self) -> Option<u64> {
        self.picked.values().filter_map(|letters| letters.last()).map(|last| last.id).max()
    }
}

/// The ids of these letters; those with nothing but such letters between them as one run.
#[must_use]
pub fn runs<'a>(letters: impl Iterator<Item = &'a Picked>) -> Vec<RangeInclusive<u64>> {
    let mut all: Vec<(u64, u64)> = letters.map(|picked| (picked.ordinal, picked.id)).collect();
    all.sort_unstable();
    let touch = |one: &(u64, u64), next: &(u64, u64)| one.0 + 1 == next.0;
    all.chunk_by(touch).map(|run| run[0].1..=run[run.len() - 1].1).collect()
}

#[cfg(test)]
mod tests;
