//! Conditions compiled together, and their evaluation over a batch. It costs one call of the host for all fields, one
//! for each condition with regular expressions, and at most four for literals, however many conditions have some.

use logagent_sdk::{Batch, ConfigErrors};

use crate::config::{Checked, ConditionConfig};
use crate::field::Fields;
use crate::literals::Literals;
use crate::marks::Marks;
use crate::regexes::Regexes;

/// A part of a condition, in the order in which they are looked at.
///
/// ```
/// assert_ne!(logagent_conditions::Part::Contains, logagent_conditions::Part::Field);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The literals.
    Contains,
    /// The regular expressions.
    Regex,
    /// The field.
    Field,
}

/// Conditions on the records of a batch.
#[derive(Debug)]
pub struct Conditions {
    literals: Literals,
    regexes: Regexes,
    fields: Option<Fields>,
    inverted: Vec<bool>,
    answers: Vec<Answer>,
}

/// The records that match a condition.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    parts: [Marks; 3],
    any: Marks,
}

impl Answer {
    fn reset(&mut self, count: usize) {
        self.parts.iter_mut().chain([&mut self.any]).for_each(|marks| marks.reset(count));
    }

    #[inline]
    pub(crate) fn mark(&mut self, part: Part, index: usize) {
        self.parts[part as usize].set(index);
        self.any.set(index);
    }

    /// Marks records, which had better ascend.
    #[inline]
    pub(crate) fn mark_all(&mut self, part: Part, indices: impl Iterator<Item = usize>) {
        let marks = &mut self.parts[part as usize];
        marks.set_all(indices);
        self.any.add(marks);
    }

    #[inline]
    pub(crate) fn has(&self, index: usize) -> bool {
        self.any.has(index)
    }

    pub(crate) fn is_full(&self) -> bool {
        self.any.is_full()
    }
}

impl Conditions {
    /// Compiles conditions, each with the key that it stands under in the filter's configuration (empty for the root).
    /// Call it in `configure`, and once: it takes what an instance may have of the host's sets.
    ///
    /// # Errors
    /// All that is wrong with them.
    pub fn new(configs: impl IntoIterator<Item = (String, ConditionConfig)>) -> Result<Self, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        let mut checked: Vec<Checked> =
            configs.into_iter().map(|(key, config)| Checked::new(key, config, &mut errors)).collect();
        let literals = collect(Literals::new(&checked), &mut errors);
        let regexes = collect(Regexes::new(&checked), &mut errors);
        let fields = collect(Fields::new(&mut checked), &mut errors);
        let inverted: Vec<bool> = checked.iter().map(|condition| condition.is_inverted).collect();
        let answers = checked.iter().map(|_| Answer::default()).collect();
        errors.or_ok(Self { literals, regexes, fields, inverted, answers })
    }

    /// How many conditions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Evaluates all conditions over the batch in hand.
    pub fn evaluate(&mut self, batch: &Batch<'_>) {
        let Self { literals, regexes, fields, inverted, answers } = self;
        answers.iter_mut().for_each(|answer| answer.reset(batch.len()));
        literals.mark(batch, answers);
        regexes.mark(batch, answers);
        if let Some(fields) = fields {
            fields.mark(batch, answers);
        }
        let answers = answers.iter_mut().zip(inverted).filter(|(_, is_inverted)| **is_inverted);
        answers.for_each(|(answer, _)| answer.any.invert());
    }

    /// The records of the batch evaluated last that match the condition of this index.
    ///
    /// # Panics
    /// As `matches_part`: where there is no such condition.
    #[must_use]
    pub fn matches(&self, condition: usize) -> &Marks {
        &self.answers[condition].any
    }

    /// Those in which a part of the condition was found, whether it is inverted or not. A record in which one part was
    /// found need not be looked at for the next: it may be missing there.
    #[must_use]
    pub fn matches_part(&self, condition: usize, part: Part) -> &Marks {
        &self.answers[condition].parts[part as usize]
    }
}

fn collect<T: Default>(compiled: Result<T, ConfigErrors>, errors: &mut ConfigErrors) -> T {
    compiled.unwrap_or_else(|problems| {
        problems.into_iter().for_each(|problem| errors.push(problem));
        T::default()
    })
}
