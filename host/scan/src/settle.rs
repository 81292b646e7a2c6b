//! One body, pattern by pattern. Linear in the body for each literal, which the sweep of a run is only where
//! needles are rare; also what there is to do where a needle was found, or the sieve let a body through.

use crate::engines::Engines;
use crate::expression::Expression;
use crate::pace::Pace;
use crate::rest::Group;
use crate::{Interrupted, Match, narrow};
use regex_automata::Input;
use regex_automata::meta::Cache;
use regex_automata::util::iter::Searcher;

/// A body, and which record's it is.
#[derive(Clone, Copy)]
pub(crate) struct Body<'a> {
    pub(crate) record: u32,
    pub(crate) bytes: &'a [u8],
}

impl Body<'_> {
    pub(crate) fn found(self, pattern: u32, start: usize, end: usize) -> Match {
        Match { record: self.record, pattern, start: narrow(start), end: narrow(end) }
    }

    /// The expression's first match.
    pub(crate) fn first_of(self, expression: &Expression, cache: &mut Cache) -> Option<Match> {
        let found = expression.regex.search_with(cache, &Input::new(self.bytes))?;
        Some(self.found(expression.pattern, found.start(), found.end()))
    }

    /// A match of any expression of a group.
    pub(crate) fn first_of_group(
        self,
        engines: &Engines,
        group: &Group,
        caches: &mut [Cache],
        many: Option<&mut Cache>,
    ) -> Option<Match> {
        if let (Some(regex), Some(cache)) = (&group.many, many) {
            let found = regex.search_with(cache, &Input::new(self.bytes))?;
            let pattern = engines.expressions[group.members[found.pattern().as_usize()]].pattern;
            return Some(self.found(pattern, found.start(), found.end()));
        }
        group.members.iter().find_map(|index| self.first_of(&engines.expressions[*index], &mut caches[*index]))
    }

    /// All matches of the expression but the empty ones.
    pub(crate) fn all_of(
        self,
        expression: &Expression,
        cache: &mut Cache,
        pace: &mut Pace<'_>,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        pace.spend(self.bytes.len())?;
        let mut searcher = Searcher::new(Input::new(self.bytes));
        while let Some(found) = searcher.advance(|input| Ok(expression.regex.search_with(cache, input))) {
            // A match may be known only at the body's end, however short it is.
            pace.spend(self.bytes.len() - found.start())?;
            if !found.is_empty() {
                matches.push(self.found(expression.pattern, found.start(), found.end()));
            }
        }
        Ok(())
    }
}

/// A match of any pattern that has needles.
pub(crate) fn first(
    engines: &Engines,
    body: Body<'_>,
    caches: &mut [Cache],
    pace: &mut Pace<'_>,
) -> Result<Option<Match>, Interrupted> {
    for literal in &engines.literals {
        pace.spend(body.bytes.len())?;
        if let Some(start) = literal.finder.find(body.bytes) {
            return Ok(Some(body.found(literal.pattern, start, start + literal.finder.needle().len())));
        }
    }
    for index in &engines.hunted {
        pace.spend(body.bytes.len())?;
        if let Some(found) = body.first_of(&engines.expressions[*index], &mut caches[*index]) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// All matches of the patterns that have needles.
pub(crate) fn all(
    engines: &Engines,
    body: Body<'_>,
    caches: &mut [Cache],
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    for literal in &engines.literals {
        pace.spend(body.bytes.len())?;
        for start in literal.finder.find_iter(body.bytes) {
            matches.push(body.found(literal.pattern, start, start + literal.finder.needle().len()));
        }
    }
    engines
        .hunted
        .iter()
        .try_for_each(|index| body.all_of(&engines.expressions[*index], &mut caches[*index], pace, matches))
}
