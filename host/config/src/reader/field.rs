//! Reads one value as the type that its key has. Not for defaults.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::table::{NAME, is_name};
use super::{Ask, Context, one_of};
use crate::document::{Entry, Node, Scalar, Value};
use crate::positions::join;
use crate::problem::shorten;
use crate::units::{parse_duration, parse_percent, parse_size, show_duration, show_size};

/// What counts: `usize`, or less where that is what the value is for.
pub(crate) trait Count: TryFrom<i128> + TryInto<i128> + PartialOrd + Copy + Display {}

impl Count for usize {}
impl Count for u32 {}

/// A value and its key path. Each reading answers `None` where it has reported a problem.
pub(crate) struct Field<'a> {
    pub context: &'a Context,
    pub path: String,
    pub node: &'a Node,
}

impl<'a> Field<'a> {
    pub fn wrong<T>(&self, allowed: &str) -> Option<T> {
        self.context.report(self.node.position, &self.path, &self.node.describe(), allowed);
        None
    }

    pub fn note(&self, ask: Ask) {
        self.context.note(&self.path, || ask);
    }

    pub fn is_mapping(&self) -> bool {
        self.note(Ask::MappingOrElse);
        matches!(&self.node.value, Value::Mapping(_))
    }

    /// Whether there is nothing in it where there must be something.
    pub fn is_nothing(&self) -> bool {
        self.note(Ask::NotEmpty);
        self.node.is_empty()
    }

    /// The keys of a mapping. Nothing at all is a mapping whose keys are commented out.
    pub fn entries(&self) -> Option<&'a [Entry]> {
        match &self.node.value {
            Value::Mapping(entries) => Some(entries),
            Value::Scalar(Scalar::Null) => Some(&[]),
            _ => self.wrong("a mapping"),
        }
    }

    /// The values of a mapping whose keys the user chose.
    pub fn values(&self) -> impl Iterator<Item = (&'a Entry, Field<'a>)> + use<'a> {
        self.note(Ask::Keys);
        let (context, path) = (self.context, self.path.clone());
        let field = move |entry: &'a Entry| {
            (entry, Field { context, path: join(&path, &shorten(&entry.key)), node: &entry.value })
        };
        self.entries().unwrap_or_default().iter().map(field)
    }

    /// Text that isn't empty.
    pub fn text(&self, allowed: &str) -> Option<&'a str> {
        self.context.note(&self.path, || Ask::Text(allowed.to_owned()));
        self.some_text(allowed)
    }

    fn some_text(&self, allowed: &str) -> Option<&'a str> {
        match &self.node.value {
            Value::Scalar(Scalar::Text(text)) if !text.is_empty() => Some(text),
            _ => self.wrong(allowed),
        }
    }

    /// A name of the user's choice.
    pub fn name(&self) -> Option<String> {
        self.note(Ask::Name);
        let text = self.some_text(NAME)?;
        if is_name(text) { Some(text.to_owned()) } else { self.wrong(NAME) }
    }

    pub fn path_text(&self) -> Option<PathBuf> {
        self.text("a path").map(PathBuf::from)
    }

    pub fn items(&self, allowed: &str) -> Option<Vec<Field<'a>>> {
        self.note(Ask::List);
        let Value::Sequence(items) = &self.node.value else { return self.wrong(allowed) };
        let field = |(index, node)| Field { context: self.context, path: format!("{}[{index}]", self.path), node };
        Some(items.iter().enumerate().map(field).collect())
    }

    pub fn refuse_empty_list(&self, allowed: &str) {
        self.note(Ask::NotEmpty);
        if matches!(&self.node.value, Value::Sequence(items) if items.is_empty()) {
            self.context.report(self.node.position, &self.path, "an empty list", allowed);
        }
    }

    /// A list of texts, without those that are wrong.
    pub fn texts(&self, allowed: &str, item_allowed: &str) -> Option<Vec<String>> {
        let items = self.items(allowed)?;
        Some(items.iter().filter_map(|item| item.text(item_allowed)).map(str::to_owned).collect())
    }

    pub fn size(&self, range: RangeInclusive<usize>) -> Option<usize> {
        self.note(Ask::Size(range.clone()));
        let bytes = match &self.node.value {
            Value::Scalar(Scalar::Integer(bytes)) => usize::try_from(*bytes).ok(),
            Value::Scalar(Scalar::Text(text)) => parse_size(text),
            _ => None,
        };
        self.within(bytes, &range, "a size such as 512KiB", show_size)
    }

    /// A size that a ring can have.
    pub fn power_of_two(&self, range: RangeInclusive<usize>) -> Option<usize> {
        self.note(Ask::PowerOfTwo);
        let least = *range.start();
        let bytes = self.size(range)?;
        let power = bytes.next_power_of_two();
        let lower = (power / 2).max(least);
        let near = || format!("a power of two, such as {} or {}", show_size(lower), show_size(power));
        if bytes == power { Some(bytes) } else { self.wrong(&near()) }
    }

    pub fn count<T: Count>(&self, range: RangeInclusive<T>) -> Option<T> {
        if let (Ok(least), Ok(most)) = ((*range.start()).try_into(), (*range.end()).try_into()) {
            self.note(Ask::Count(least, most));
        }
        let count = match &self.node.value {
            Value::Scalar(Scalar::Integer(count)) => T::try_from(*count).ok(),
            _ => None,
        };
        self.within(count, &range, "a whole number", |count| count.to_string())
    }

    /// Zero needs no unit; any other number without one could mean anything.
    pub fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        self.note(Ask::Duration(range.clone()));
        self.within(self.parsed_duration(), &range, "a duration such as 10ms", show_duration)
    }

    /// As [`Self::duration`]; `None` for `never`, too.
    pub fn duration_or_never(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        self.note(Ask::Duration(range.clone()));
        self.note(Ask::Never);
        match &self.node.value {
            Value::Scalar(Scalar::Text(text)) if text == "never" => None,
            _ => self.within(self.parsed_duration(), &range, "never or a duration such as 10ms", show_duration),
        }
    }

    fn parsed_duration(&self) -> Option<Duration> {
        match &self.node.value {
            Value::Scalar(Scalar::Integer(0)) => Some(Duration::ZERO),
            Value::Scalar(Scalar::Text(text)) => parse_duration(text),
            _ => None,
        }
    }

    /// A part of a whole, and not none of it: `5%` or `0.05`.
    pub fn share(&self) -> Option<f64> {
        self.note(Ask::Share { can_be_none: false });
        let share = self.fraction().filter(|share| *share > 0.0 && *share <= 1.0);
        share.or_else(|| self.wrong("a share such as 5% or 0.05, above 0% and up to 100%"))
    }

    /// As [`Self::share`], where none is a share as well.
    pub fn share_or_none(&self) -> Option<f64> {
        self.note(Ask::Share { can_be_none: true });
        let share = self.fraction().filter(|share| (0.0..=1.0).contains(share));
        share.or_else(|| self.wrong("a share such as 5% or 0.05, from 0% to 100%"))
    }

    fn fraction(&self) -> Option<f64> {
        match &self.node.value {
            Value::Scalar(Scalar::Integer(whole)) => Some(*whole as f64),
            Value::Scalar(Scalar::Float(fraction)) => Some(*fraction),
            Value::Scalar(Scalar::Text(text)) => parse_percent(text),
            _ => None,
        }
    }

    fn within<T: PartialOrd + Copy, S: Display>(
        &self,
        value: Option<T>,
        range: &RangeInclusive<T>,
        kind: &str,
        show: impl Fn(T) -> S,
    ) -> Option<T> {
        let found = value.filter(|value| range.contains(value));
        found.or_else(|| self.wrong(&format!("{kind}, from {} to {}", show(*range.start()), show(*range.end()))))
    }

    pub fn switch(&self) -> Option<bool> {
        self.note(Ask::Switch);
        match self.node.value {
            Value::Scalar(Scalar::Boolean(is_on)) => Some(is_on),
            _ => self.wrong("true, false"),
        }
    }

    pub fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Option<T> {
        let names = || choices.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        self.context.note(&self.path, || Ask::Choice(names()));
        let text = match &self.node.value {
            Value::Scalar(Scalar::Text(text)) => &**text,
            _ => "",
        };
        let chosen = choices.iter().find(|(name, _)| *name == text);
        chosen.map(|(_, value)| *value).or_else(|| self.wrong(&one_of(text, &names())))
    }
}
