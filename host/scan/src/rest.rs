//! The expressions without needles, in groups that are sieved together.

use crate::Report;
use crate::expression;
use crate::machine::Machine;
use crate::sieve::{Answer, Sieve};
use regex_syntax::hir::Hir;
use std::slice;

/// What the sieves of a set may take together, about. One that comes out too large counts as the largest that may be,
/// since its making was waited for.
const SIEVES_BYTES: usize = 8 << 20;

/// Where more states times expressions are to be sieved together, the sieve comes out too large as a rule, and it takes
/// seconds to see that: sixty states of each of a thousand expressions are about as many.
const SIEVED_STATES: usize = 64 << 20;

/// What places of matches may take where all expressions are searched for as one, and what two of them take: each
/// state keeps two for each expression.
const PLACES_BYTES: usize = 8 << 20;
const TWO_PLACES: usize = 16;

#[derive(Debug)]
pub(crate) struct Group {
    /// The expressions, by index in the set's.
    pub(crate) members: Vec<usize>,
    pub(crate) sieve: Option<Sieve>,
    /// All of them in one, where that is of use.
    pub(crate) many: Option<Machine>,
}

impl Group {
    pub(crate) fn bytes(&self) -> usize {
        self.sieve.as_ref().map_or(0, Sieve::bytes) + self.many.as_ref().map_or(0, Machine::all_bytes)
    }

    /// What is known of a body before the sieve.
    pub(crate) fn before(&self) -> Answer {
        if self.sieve.is_some() { Answer::Open } else { Answer::Unknown }
    }
}

/// An expression without needles.
pub(crate) struct Member<'a> {
    /// Its index in the set's expressions.
    pub(crate) index: usize,
    pub(crate) hir: &'a Hir,
    /// How many states it has.
    pub(crate) states: usize,
}

/// One match of a record is enough for `First`: the fewer walks the better. `All` has to try each expression that may
/// match, and wants to know of each by itself. The expressions took `compiled` bytes one by one.
pub(crate) fn groups(rest: &[Member<'_>], compiled: usize, report: Report) -> Vec<Group> {
    let mut budget = SIEVES_BYTES;
    let alone = |budget: &mut usize| rest.iter().map(|one| group(slice::from_ref(one), compiled, budget)).collect();
    match (report, rest.len()) {
        (_, 0) => vec![],
        (_, 1) | (Report::All, _) => alone(&mut budget),
        (Report::First, count) => {
            let together = group(rest, compiled, &mut budget);
            if together.sieve.is_some() || count > SIEVES_BYTES / Sieve::MAX_BYTES {
                vec![together]
            } else {
                alone(&mut budget)
            }
        }
    }
}

fn group(rest: &[Member<'_>], compiled: usize, budget: &mut usize) -> Group {
    let hirs: Vec<&Hir> = rest.iter().map(|member| member.hir).collect();
    let may_fit = rest.len() == 1 || states(rest) * rest.len() <= SIEVED_STATES;
    let sieve = if may_fit && *budget > 0 { Sieve::new(&hirs) } else { None };
    *budget = budget.saturating_sub(sieve.as_ref().map_or(Sieve::MAX_BYTES, Sieve::bytes));
    let is_small = rest.len() > 1 && states(rest) * rest.len() * TWO_PLACES < PLACES_BYTES;
    let many = if is_small { Machine::new(&hirs, expression::lazy_bytes(1), compiled).ok() } else { None };
    Group { members: rest.iter().map(|member| member.index).collect(), sieve, many }
}

fn states(members: &[Member<'_>]) -> usize {
    members.iter().map(|member| member.states).sum()
}
