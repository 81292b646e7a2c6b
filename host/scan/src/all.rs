//! `Report::All`: every match of every pattern, but those that lie within another.

use crate::engines::Engines;
use crate::hunt::{Hunt, Needle, Owner};
use crate::pace::Pace;
use crate::rest::Group;
use crate::scratch::Work;
use crate::settle::{self, Body};
use crate::sieve::Answer;
use crate::sweep::Sweep;
use crate::{Interrupted, Match, narrow};
use logagent_record::{InRun, Run};
use std::cmp::Reverse;

pub(crate) fn search(
    engines: &Engines,
    run: &Run<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    if let Some(hunt) = &engines.hunt {
        sweep(engines, hunt, run, work, pace, matches)?;
    }
    engines.rest.iter().try_for_each(|group| sift(engines, group, run, work, pace, matches))
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
        let body = spot.body;
        let mut in_vain = true;
        for (at, needle) in hunt.needles_at(body.bytes, spot.at, spot.hit) {
            in_vain = false;
            take(engines, needle, at, body, work, pace, matches)?;
        }
        if in_vain && sweep.is_hopeless(spot, engines) {
            matches.truncate(matches.iter().rposition(|found| found.record != body.record).map_or(0, |last| last + 1));
            settle::all(engines, body, work, pace, matches)?;
            sweep.pass(spot);
        }
        work.hold_down(matches)?;
    }
    Ok(())
}

/// What follows from a needle at `at`.
fn take(
    engines: &Engines,
    needle: &Needle,
    at: usize,
    body: Body<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    match needle.owner {
        Owner::Pattern(pattern) => {
            let reach = work.seen[pattern as usize].in_record(body.record);
            if narrow(at) >= *reach {
                let found = body.found(pattern, at, at + needle.bytes.len());
                *reach = found.end;
                matches.push(found);
            }
            Ok(())
        }
        Owner::Start(index) | Owner::Inside(index) => {
            let pattern = engines.expressions[index].pattern;
            let reach = work.seen[pattern as usize].in_record(body.record);
            if *reach > 0 {
                return Ok(());
            }
            *reach = 1;
            body.all_of(engines, index, work, pace, matches)
        }
    }
}

/// A group of expressions without needles.
fn sift(
    engines: &Engines,
    group: &Group,
    run: &Run<'_>,
    work: &mut Work,
    pace: &mut Pace<'_>,
    matches: &mut Vec<Match>,
) -> Result<(), Interrupted> {
    work.sieved.clear();
    work.sieved.resize(run.count(), group.before());
    if let Some(sieve) = &group.sieve {
        sieve.sift(run, &mut work.sieved, pace)?;
    }
    for (number, InRun { index, start, end }) in run.bodies().enumerate() {
        let body = Body { record: narrow(index), bytes: &run.bytes()[start..end] };
        if matches!(work.sieved[number], Answer::Skip | Answer::Nothing) {
            continue;
        }
        for index in &group.members {
            body.all_of(engines, *index, work, pace, matches)?;
        }
    }
    Ok(())
}

/// In order, without those that lie within another.
pub(crate) fn tidy(matches: &mut Vec<Match>) {
    // As they are found where there are secrets only, and most are apart.
    if matches.is_sorted_by(|one, next| (one.record, one.end) < (next.record, next.start)) {
        return;
    }
    matches.sort_unstable_by_key(|found| (found.record, found.start, Reverse(found.end), found.pattern));
    let mut reach = (u32::MAX, 0);
    matches.retain(|found| {
        let lies_within = found.record == reach.0 && found.end <= reach.1;
        if !lies_within {
            reach = (found.record, found.end);
        }
        !lies_within
    });
}
