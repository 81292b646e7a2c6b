//! The syntax of paths, as the public type's documentation has it: from text to steps.

mod problem;

pub use problem::{PathError, PathProblem};

use crate::escape;

/// One step from a value to values in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The members with this key, decoded.
    Key(Vec<u8>),
    /// All members.
    AnyKey,
    /// The element at this index.
    Index(u32),
    /// All elements.
    AnyIndex,
    /// The value itself and all in it.
    AnyDepth,
}

const STEP: &str = "a key, `*`, `**` or `[`";
const BEHIND_STEP: &str = "`.`, `[` or the end";

/// The steps that the text names.
pub(crate) fn parse(text: &str) -> Result<Vec<Step>, PathProblem> {
    match text {
        "" => Err(PathProblem::Empty),
        "$" => Ok(Vec::new()),
        _ => Parser { text, at: 0 }.path(),
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn path(mut self) -> Result<Vec<Step>, PathProblem> {
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some('[') => steps.push(self.brackets()?),
                Some('.') if !steps.is_empty() => {
                    self.at += 1;
                    steps.push(self.key()?);
                }
                _ if steps.is_empty() => steps.push(self.key()?),
                None => return Ok(steps),
                Some(_) => return Err(self.unexpected(BEHIND_STEP)),
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, text: &str) -> bool {
        let is_there = self.text[self.at..].starts_with(text);
        self.at += if is_there { text.len() } else { 0 };
        is_there
    }

    fn unexpected(&self, allowed: &'static str) -> PathProblem {
        let at = self.at;
        self.peek().map_or(PathProblem::End { at, allowed }, |found| PathProblem::Unexpected { at, found, allowed })
    }

    /// `[3]` or `[*]`.
    fn brackets(&mut self) -> Result<Step, PathProblem> {
        self.at += 1;
        let step = if self.eat("*") { Step::AnyIndex } else { Step::Index(self.index()?) };
        if self.eat("]") { Ok(step) } else { Err(self.unexpected("`]`")) }
    }

    fn index(&mut self) -> Result<u32, PathProblem> {
        let at = self.at;
        let digits = self.take(|char| char.is_ascii_digit());
        match digits {
            "" => Err(self.unexpected("an index or `*`")),
            _ if digits.len() > 1 && digits.starts_with('0') => Err(PathProblem::LeadingZero { at }),
            _ => digits.parse().map_err(|_| PathProblem::LargeIndex { at, most: u32::MAX }),
        }
    }

    /// The longest text of such characters.
    fn take(&mut self, is_wanted: impl Fn(char) -> bool) -> &str {
        let rest = &self.text[self.at..];
        let taken = &rest[..rest.find(|char| !is_wanted(char)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    fn key(&mut self) -> Result<Step, PathProblem> {
        if self.eat("**") {
            return Ok(Step::AnyDepth);
        }
        if self.eat("*") {
            return Ok(Step::AnyKey);
        }
        if self.eat("\"") {
            return self.quoted();
        }
        let at = self.at;
        match self.take(is_bare) {
            "" => Err(self.unexpected(STEP)),
            "$" => Err(PathProblem::Root { at }),
            key => Ok(Step::Key(key.as_bytes().to_vec())),
        }
    }

    /// From behind the opening quote.
    fn quoted(&mut self) -> Result<Step, PathProblem> {
        let start = self.at;
        loop {
            self.take(|char| !matches!(char, '"' | '\\' | ..' '));
            match self.peek() {
                Some('"') => break,
                Some('\\') => self.escape()?,
                Some(' ') => self.at += 1,
                _ => return Err(self.unexpected("`\"`, an escape or a printable character")),
            }
        }
        let mut key = Vec::new();
        escape::decode(&self.text.as_bytes()[start..self.at], &mut key);
        self.at += 1;
        // All that decodes to no UTF-8 is a lone surrogate; no key that is found could equal it.
        if std::str::from_utf8(&key).is_ok() { Ok(Step::Key(key)) } else { Err(PathProblem::Surrogate { at: start }) }
    }

    fn escape(&mut self) -> Result<(), PathProblem> {
        match escape::check(self.text.as_bytes(), self.at) {
            Ok(()) => self.at += 2,
            Err(at) => return Err(PathProblem::Escape { at }),
        }
        Ok(())
    }
}

/// What a key without quotes may have. Some that could stand for themselves are left for the syntax to grow by.
fn is_bare(char: char) -> bool {
    !char.is_whitespace() && !char.is_control() && !matches!(char, '.' | '[' | ']' | '"' | '\\' | '*' | '\'')
}

#[cfg(test)]
mod tests;
