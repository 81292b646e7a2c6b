//! A set's patterns, compiled: what each part of the search works with.

use crate::caches::{Caches, Need};
use crate::expression::{Expression, lazy_bytes};
use crate::hunt::{Hunt, Needle, Owner};
use crate::needles::{self, Needles, Place};
use crate::rest::{self, Group, Member};
use crate::{
    MAX_LITERAL_BYTES, MAX_PATTERN_BYTES, MAX_PATTERNS, Pattern, PatternError, PatternProblem, Report, narrow,
};
use logagent_secrets::{Finder, Kind};
use memchr::memmem;
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug)]
pub(crate) struct Literal {
    pub(crate) pattern: u32,
    pub(crate) finder: memmem::Finder<'static>,
}

pub(crate) struct Engines {
    /// Tells one set's caches from another's.
    pub(crate) id: u64,
    /// How many patterns the set has.
    pub(crate) patterns: usize,
    pub(crate) literals: Vec<Literal>,
    pub(crate) expressions: Vec<Expression>,
    pub(crate) hunt: Option<Hunt>,
    /// The expressions with needles, by index, and those without.
    pub(crate) hunted: Vec<usize>,
    pub(crate) rest: Vec<Group>,
    pub(crate) secrets: Option<Finder>,
    pub(crate) kinds: BTreeMap<Kind, u32>,
}

impl Engines {
    pub(crate) fn new(patterns: &[Pattern], report: Report) -> Result<Self, Vec<PatternError>> {
        let parts = Parts::new(patterns)?;
        let (hunted, rest): (Vec<usize>, Vec<usize>) =
            (0..parts.expressions.len()).partition(|index| parts.needles[*index].is_some());
        let member = |index: usize| {
            let states = parts.expressions[index].machine.states();
            Member { index, hir: &parts.hirs[index], states }
        };
        let rest: Vec<Member<'_>> = rest.into_iter().map(member).collect();
        let kinds: Vec<Kind> = parts.kinds.keys().copied().collect();
        Ok(Self {
            id: next_id(),
            patterns: patterns.len(),
            hunt: Hunt::new(all_needles(&parts, report)),
            literals: parts.literals,
            expressions: parts.expressions,
            hunted,
            rest: rest::groups(&rest, parts.compiled, report),
            secrets: (!kinds.is_empty()).then(|| Finder::new(&kinds)),
            kinds: parts.kinds,
        })
    }
}

impl Engines {
    /// Those of the expressions, then those of the groups.
    pub(crate) fn create_caches(&self) -> Caches {
        Caches::new(self.expressions.len() + self.rest.len(), self.cache_need())
    }

    pub(crate) fn cache_need(&self) -> Need {
        let groups = self.rest.iter().filter_map(|group| group.many.as_ref());
        Need::of(self.expressions.iter().map(|expression| &expression.machine).chain(groups))
    }

    /// What all of it takes.
    pub(crate) fn bytes(&self) -> usize {
        let literals: usize = self.literals.iter().map(|it| size_of::<Literal>() + it.finder.needle().len()).sum();
        let machines: usize = self.expressions.iter().map(|it| size_of::<Expression>() + it.machine.all_bytes()).sum();
        let groups: usize = self.rest.iter().map(Group::bytes).sum();
        literals + machines + groups + self.hunt.as_ref().map_or(0, Hunt::bytes)
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The patterns by what they are.
#[derive(Default)]
struct Parts {
    literals: Vec<Literal>,
    expressions: Vec<Expression>,
    /// For each expression, its parts, and what is to be looked for.
    hirs: Vec<Hir>,
    needles: Vec<Option<Needles>>,
    kinds: BTreeMap<Kind, u32>,
    compiled: usize,
    lazy_bytes: usize,
}

impl Parts {
    fn new(patterns: &[Pattern]) -> Result<Self, Vec<PatternError>> {
        check_sums(patterns)?;
        let expressions = patterns.iter().filter(|pattern| matches!(pattern, Pattern::Regex(_))).count();
        let mut parts = Self { lazy_bytes: lazy_bytes(expressions), ..Self::default() };
        let mut errors = Vec::new();
        let mut known = HashSet::new();
        for (index, pattern) in patterns.iter().enumerate() {
            if let Err(reason) = parts.add(narrow(index), pattern, &mut known) {
                errors.push(PatternError { index, reason });
            }
        }
        if errors.is_empty() { Ok(parts) } else { Err(errors) }
    }

    /// A pattern that is there already finds nothing that the first doesn't.
    fn add<'a>(
        &mut self,
        index: u32,
        pattern: &'a Pattern,
        known: &mut HashSet<&'a [u8]>,
    ) -> Result<(), PatternProblem> {
        match pattern {
            Pattern::Literal(bytes) if bytes.is_empty() => return Err(PatternProblem::EmptyLiteral),
            Pattern::Literal(bytes) => {
                check_length(bytes.len())?;
                if known.insert(bytes) {
                    self.literals.push(Literal { pattern: index, finder: memmem::Finder::new(bytes).into_owned() });
                }
            }
            Pattern::Regex(text) => {
                check_length(text.len())?;
                self.add_expression(index, text)?;
            }
            Pattern::Kind(kind) => {
                self.kinds.entry(*kind).or_insert(index);
            }
        }
        Ok(())
    }

    fn add_expression(&mut self, index: u32, text: &str) -> Result<(), PatternProblem> {
        let (expression, hir) = Expression::new(index, text, self.lazy_bytes, self.compiled)?;
        self.compiled += expression.machine.bytes();
        self.expressions.push(expression);
        self.needles.push(needles::of(&hir));
        self.hirs.push(hir);
        Ok(())
    }
}

/// What patterns may be together, before any is looked at.
fn check_sums(patterns: &[Pattern]) -> Result<(), Vec<PatternError>> {
    let wrong = |index, reason| Err(vec![PatternError { index, reason }]);
    if patterns.len() > MAX_PATTERNS {
        return wrong(MAX_PATTERNS, PatternProblem::TooMany { count: patterns.len(), limit: MAX_PATTERNS });
    }
    let limit = MAX_LITERAL_BYTES;
    let mut bytes = 0;
    let mut first_over = None;
    for (index, pattern) in patterns.iter().enumerate() {
        bytes += if let Pattern::Literal(literal) = pattern { literal.len() } else { 0 };
        first_over = first_over.or((bytes > limit).then_some(index));
    }
    first_over.map_or(Ok(()), |index| wrong(index, PatternProblem::LiteralsTooLong { bytes, limit }))
}

fn check_length(bytes: usize) -> Result<(), PatternProblem> {
    let limit = MAX_PATTERN_BYTES;
    if bytes > limit { Err(PatternProblem::TooLong { bytes, limit }) } else { Ok(()) }
}

fn all_needles(parts: &Parts, report: Report) -> Vec<Needle> {
    let literals = parts.literals.iter();
    let mut all: Vec<Needle> = literals
        .map(|literal| Needle { bytes: literal.finder.needle().to_vec(), owner: Owner::Pattern(literal.pattern) })
        .collect();
    for (index, (expression, needles)) in parts.expressions.iter().zip(&parts.needles).enumerate() {
        let Some(needles) = needles else { continue };
        let owner = match needles.place {
            Place::Whole if report == Report::First => Owner::Pattern(expression.pattern),
            Place::Whole | Place::Start => Owner::Start(index),
            Place::Inside => Owner::Inside(index),
        };
        all.extend(needles.literals.iter().map(|bytes| Needle { bytes: bytes.clone(), owner }));
    }
    all
}
