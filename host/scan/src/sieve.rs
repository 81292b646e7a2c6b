//! Patterns without needles: one table-driven automaton that says of each body whether any of them matches, and
//! which. A table's answer is waited for at each byte, so several bodies are walked side by side. Says nothing of where
//! the match lies.

mod table;

use crate::Interrupted;
use crate::pace::Pace;
use logagent_record::{InRun, Run};
use regex_syntax::hir::Hir;
use std::array;
use table::Table;

/// How many bodies are walked at once: with fewer the table is waited for, with more the registers run out.
const WALKERS: usize = 6;

/// After so many steps it is looked where the walkers stand.
const STEPS: usize = 64;

/// What is known of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Not asked yet.
    Open,
    /// Not to be asked.
    Skip,
    /// None of the patterns is there.
    Nothing,
    /// The pattern with this index may well be there; others may be.
    Match(usize),
    /// Each pattern has to be tried: the automaton has come upon bytes that it doesn't know, or there is none.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Sieve {
    table: Table,
}

/// A body on its way through the table.
#[derive(Clone, Copy)]
struct Walker<'a> {
    /// The body's number in the run.
    number: usize,
    rest: &'a [u8],
    state: u32,
}

impl Sieve {
    /// What one takes at most, about: its table should stay in the second-level cache, and its making is waited for.
    pub(crate) const MAX_BYTES: usize = 1 << 20;

    /// None where the automaton would be too large: then a lazily built one serves better.
    pub(crate) fn new(hirs: &[&Hir]) -> Option<Self> {
        Some(Self { table: Table::new(hirs)? })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// Answers for the bodies of a run that are `Open`.
    pub(crate) fn sift(&self, run: &Run<'_>, answers: &mut [Answer], pace: &mut Pace<'_>) -> Result<(), Interrupted> {
        let bytes = run.bytes();
        let mut bodies = run.bodies().enumerate();
        let mut next = |answers: &[Answer]| {
            let (number, InRun { start, end, .. }) = bodies.find(|(number, _)| answers[*number] == Answer::Open)?;
            Some(Walker { number, rest: &bytes[start..end], state: self.table.start() })
        };
        let mut walkers: [Option<Walker<'_>>; WALKERS] = array::from_fn(|_| next(answers));
        if let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f)] = walkers {
            let full = [a, b, c, d, e, f];
            walkers = self.walk_abreast(full, answers, &mut next, pace)?.map(Some);
        }
        for walker in walkers.into_iter().flatten() {
            answers[walker.number] = self.walk_alone(walker, pace)?;
        }
        Ok(())
    }

    /// Until there is no body more to take the place of one that is done with. Of what is returned, that one has
    /// its answer already, and is at its end.
    fn walk_abreast<'a>(
        &self,
        mut walkers: [Walker<'a>; WALKERS],
        answers: &mut [Answer],
        next: &mut dyn FnMut(&[Answer]) -> Option<Walker<'a>>,
        pace: &mut Pace<'_>,
    ) -> Result<[Walker<'a>; WALKERS], Interrupted> {
        loop {
            let steps = walkers.iter().map(|walker| walker.rest.len()).min().unwrap_or(0).min(STEPS);
            self.step_all(&mut walkers, steps);
            for at in 0..WALKERS {
                while walkers[at].rest.is_empty() || self.table.is_end(walkers[at].state) {
                    answers[walkers[at].number] = self.table.answer(walkers[at].state);
                    let Some(walker) = next(answers) else { return Ok(walkers) };
                    pace.spend(walker.rest.len())?;
                    walkers[at] = walker;
                }
            }
        }
    }

    #[inline]
    fn step_all(&self, walkers: &mut [Walker<'_>; WALKERS], steps: usize) {
        let bytes = walkers.map(|walker| &walker.rest[..steps]);
        let mut states = walkers.map(|walker| walker.state);
        for step in 0..steps {
            for (state, bytes) in states.iter_mut().zip(&bytes) {
                *state = self.table.step(*state, bytes[step]);
            }
        }
        for (walker, state) in walkers.iter_mut().zip(states) {
            walker.state = state;
            walker.rest = &walker.rest[steps..];
        }
    }

    fn walk_alone(&self, mut walker: Walker<'_>, pace: &mut Pace<'_>) -> Result<Answer, Interrupted> {
        for bytes in walker.rest.chunks(STEPS) {
            pace.spend(bytes.len())?;
            walker.state = bytes.iter().fold(walker.state, |state, byte| self.table.step(state, *byte));
            if self.table.is_end(walker.state) {
                break;
            }
        }
        Ok(self.table.answer(walker.state))
    }
}
