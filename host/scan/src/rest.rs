//! The expressions without needles, in groups that are sieved together.

use crate::Report;
use crate::expression;
use crate::machine::Machine;
use crate::sieve::{Answer, Sieve};
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
    pub(crate) many: Option<Machine>,
}

impl Group {
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

/// What the groups of a set may take yet, about, in bytes.
struct Left {
    sieves: usize,
    compiled: usize,
}

/// One match of a record is enough for `First`: the fewer walks the better. `All` has to try each expression that may
/// match, and wants to know of each by itself. `compiled` is what expressions in one may take.
pub(crate) fn groups(rest: &[Member<'_>], compiled: usize, report: Report) -> Vec<Group> {
    let mut left = Left { sieves: SIEVES_BYTES, compiled };
    let alone = |left: &mut Left| rest.iter().map(|one| group(std::slice::from_ref(one), left)).collect();
    match (report, rest.len()) {
        (_, 0) => vec![],
        (_, 1) | (Report::All, _) => alone(&mut left),
        (Report::First, count) => {
            let together = group(rest, &mut left);
            if together.sieve.is_some() || count > SIEVES_BYTES / Sieve::MAX_BYTES {
                vec![together]
            } else {
                alone(&mut left)
            }
        }
    }
}

fn group(rest: &[Member<'_>], left: &mut Left) -> Group {
    let hirs: Vec<&Hir> = rest.iter().map(|member| member.hir).collect();
    let sieve = if left.sieves > 0 { Sieve::new(&hirs) } else { None };
    left.sieves = left.sieves.saturating_sub(sieve.as_ref().map_or(Sieve::MAX_BYTES, Sieve::bytes));
    let many = if is_worth_one(rest) { Machine::new(&hirs, expression::lazy_bytes(1)).ok() } else { None };
    let many = many.filter(|machine| machine.bytes() <= left.compiled);
    Group { members: rest.iter().map(|member| member.index).collect(), sieve, many }
}

/// Whether the expressions may be searched for as one: each state then keeps two places for each of them.
fn is_worth_one(rest: &[Member<'_>]) -> bool {
    const PLACES_BYTES: usize = 8 << 20;
    const TWO_PLACES: usize = 16;
    let states: usize = rest.iter().map(|member| member.states).sum();
    rest.len() > 1 && states * rest.len() * TWO_PLACES < PLACES_BYTES
}
