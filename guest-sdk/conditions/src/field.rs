//! The conditions' parts on fields: what values are compared with, and the one walk over a batch that serves all.

use logagent_sdk::{Batch, ConfigError, ConfigErrors};

use crate::conditions::{Answer, Part};
use crate::config::Checked;
use crate::names::Names;
use crate::scalar::{Found, Number, Scalar};
use crate::severity::Severities;

/// What a value is compared with.
#[derive(Debug)]
pub(crate) enum Test {
    OneOf(Choice),
    /// OpenTelemetry's number of the severity that no longer matches.
    Below(u8),
}

/// The tests of one name, by kind: each with its condition.
#[derive(Debug, Default)]
struct Tests {
    one_of: Vec<(usize, Choice)>,
    below: Vec<(usize, u8)>,
}

/// Values by kind; the texts are sorted.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    texts: Vec<Box<[u8]>>,
    numbers: Vec<Number>,
    bools: [bool; 2],
}

impl Choice {
    pub(crate) fn new(scalars: Vec<Scalar>) -> Self {
        let mut choice = Self::default();
        for scalar in scalars {
            match scalar {
                Scalar::Text(text) => choice.texts.push(text.into_bytes().into()),
                Scalar::Number(number) => choice.numbers.push(number),
                Scalar::Bool(truth) => choice.bools[usize::from(truth)] = true,
            }
        }
        choice.texts.sort_unstable();
        choice
    }

    fn has(&self, found: &Found<'_>) -> bool {
        match found {
            Found::Text(text) => self.texts.binary_search_by(|known| (**known).cmp(text)).is_ok(),
            Found::Number(number) => self.numbers.contains(number),
            Found::Bool(truth) => self.bools[usize::from(*truth)],
            Found::Other => false,
        }
    }
}

/// The tests of all conditions, by the name that they look at: each value is looked up once.
#[derive(Debug)]
pub(crate) struct Fields {
    names: Names,
    tests: Vec<Tests>,
    severities: Severities,
}

impl Fields {
    /// `None` where no condition looks at a field.
    pub(crate) fn new(conditions: &mut [Checked]) -> Result<Option<Self>, ConfigErrors> {
        let mut names: Vec<(String, String)> = Vec::new();
        let mut tests: Vec<Tests> = Vec::new();
        for (index, condition) in conditions.iter_mut().enumerate() {
            let Some((name, test)) = condition.field.take() else { continue };
            let at = names.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
                names.push((name, condition.key.below("field.name")));
                tests.push(Tests::default());
                tests.len() - 1
            });
            tests[at].add(index, test);
        }
        if names.is_empty() {
            return Ok(None);
        }
        let compiled = Names::new(names.iter().map(|(name, _)| name.as_str()));
        let refused = |error: logagent_sdk::fields::PathError| {
            ConfigError::new(&names[error.index].1, error.reason, "a name with fewer dots")
        };
        let names = compiled.map_err(|errors| errors.into_iter().map(refused).collect::<Vec<_>>())?;
        Ok(Some(Self { names, tests, severities: Severities::default() }))
    }

    /// Marks the records whose fields match, but for those that match already.
    pub(crate) fn mark(&mut self, batch: &Batch<'_>, answers: &mut [Answer]) {
        let Self { names, tests, severities } = self;
        if tests.iter().all(|tests| tests.conditions().all(|condition| answers[condition].is_full())) {
            return;
        }
        names.for_each(batch, |record, values| {
            for (name, tests) in tests.iter().enumerate() {
                tests.mark_below(record.index(), answers, || values.severity(name, severities));
                tests.mark_one_of(record.index(), answers, || values.get(name));
            }
        });
    }
}

impl Tests {
    fn add(&mut self, condition: usize, test: Test) {
        match test {
            Test::OneOf(choice) => self.one_of.push((condition, choice)),
            Test::Below(limit) => self.below.push((condition, limit)),
        }
    }

    fn conditions(&self) -> impl Iterator<Item = usize> {
        let one_of = self.one_of.iter().map(|(condition, _)| *condition);
        one_of.chain(self.below.iter().map(|(condition, _)| *condition))
    }

    #[inline]
    fn mark_below(&self, index: usize, answers: &mut [Answer], severity: impl FnOnce() -> Option<u8>) {
        if self.below.is_empty() {
            return;
        }
        let Some(severity) = severity() else { return };
        for &(condition, limit) in &self.below {
            let answer = &mut answers[condition];
            if severity < limit && !answer.has(index) {
                answer.mark(Part::Field, index);
            }
        }
    }

    #[inline]
    fn mark_one_of<'f>(&self, index: usize, answers: &mut [Answer], found: impl FnOnce() -> Option<Found<'f>>) {
        if self.one_of.iter().all(|(condition, _)| answers[*condition].has(index)) {
            return;
        }
        let Some(found) = found() else { return };
        for (condition, choice) in &self.one_of {
            let answer = &mut answers[*condition];
            if !answer.has(index) && choice.has(&found) {
                answer.mark(Part::Field, index);
            }
        }
    }
}
