//! Reads a mapping of names that the user chose. Not for what the names refer to.

use super::{Ask, Field, Section};
use crate::problem::shorten;
use crate::references::Names;
use crate::{Named, Position};

/// Names end up in files' names, in metrics' labels and in key paths, none of which takes every character or length.
const MAX_NAME_BYTES: usize = 64;

const _: () = assert!(MAX_NAME_BYTES == 64, "what NAME says, and NAME_PATTERN with one less behind the first");

pub(crate) const NAME: &str = "a name of at most 64 letters, digits, `_` and `-`, starting with a letter or digit";

/// The same as a regular expression.
pub(crate) const NAME_PATTERN: &str = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$";

/// What was read, and all names, including those of specs that are wrong: a reference to one of them isn't.
pub(crate) struct Table<T> {
    pub names: Names,
    pub specs: Vec<Named<T>>,
}

impl<T> Table<T> {
    /// Reads each name's section with `read`, which answers `None` where it has reported a problem.
    pub fn read(
        root: &mut Section<'_>,
        key: &'static str,
        noun: &'static str,
        mut read: impl FnMut(&mut Section<'_>) -> Option<T>,
    ) -> Self {
        let mut table = Self { names: Names::new(noun), specs: Vec::new() };
        let field = root.optional(key);
        if let Some(field) = &field {
            field.note(Ask::Names);
        }
        for (entry, field) in field.iter().flat_map(Field::values) {
            let (name, position) = (&*entry.key, entry.position);
            check_name(&field, name, position);
            table.names.insert(name);
            let mut section = Section::of(field);
            if let Some(spec) = read(&mut section) {
                section.finish();
                table.specs.push(Named { name: name.to_owned(), position, spec });
            }
        }
        table
    }

    /// As [`Self::read`], where there must be at least one.
    pub fn read_some(
        root: &mut Section<'_>,
        key: &'static str,
        noun: &'static str,
        read: impl FnMut(&mut Section<'_>) -> Option<T>,
    ) -> Self {
        let allowed = format!("at least one {noun}");
        if let Some(field) = root.required(key, &allowed)
            && field.is_nothing()
        {
            field.context.report(field.node.position, key, "none", &allowed);
        }
        Self::read(root, key, noun, read)
    }
}

fn check_name(field: &Field<'_>, name: &str, position: Position) {
    if !is_name(name) {
        field.context.report(position, &field.path, &format!("the name {:?}", shorten(name)), NAME);
    }
}

pub(super) fn is_name(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.len() <= MAX_NAME_BYTES && text.chars().all(is_inner)
}
