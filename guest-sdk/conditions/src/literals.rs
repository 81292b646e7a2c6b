//! The conditions' literals, which the host searches for: a sweep for each condition where they are few, else one for
//! all of them.

use std::collections::BTreeMap;

use logagent_sdk::scan::{Escapes, Pattern, PatternError, Report, Set};
use logagent_sdk::{Batch, ConfigError, ConfigErrors};

use crate::conditions::{Answer, Part};
use crate::config::Checked;

/// Up to so many conditions, a sweep for each is faster than one for all: that one has to report every match, not one a
/// record (`cargo bench -p logagent-conditions`).
pub(crate) const APART: usize = 4;

#[derive(Debug, Default)]
pub(crate) struct Literals(Vec<Group>);

/// Literals that are searched for together.
#[derive(Debug)]
struct Group {
    set: Set,
    owners: Owners,
}

/// The conditions that a match is one of.
#[derive(Debug)]
enum Owners {
    /// The same for all literals.
    One(usize),
    /// By literal.
    Each(Vec<Vec<usize>>),
}

/// A literal, with the key of its first place.
struct Literal {
    bytes: String,
    key: String,
    owners: Vec<usize>,
}

impl Literals {
    pub(crate) fn new(conditions: &[Checked]) -> Result<Self, ConfigErrors> {
        let with_some = || conditions.iter().enumerate().filter(|(_, condition)| !condition.contains.is_empty());
        if with_some().count() > APART {
            return Ok(Self(vec![Group::of_all(&distinct(with_some()))?]));
        }
        let (mut groups, mut errors) = (Vec::new(), ConfigErrors::default());
        for condition in with_some() {
            match Group::of_one(condition.0, &distinct([condition])) {
                Ok(group) => groups.push(group),
                Err(problems) => problems.into_iter().for_each(|problem| errors.push(problem)),
            }
        }
        errors.or_ok(Self(groups))
    }

    pub(crate) fn mark(&self, batch: &Batch<'_>, answers: &mut [Answer]) {
        for Group { set, owners } in &self.0 {
            let matches = set.matches(batch);
            match owners {
                Owners::One(condition) => {
                    answers[*condition].mark_all(Part::Contains, matches.iter().map(|found| found.record));
                }
                Owners::Each(owners) => matches.iter().for_each(|found| {
                    owners[found.pattern].iter().for_each(|&owner| answers[owner].mark(Part::Contains, found.record));
                }),
            }
        }
    }
}

impl Group {
    /// One match a record says all: the literals are one condition's.
    fn of_one(condition: usize, literals: &[Literal]) -> Result<Self, ConfigErrors> {
        Ok(Self { set: set(literals, Report::First)?, owners: Owners::One(condition) })
    }

    fn of_all(literals: &[Literal]) -> Result<Self, ConfigErrors> {
        Ok(Self { set: set(literals, Report::All)?, owners: Owners::Each(with_those_within(literals)) })
    }
}

fn set(literals: &[Literal], report: Report) -> Result<Set, ConfigErrors> {
    let patterns: Vec<_> = literals.iter().map(|literal| Pattern::Literal(literal.bytes.as_bytes())).collect();
    let refused =
        |error: PatternError| ConfigError::new(&literals[error.index].key, error.reason, "fewer or shorter literals");
    let set = Set::new(&patterns, report, Escapes::Raw);
    set.map_err(|errors| errors.into_iter().map(refused).collect::<Vec<_>>().into())
}

/// Each literal once. Empty ones were complained of already.
fn distinct<'c>(conditions: impl IntoIterator<Item = (usize, &'c Checked)>) -> Vec<Literal> {
    let (mut literals, mut places) = (Vec::<Literal>::new(), BTreeMap::<&str, usize>::new());
    for (condition, checked) in conditions {
        for (index, text) in checked.contains.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let at = *places.entry(text).or_insert_with(|| {
                let key = checked.key.below(&format!("contains[{index}]"));
                literals.push(Literal { bytes: text.clone(), key, owners: Vec::new() });
                literals.len() - 1
            });
            literals[at].owners.push(condition);
            literals[at].owners.dedup();
        }
    }
    literals
}

/// The host leaves out a match that lies within another: the longer literal's match stands for the shorter ones in it.
fn with_those_within(literals: &[Literal]) -> Vec<Vec<usize>> {
    let owners = |outer: &Literal| {
        let within = literals.iter().filter(|inner| outer.bytes.contains(&inner.bytes));
        let mut owners: Vec<usize> = within.flat_map(|inner| inner.owners.iter().copied()).collect();
        owners.sort_unstable();
        owners.dedup();
        owners
    };
    literals.iter().map(owners).collect()
}
