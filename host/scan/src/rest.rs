//! The expressions without needles, in groups that are sieved together.

use crate::Report;
use crate::expression;
use crate::sieve::{Answer, Sieve};
use regex_automata::meta::Regex;
use regex_syntax::hir::Hir;

/// What the sieves of a set may take together, about. One that comes out too large counts as the largest that may be,
/// since its making was waited for.
const SIEVES_BYTES: usize = 8 << 20;

#[derive(Debug)]
pub(crate) struct Group {
    /// The expressions, by index in the set's.
    pub(crate) members: Vec<usize>,
    pub(crate) sieve: Option<Sieve>,
    /// All of them in one, where that is of use.
    pub(crate) many: Option<Regex>,
}

impl Group {
    /// What is known of a body before the sieve.
    pub(crate) fn before(&self) -> Answer {
        if self.sieve.is_some() { Answer::Open } else { Answer::Unknown }
    }
}

/// One match of a record is enough for `First`: the fewer walks the better. `All` has to try each expression that may
/// match, and wants to know of each by itself.
pub(crate) fn groups(rest: &[(usize, &Hir)], report: Report) -> Vec<Group> {
    let mut budget = SIEVES_BYTES;
    let alone = |budget: &mut usize| rest.iter().map(|one| group(std::slice::from_ref(one), budget)).collect();
    match (report, rest.len()) {
        (_, 0) => vec![],
        (_, 1) | (Report::All, _) => alone(&mut budget),
        (Report::First, count) => {
            let together = group(rest, &mut budget);
            if together.sieve.is_some() || count > SIEVES_BYTES / Sieve::MAX_BYTES {
                vec![together]
            } else {
                alone(&mut budget)
            }
        }
    }
}

fn group(rest: &[(usize, &Hir)], budget: &mut usize) -> Group {
    let hirs: Vec<&Hir> = rest.iter().map(|(_, hir)| *hir).collect();
    let sieve = if *budget > 0 { Sieve::new(&hirs) } else { None };
    *budget = budget.saturating_sub(sieve.as_ref().map_or(Sieve::MAX_BYTES, Sieve::bytes));
    let many = (hirs.len() > 1).then(|| expression::compile(&hirs, expression::lazy_bytes(1)).ok()).flatten();
    Group { members: rest.iter().map(|(index, _)| *index).collect(), sieve, many }
}
