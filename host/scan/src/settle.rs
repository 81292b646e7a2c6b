//! One body, pattern by pattern. Linear in the body for each literal, which the sweep of a run is only where
//! needles are rare; also what there is to do where a needle was found, or the sieve let a body through.

use crate::caches::Caches;
use crate::engines::Engines;
use crate::pace::Pace;
use crate::scratch::Work;
use crate::{Interrupted, Match, narrow};
use regex_automata::util::iter::Searcher;
use regex_automata::{Input, MatchError};

/// How many bytes could be searched in the time that it takes to begin anew behind a match.
const MATCH: usize = 16;

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

    /// The first match of the expression with this index.
    pub(crate) fn first_of(
        self,
        engines: &Engines,
        index: usize,
        caches: &mut Caches,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        let expression = &engines.expressions[index];
        let found = caches.find(index, &expression.machine, &Input::new(self.bytes), pace)?;
        Ok(found.map(|found| self.found(expression.pattern, found.start(), found.end())))
    }

    /// A match of any expression of the group with this index.
    pub(crate) fn first_of_group(
        self,
        engines: &Engines,
        group: usize,
        caches: &mut Caches,
        pace: &mut Pace<'_>,
    ) -> Result<Option<Match>, Interrupted> {
        let number = engines.expressions.len() + group;
        let group = &engines.rest[group];
        if let Some(machine) = &group.many {
            let found = caches.find(number, machine, &Input::new(self.bytes), pace)?;
            return Ok(found.map(|found| {
                let expression = &engines.expressions[group.members[found.pattern().as_usize()]];
                self.found(expression.pattern, found.start(), found.end())
            }));
        }
        for index in &group.members {
            let found = self.first_of(engines, *index, caches, pace)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// All matches of the expression with this index but the empty ones.
    pub(crate) fn all_of(
        self,
        engines: &Engines,
        index: usize,
        work: &mut Work,
        pace: &mut Pace<'_>,
        matches: &mut Vec<Match>,
    ) -> Result<(), Interrupted> {
        let expression = &engines.expressions[index];
        let mut searcher = Searcher::new(Input::new(self.bytes));
        loop {
            let find = |input: &Input<'_>| {
                let found = work.caches.find(index, &expression.machine, input, pace);
                found.map_err(|Interrupted| MatchError::gave_up(input.start()))
            };
            let Some(found) = searcher.try_advance(find).map_err(|_| Interrupted)? else { return Ok(()) };
            pace.spend(MATCH)?;
            if !found.is_empty() {
                matches.push(self.found(expression.pattern, found.start(), found.end()));
                work.hold_down(matches)?;
            }
        }
    }
}

/// A match of any pattern that has needles.
pub(crate) fn first(
    engines: &Engines,
    body: Body<'_>,
    caches: &mut Caches,
    pace: &mut Pace<'_>,
) -> Result<Option<Match>, Interrupted> {
    for literal in &engines.literals {
        pace.spend(body.bytes.len())?;
        if let Some(start) = literal.finder.find(body.bytes) {
            return Ok(Some(body.found(literal.pattern, start, start + literal.finder.needle().len())));
        }
    }
    for index in &engines.hunted {
        let found = body.first_of(engines, *index, caches, pace)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// All matches of the patterns that have needles.
pub(crate) fn all(
    engines: &Engines,
    body: Body<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    for literal in &engines.literals {
        pace.spend(body.bytes.len())?;
        for start in literal.finder.find_iter(body.bytes) {
            pace.spend(MATCH)?;
            matches.push(body.found(literal.pattern, start, start + literal.finder.needle().len()));
            work.hold_down(matches)?;
        }
    }
    engines.hunted.iter().try_for_each(|index| body.all_of(engines, *index, work, pace, matches))
}
