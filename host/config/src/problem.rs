//! Problems: what is wrong in a configuration, and where. Not for finding them.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// More than anyone reads at once. It bounds the memory that a hostile file can turn into messages.
const MAX_PROBLEMS: usize = 100;

/// Longer texts of the file are cut in messages, for the same reason.
const MAX_QUOTED_CHARS: usize = 64;

/// A place in the configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
}

impl Position {
    pub(crate) const START: Self = Self { line: 1, column: 1 };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One thing that is wrong. Displays as `FILE:LINE:COLUMN: KEY: found …, allowed …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named to [`Config::parse`](crate::Config::parse).
    pub file: Arc<Path>,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The path of the key, such as `sources.app.include[0]`; empty where it is the file as a whole.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

impl Problem {
    pub(crate) fn new(file: &Arc<Path>, position: Position, key: &str, found: &str, allowed: &str) -> Self {
        let Position { line, column } = position;
        Self {
            file: file.clone(),
            line,
            column,
            key: one_line(key),
            found: one_line(found),
            allowed: one_line(allowed),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, key, found, allowed } = self;
        write!(f, "{}:{line}:{column}: ", file.display())?;
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        write!(f, "found {found}, allowed {allowed}")
    }
}

/// All that is wrong in a configuration, in the file's order. Displays one a line.
///
/// Past 100 problems the rest is only counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems {
    list: Vec<Problem>,
    unlisted: usize,
}

impl Problems {
    /// The problems, sorted by position.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.list
    }

    /// How many there are, with those past the hundredth.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.unlisted
    }

    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MAX_PROBLEMS
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        if self.is_full() {
            self.unlisted += 1;
        } else {
            self.list.push(problem);
        }
    }

    pub(crate) fn sorted(mut self) -> Self {
        self.list.sort_by_key(|problem| (problem.line, problem.column));
        self
    }
}

impl Problem {
    /// Whether this may be said only because of the other: one of the two keys leads to the other's.
    #[must_use]
    pub fn may_follow_from(&self, other: &Self) -> bool {
        let leads = |above: &str, below: &str| {
            let rest = below.strip_prefix(above);
            rest.is_some_and(|rest| above.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
        };
        leads(&self.key, &other.key) || leads(&other.key, &self.key)
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{problem}")?;
        }
        match self.unlisted {
            0 => Ok(()),
            count => write!(f, "\nand {count} more"),
        }
    }
}

impl std::error::Error for Problems {}

/// The text with its control characters escaped: a key or a component's message may hold a newline, or what a terminal
/// obeys.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// The text, cut where it is too long for a message.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, key: &str) -> Problem {
        Problem::new(&Path::new("a.yaml").into(), Position { line, column: 2 }, key, "5", "6")
    }

    #[test]
    fn a_problem_displays_its_place_and_what_is_allowed() {
        assert_eq!(problem(3, "lanes").to_string(), "a.yaml:3:2: lanes: found 5, allowed 6");
        assert_eq!(problem(3, "").to_string(), "a.yaml:3:2: found 5, allowed 6");
    }

    #[test]
    fn problems_past_the_hundredth_are_only_counted() {
        let mut problems = Problems::default();
        (0..MAX_PROBLEMS + 7).for_each(|line| problems.push(problem(line, "k")));
        assert_eq!((problems.as_slice().len(), problems.count()), (100, 107));
        assert!(problems.to_string().ends_with("\nand 7 more"));
    }

    #[test]
    fn a_problem_may_follow_from_one_of_its_own_key_or_of_one_around_it() {
        for (key, other, may_follow) in [
            ("filters.f.component", "filters.f.component", true),
            ("filters.f.component", "filters.f", true),
            ("sources.app.include[0]", "sources.app.include", true),
            ("filters.f.component", "", true),
            ("filters.f.component", "lanes", false),
            ("filters.f.component", "filters.f.limits", false),
            ("filters.fine.component", "filters.f", false),
        ] {
            assert_eq!(problem(1, key).may_follow_from(&problem(1, other)), may_follow, "{key} {other}");
        }
    }

    #[test]
    fn a_problem_stays_on_its_line() {
        assert_eq!(problem(3, "a\n\u{1b}b").key, "a\\n\\u{1b}b");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shorten(&"ä".repeat(64)), "ä".repeat(64));
        assert_eq!(shorten(&"ä".repeat(65)), format!("{}…", "ä".repeat(64)));
    }
}
