//! A regular expression as text, and compiled.

use crate::PatternProblem;
use crate::machine::Machine;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

/// An expression of a set.
#[derive(Debug)]
pub(crate) struct Expression {
    /// The pattern's index in the set.
    pub(crate) pattern: u32,
    pub(crate) machine: Machine,
}

impl Expression {
    /// Compiled, and in parts, where so many bytes are `compiled` already.
    pub(crate) fn new(
        pattern: u32,
        text: &str,
        lazy_bytes: usize,
        compiled: usize,
    ) -> Result<(Self, Hir), PatternProblem> {
        let parsed = ParserBuilder::new().utf8(false).build().parse(text);
        let hir = parsed.map_err(|error| PatternProblem::InvalidRegex { message: last_line(&error.to_string()) })?;
        let machine = Machine::new(&[&hir], lazy_bytes, compiled)?;
        Ok((Self { pattern, machine }, hir))
    }
}

/// What an automaton that is built while it is searched with may take, where a set has so many expressions; each
/// instance has its own. With less than the least, it would be thrown away and built anew all the time.
pub(crate) fn lazy_bytes(expressions: usize) -> usize {
    const OF_ALL: usize = 16 << 20;
    const LEAST: usize = 256 << 10;
    const MOST: usize = 2 << 20;
    /// Forward and back, in one go and in steps.
    const EACH: usize = 4;
    (OF_ALL / (EACH * expressions.max(1))).clamp(LEAST, MOST)
}

/// The parser repeats the pattern, with a caret below, and ends with what is wrong.
pub(crate) fn last_line(message: &str) -> String {
    let line = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    line.trim().trim_start_matches("error: ").to_owned()
}
