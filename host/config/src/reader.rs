//! Reads a mapping key by key and keeps the problems, so that one wrong key doesn't hide the next. Not for knowing
//! which keys there are.

mod ask;
mod field;
mod table;

pub(crate) use ask::{Ask, Asked};
pub(crate) use field::{Count, Field};
pub(crate) use table::{NAME, NAME_PATTERN, Table};

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::document::Entry;
use crate::positions::{Positions, join};
use crate::problem::{Position, Problem, Problems, shorten};
use crate::suggest;

/// What all readers of one file share.
pub(crate) struct Context {
    pub positions: Positions,
    problems: RefCell<Problems>,
    /// Kept where a schema is made, not where a configuration is read.
    asked: Option<Asked>,
}

impl Context {
    pub fn new(positions: Positions, problems: Problems) -> Self {
        Self { positions, problems: RefCell::new(problems), asked: None }
    }

    /// One that notes down what is asked.
    pub fn asking(positions: Positions) -> Self {
        Self { asked: Some(Asked::default()), ..Self::new(positions, Problems::default()) }
    }

    pub fn note(&self, path: &str, ask: impl FnOnce() -> Ask) {
        if let Some(asked) = &self.asked {
            asked.note(path, ask());
        }
    }

    pub fn report(&self, position: Position, key: &str, found: &str, allowed: &str) {
        self.problems.borrow_mut().push(Problem::new(self.positions.shared_file(), position, key, found, allowed));
    }

    /// Whether further problems are only counted, so that their texts need no work.
    pub fn is_full(&self) -> bool {
        self.problems.borrow().is_full()
    }

    pub fn into_problems(self) -> Problems {
        self.problems.into_inner()
    }

    pub fn into_asked(self) -> Asked {
        self.asked.unwrap_or_default()
    }
}

/// A mapping whose keys are known beforehand. Ask for each, then [`finish`](Self::finish).
pub(crate) struct Section<'a> {
    pub context: &'a Context,
    pub path: String,
    position: Position,
    /// Missing where there is something else than a mapping: then no key is missing.
    entries: Option<&'a [Entry]>,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub fn of(field: Field<'a>) -> Self {
        field.note(Ask::Mapping);
        Self {
            context: field.context,
            position: field.node.position,
            entries: field.entries(),
            path: field.path,
            known: Vec::new(),
        }
    }

    pub fn optional(&mut self, key: &'static str) -> Option<Field<'a>> {
        self.context.note(&self.path, || Ask::Key(key));
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let entry = self.entries?.iter().find(|entry| entry.key == key)?;
        Some(Field { context: self.context, path: join(&self.path, key), node: &entry.value })
    }

    pub fn required(&mut self, key: &'static str, allowed: &str) -> Option<Field<'a>> {
        self.context.note(&self.path, || Ask::Required(key));
        let field = self.optional(key);
        if field.is_none() && self.entries.is_some() {
            let allowed = format!("{allowed} (required)");
            self.context.report(self.position, &join(&self.path, key), "nothing", &allowed);
        }
        field
    }

    /// The section under a key; an empty one where it is absent.
    pub fn section(&mut self, key: &'static str) -> Section<'a> {
        let (context, position, path) = (self.context, self.position, join(&self.path, key));
        let absent = || Section { context, path, position, entries: Some(&[]), known: Vec::new() };
        self.optional(key).map_or_else(absent, Section::of)
    }

    pub fn size(&mut self, key: &'static str, range: RangeInclusive<usize>, default: usize) -> usize {
        self.optional(key).and_then(|field| field.size(range)).unwrap_or(default)
    }

    pub fn count<T: Count>(&mut self, key: &'static str, range: RangeInclusive<T>, default: T) -> T {
        self.optional(key).and_then(|field| field.count(range)).unwrap_or(default)
    }

    pub fn duration(&mut self, key: &'static str, range: RangeInclusive<Duration>, default: Duration) -> Duration {
        self.optional(key).and_then(|field| field.duration(range)).unwrap_or(default)
    }

    pub fn share_or_none(&mut self, key: &'static str, default: f64) -> f64 {
        self.optional(key).and_then(|field| field.share_or_none()).unwrap_or(default)
    }

    pub fn switch(&mut self, key: &'static str, default: bool) -> bool {
        self.optional(key).and_then(|field| field.switch()).unwrap_or(default)
    }

    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&'static str, T)], default: T) -> T {
        self.optional(key).and_then(|field| field.choice(choices)).unwrap_or(default)
    }

    /// Reports the keys that nobody asked for.
    pub fn finish(self) {
        let unknown = self.entries.unwrap_or_default().iter().filter(|entry| !self.known.contains(&&*entry.key));
        for entry in unknown {
            let key = join(&self.path, &shorten(&entry.key));
            let allowed = if self.context.is_full() { String::new() } else { one_of(&entry.key, &self.known) };
            self.context.report(entry.position, &key, "an unknown key", &allowed);
        }
    }
}

/// The names that are allowed, and which of them is likely meant.
pub(crate) fn one_of(found: &str, allowed: &[&str]) -> String {
    let list = allowed.join(", ");
    match suggest::nearest(found, allowed.iter().copied()) {
        Some(meant) => format!("{list} (did you mean `{meant}`?)"),
        None => list,
    }
}
