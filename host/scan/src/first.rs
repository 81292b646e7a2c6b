//! `Report::First`: one match of each record, whichever is come upon first; then on to the next body.

use crate::engines::Engines;
use crate::hunt::{Hit, Hunt, Owner};
use crate::pace::Pace;
use crate::scratch::Work;
use crate::settle::{self, Body};
use crate::sieve::Answer;
use crate::{Interrupted, Match, narrow};
use logagent_record::{InRun, Run};
use regex_automata::{Anchored, Input};

/// So often in a body, an expression is tried just where its needle is; then the whole body is searched, lest
/// a body full of needles be read to its end for each.
const TRIES: u32 = 8;

pub(crate) fn search(
    engines: &Engines,
    run: &Run<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    let mark = matches.len();
    if let Some(hunt) = &engines.hunt {
        sweep(engines, hunt, run, work, pace, matches)?;
    }
    for number in 0..engines.rest.len() {
        sift(engines, number, run, work, pace, mark, matches)?;
        matches[mark..].sort_unstable_by_key(|found| found.record);
    }
    Ok(())
}

fn sweep(
    engines: &Engines,
    hunt: &Hunt,
    run: &Run<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    let bytes = run.bytes();
    let mut cursor = run.cursor();
    let mut from = 0;
    let mut vain = Vain::default();
    while let Some(hit) = hunt.next(bytes, from, pace)? {
        let Some(InRun { index, start, end }) = cursor.seek(hit.at) else { break };
        from = start;
        if hit.at < start {
            continue;
        }
        let body = Body { record: narrow(index), bytes: &bytes[start..end] };
        let mut found = look(engines, hunt, (hit, hit.at - start), body, work, pace)?;
        let hopeless = found.is_none() && vain.counts(hunt.price(hit), body, engines);
        if hopeless {
            found = settle::first(engines, body, &mut work.caches, pace)?;
        }
        from = if found.is_some() || hopeless { end } else { hit.at + 1 };
        matches.extend(found);
    }
    Ok(())
}

/// The match that comes with a needle around the key at `at`, if one does.
fn look(
    engines: &Engines,
    hunt: &Hunt,
    (hit, at): (Hit, usize),
    body: Body<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
) -> Result<Option<Match>, Interrupted> {
    for (start, needle) in hunt.needles_at(body.bytes, at, hit) {
        let found = match needle.owner {
            Owner::Pattern(pattern) => Some(body.found(pattern, start, start + needle.bytes.len())),
            Owner::Start(index) => try_at(engines, index, start, body, work, pace)?,
            Owner::Inside(index) => try_whole(engines, index, 0, body, work, pace)?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn try_at(
    engines: &Engines,
    index: usize,
    at: usize,
    body: Body<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
) -> Result<Option<Match>, Interrupted> {
    let expression = &engines.expressions[index];
    let tries = work.seen[expression.pattern as usize].in_record(body.record);
    if *tries >= TRIES {
        return try_whole(engines, index, TRIES, body, work, pace);
    }
    *tries += 1;
    let input = Input::new(body.bytes).range(at..).anchored(Anchored::Yes);
    let found = expression.machine.find(&mut work.caches[index], &input, pace)?;
    Ok(found.map(|found| body.found(expression.pattern, found.start(), found.end())))
}

/// Once for each record, when the expression was tried `tries` times.
fn try_whole(
    engines: &Engines,
    index: usize,
    tries: u32,
    body: Body<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
) -> Result<Option<Match>, Interrupted> {
    let expression = &engines.expressions[index];
    let reach = work.seen[expression.pattern as usize].in_record(body.record);
    if *reach > tries {
        return Ok(None);
    }
    *reach = tries + 1;
    body.first_of(expression, &mut work.caches[index], pace)
}

/// A group of expressions without needles, over the bodies that nothing was found in yet.
fn sift(
    engines: &Engines,
    number: usize,
    run: &Run<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    mark: usize,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    let group = &engines.rest[number];
    let first = run.bodies().next().map_or(0, |body| body.index);
    let Work { sieved, caches, many, .. } = work;
    sieved.clear();
    sieved.resize(run.count(), group.before());
    for found in &matches[mark..] {
        sieved[found.record as usize - first] = Answer::Skip;
    }
    if let Some(sieve) = &group.sieve {
        sieve.sift(run, sieved, pace)?;
    }
    for (InRun { index, start, end }, answer) in run.bodies().zip(sieved) {
        let body = Body { record: narrow(index), bytes: &run.bytes()[start..end] };
        let mut found = match *answer {
            Answer::Match(member) => {
                let index = group.members[member];
                body.first_of(&engines.expressions[index], &mut caches[index], pace)?
            }
            Answer::Unknown | Answer::Open => None,
            Answer::Skip | Answer::Nothing => continue,
        };
        if found.is_none() {
            found = body.first_of_group(engines, group, caches, many[number].as_mut(), pace)?;
        }
        matches.extend(found);
    }
    Ok(())
}

/// The keys of a record that were found without a match.
#[derive(Default)]
pub(crate) struct Vain {
    record: u32,
    price: usize,
}

impl Vain {
    /// Whether so many, that the patterns had better be searched for one by one.
    pub(crate) fn counts(&mut self, price: u32, body: Body<'_>, engines: &Engines) -> bool {
        /// A body has so many free; and each pattern is worth as many bytes as are searched in the time of one vain key.
        const FREE: usize = 32;
        const BYTES: usize = 256;
        if self.record != body.record {
            *self = Self { record: body.record, price: 0 };
        }
        self.price += price as usize;
        let patterns = engines.literals.len() + engines.hunted.len();
        self.price > FREE + body.bytes.len() * patterns / BYTES
    }
}
