//! `Report::First`: one match of each record, whichever is come upon first; then on to the next body.

use crate::engines::Engines;
use crate::hunt::{Hunt, Lone, Owner};
use crate::pace::Pace;
use crate::scratch::Work;
use crate::settle::{self, Body};
use crate::sieve::Answer;
use crate::sweep::{Spot, Sweep};
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
        match hunt.lone() {
            Some(literal) => sweep_for(&literal, run, pace, matches)?,
            None => sweep(engines, hunt, run, work, pace, matches)?,
        }
    }
    for number in 0..engines.rest.len() {
        sift(engines, number, run, work, pace, mark, matches)?;
        matches[mark..].sort_unstable_by_key(|found| found.record);
    }
    Ok(())
}

/// The sweep for a literal alone, which is a match wherever it lies in a body.
fn sweep_for(
    literal: &Lone<'_>,
    run: &Run<'_>,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    let (mut cursor, mut from) = (run.cursor(), 0);
    while let Some(at) = literal.next(run.bytes(), from, pace)? {
        let Some(InRun { index, start, end }) = cursor.seek(at) else { break };
        if at < start {
            from = start;
            continue;
        }
        if at + literal.len() <= end {
            let [start, end] = [at - start, at - start + literal.len()].map(narrow);
            matches.push(Match { record: narrow(index), pattern: literal.pattern, start, end });
        }
        // One that passes the body's end has none behind it that doesn't.
        from = end;
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
    let mut sweep = Sweep::new(hunt, run);
    while let Some(spot) = sweep.next(pace)? {
        let mut found = look(engines, hunt, spot, work, pace)?;
        let is_hopeless = found.is_none() && sweep.is_hopeless(spot, engines);
        if is_hopeless {
            found = settle::first(engines, spot.body, &mut work.caches, pace)?;
        }
        if found.is_some() || is_hopeless {
            sweep.pass(spot);
        }
        if let Some(found) = found {
            matches.push(found);
        }
    }
    Ok(())
}

/// The match that comes with a needle around the key, if one does.
#[inline]
fn look(
    engines: &Engines,
    hunt: &Hunt,
    Spot { hit, body, at, .. }: Spot<'_>,
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
    let found = work.caches.find(index, &expression.machine, &input, pace)?;
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
    body.first_of(engines, index, &mut work.caches, pace)
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
    let Work { sieved, caches, .. } = work;
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
            Answer::Match(member) => body.first_of(engines, group.members[member], caches, pace)?,
            Answer::Unknown | Answer::Open => None,
            Answer::Skip | Answer::Nothing => continue,
        };
        if found.is_none() {
            found = body.first_of_group(engines, number, caches, pace)?;
        }
        matches.extend(found);
    }
    Ok(())
}
