//! Reads a mapping of names that the user chose. Not for what the names refer to.

use super::{Field, Section};
use crate::document::Entry;
use crate::positions::join;
use crate::problem::shorten;
use crate::references::Names;
use crate::{Named, Position};

/// Names end up in files' names, in metrics' labels and in key paths, none of which takes every character or length.
const MAX_NAME_BYTES: usize = 64;

pub(super) const NAME: &str = "a name of at most 64 letters, digits, `_` and `-`, starting with a letter or digit";

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
        for (name, position, field) in root.optional(key).map(named).unwrap_or_default() {
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
            && field.node.is_empty()
        {
            field.context.report(field.node.position, key, "none", &allowed);
        }
        Self::read(root, key, noun, read)
    }
}

fn named<'a>(field: Field<'a>) -> Vec<(&'a str, Position, Field<'a>)> {
    let named = |entry: &'a Entry| {
        let path = join(&field.path, &shorten(&entry.key));
        (&*entry.key, entry.position, Field { context: field.context, path, node: &entry.value })
    };
    field.entries().unwrap_or_default().iter().map(named).collect()
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
