//! What is added, grouped by the object that it goes to.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::ops::Range;

use logagent_sdk::{ConfigError, ConfigErrors};
use serde_json::Value;

use super::search::Search;
use crate::path::{Kind, Step, decoded, steps};
use crate::rules::{Addition, Role, Rules};

pub(super) struct Additions {
    /// By parent, then by key.
    pub(super) list: Vec<Addition>,
    /// The range in `list` of each parent; the root is the first.
    pub(super) parents: Vec<Range<usize>>,
    /// Of each in `list`.
    paths: Vec<String>,
}

/// An addition's path.
struct Path<'a> {
    text: &'a str,
    steps: Vec<Step<'a>>,
    keys: Vec<String>,
}

impl<'a> Path<'a> {
    fn new(text: &'a str) -> Self {
        let steps = steps(text);
        let keys = steps.iter().map(|step| decoded(step.text)).collect();
        Self { text, steps, keys }
    }

    fn parent(&self) -> &[String] {
        self.keys.split_last().map_or(&[], |(_, parent)| parent)
    }

    fn check(&self, all: &BTreeSet<&[String]>, errors: &mut ConfigErrors) {
        let key = format!("add.{}", self.text);
        if self.text == "$" || self.steps.iter().any(|step| step.kind != Kind::Key) {
            errors.push(ConfigError::new(key, "a path of more than keys", "keys joined by dots"));
        } else if (1..self.keys.len()).any(|length| all.contains(&self.keys[..length])) {
            let allowed = "no path within a value that is added, too";
            errors.push(ConfigError::new(key, "a path within another", allowed));
        }
    }
}

impl Additions {
    pub(super) fn new(add: &BTreeMap<String, Value>, errors: &mut ConfigErrors) -> Self {
        let mut paths: Vec<(Path<'_>, &Value)> = add.iter().map(|(path, value)| (Path::new(path), value)).collect();
        paths.sort_by(|(a, _), (b, _)| (a.parent(), &a.keys).cmp(&(b.parent(), &b.keys)));
        let all: BTreeSet<&[String]> = paths.iter().map(|(path, _)| path.keys.as_slice()).collect();
        paths.iter().for_each(|(path, _)| path.check(&all, errors));
        for (path, _) in paths.iter().filter(|(_, value)| is_inexact(value)) {
            let allowed = "numbers of 64 bits at most; a larger one as a string";
            errors.push(ConfigError::new(format!("add.{}", path.text), "a number beyond 64 bits", allowed));
        }
        for pair in paths.windows(2).filter(|pair| pair[0].0.keys == pair[1].0.keys) {
            let key = format!("add.{}", pair[1].0.text);
            errors.push(ConfigError::new(key, format!("the same path as {}", pair[0].0.text), "each path once"));
        }
        Self {
            list: paths.iter().map(|(path, value)| addition(path, value)).collect(),
            parents: parents(&paths),
            paths: paths.iter().map(|(path, _)| path.text.into()).collect(),
        }
    }

    pub(super) fn are_for_root(&self) -> bool {
        self.parents.get(Rules::ROOT).is_some_and(|range| !range.is_empty())
    }

    pub(super) fn add_to(&self, search: &mut Search) {
        for (index, path) in self.paths.iter().enumerate() {
            search.add(format!("add.{path}"), path, Role::Add(index));
        }
        for (index, range) in self.parents.iter().enumerate().skip(1) {
            let Some(path) = self.paths.get(range.start) else { continue };
            let steps = steps(path);
            let end = steps.len().checked_sub(2).map_or(0, |parent| steps[parent].end);
            search.add(format!("add.{path}"), &path[..end], Role::Parent(index));
        }
    }
}

/// Whether there is a number that may not be what the configuration said: a whole one beyond 64 bits comes as the nearest
/// double.
fn is_inexact(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let float = number.as_f64().filter(|_| number.is_f64());
            float.is_some_and(|float| float >= u64::MAX as f64 || float <= i64::MIN as f64)
        }
        Value::Array(list) => list.iter().any(is_inexact),
        Value::Object(map) => map.values().any(is_inexact),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn addition(path: &Path<'_>, value: &Value) -> Addition {
    let key = path.steps.last().map_or("", |step| step.text);
    // A key without quotes has nothing that would need escapes.
    let key = if key.starts_with('"') { key.into() } else { format!("\"{key}\"") };
    let before = format!(",{key}:");
    let member = format!("{before}{value}").into_bytes();
    Addition { member, value_at: before.len() }
}

fn parents(paths: &[(Path<'_>, &Value)]) -> Vec<Range<usize>> {
    let for_root = paths.iter().take_while(|(path, _)| path.parent().is_empty()).count();
    let mut parents: Vec<Range<usize>> = iter::once(0..for_root).collect();
    for index in for_root..paths.len() {
        let is_same = index > for_root && paths[index - 1].0.parent() == paths[index].0.parent();
        match parents.last_mut() {
            Some(last) if is_same => last.end = index + 1,
            _ => parents.push(index..index + 1),
        }
    }
    parents
}
