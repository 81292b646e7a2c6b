//! Names that refer to sources, filters and sinks: whether they exist, and whether all are used. Not for where in a
//! pipeline they stand.

use std::collections::HashSet;

use crate::positions::Positions;
use crate::problem::{Problem, shorten};
use crate::reader::{Ask, Field};
use crate::{Named, Pipeline, suggest};

/// Longer lists help nobody to find the name that was meant.
const MAX_LISTED_NAMES: usize = 20;

/// The names of all sources, filters or sinks.
pub(crate) struct Names {
    noun: &'static str,
    in_order: Vec<String>,
    known: HashSet<String>,
}

impl Names {
    pub fn new(noun: &'static str) -> Self {
        Self { noun, in_order: Vec::new(), known: HashSet::new() }
    }

    pub fn insert(&mut self, name: &str) {
        self.in_order.push(name.to_owned());
        self.known.insert(name.to_owned());
    }

    /// Reads a list of these names, each at most once, and reports those that don't exist. An empty list is no
    /// problem here.
    pub fn read(&self, field: &Field<'_>) -> Option<Vec<String>> {
        field.note(Ask::Unique);
        let items = field.items(&format!("a list of {} names", self.noun))?;
        let mut names: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        for item in items {
            let Some(name) = item.text(&format!("the name of a {}", self.noun)) else { continue };
            if !self.known.contains(name) {
                self.report_missing(&item, name);
            } else if seen.insert(name) {
                names.push(name.to_owned());
            } else {
                let allowed = format!("each {} once", self.noun);
                item.context.report(item.node.position, &item.path, &format!("`{name}` again"), &allowed);
            }
        }
        Some(names)
    }

    /// As [`Self::read`], where there must be at least one.
    pub fn read_some(&self, field: &Field<'_>) -> Option<Vec<String>> {
        field.refuse_empty_list(&format!("at least one {}", self.noun));
        self.read(field)
    }

    fn report_missing(&self, item: &Field<'_>, name: &str) {
        let found = format!("`{}`, which is no {}", shorten(name), self.noun);
        let allowed = if item.context.is_full() { String::new() } else { self.allowed(name) };
        item.context.report(item.node.position, &item.path, &found, &allowed);
    }

    fn allowed(&self, found: &str) -> String {
        let names = || self.in_order.iter().map(String::as_str);
        let mut listed: Vec<_> = names().take(MAX_LISTED_NAMES).map(shorten).collect();
        match names().count() {
            0 => return format!("the name of a {} (there are none)", self.noun),
            count if count > listed.len() => listed.push(format!("{} more", count - MAX_LISTED_NAMES)),
            _ => {}
        }
        let listed = listed.join(", ");
        match suggest::nearest(found, names()) {
            Some(meant) => format!("{listed} (did you mean `{meant}`?)"),
            None => listed,
        }
    }
}

/// Warnings for what no pipeline names.
pub(crate) fn unused<T>(
    key: &str,
    noun: &str,
    named: &[Named<T>],
    pipelines: &[Named<Pipeline>],
    names_of: impl Fn(&Pipeline) -> Vec<&String>,
    positions: &Positions,
) -> Vec<Problem> {
    let used: HashSet<&String> = pipelines.iter().flat_map(|pipeline| names_of(&pipeline.spec)).collect();
    let warn = |item: &Named<T>| {
        let (found, allowed) = (format!("a {noun} that no pipeline uses"), "one that a pipeline names, or none");
        Problem::new(positions.shared_file(), item.position, &format!("{key}.{}", item.name), &found, allowed)
    };
    named.iter().filter(|item| !used.contains(&item.name)).map(warn).collect()
}
