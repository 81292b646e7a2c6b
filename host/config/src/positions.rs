//! Where a key path stands in the file, for those that find problems later: a component that refuses its
//! configuration, a file that isn't there. Not for reading values.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::document::{Node, Value};
use crate::problem::{Position, Problem};

/// The positions of all keys, or of those under one key.
#[derive(Clone)]
pub struct Positions {
    file: Arc<Path>,
    root: Arc<Node>,
    prefix: String,
}

impl Positions {
    pub(crate) fn new(file: Arc<Path>, root: Arc<Node>) -> Self {
        Self { file, root, prefix: String::new() }
    }

    /// The positions under a key: `under("filters.quiet").at("component")` is `at("filters.quiet.component")`.
    #[must_use]
    pub fn under(&self, path: &str) -> Self {
        Self { prefix: self.full(path), ..self.clone() }
    }

    /// Where a key path such as `field.name` or `contains[2]` stands; where there is no such key, where the nearest
    /// one around it stands. An empty path, or `.`, is the key itself.
    #[must_use]
    pub fn at(&self, path: &str) -> Position {
        walk(&self.root, &self.full(path)).0.position
    }

    /// A problem at a key path, as [`Self::at`] finds it, to be shown like those of the configuration itself.
    #[must_use]
    pub fn problem(&self, path: &str, found: &str, allowed: &str) -> Problem {
        let key = self.full(path);
        Problem::new(&self.file, walk(&self.root, &key).0.position, &key, found, allowed)
    }

    /// The file that the positions are in, as it was named to [`Config::parse`](crate::Config::parse).
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Where a key path stands, if it stands in the file.
    pub(crate) fn exactly(&self, path: &str) -> Option<Position> {
        let path = self.full(path);
        let (node, rest) = walk(&self.root, &path);
        rest.is_empty().then_some(node.position)
    }

    fn full(&self, path: &str) -> String {
        join(&self.prefix, path.strip_prefix('.').unwrap_or(path))
    }

    pub(crate) fn shared_file(&self) -> &Arc<Path> {
        &self.file
    }
}

/// Always equal: a reload compares configurations to find what changed, and moving a line changes nothing.
impl PartialEq for Positions {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Without the document, which would drown whatever else is printed.
impl fmt::Debug for Positions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Positions").field("file", &self.file).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The path of a key, or of an item such as `[2]`, in what `parent` leads to.
pub(crate) fn join(parent: &str, child: &str) -> String {
    let separator = if parent.is_empty() || child.is_empty() || child.starts_with('[') { "" } else { "." };
    format!("{parent}{separator}{child}")
}

/// As far as the path leads, and what is left of it there.
fn walk<'a, 'p>(node: &'a Node, path: &'p str) -> (&'a Node, &'p str) {
    let path = path.strip_prefix('.').unwrap_or(path);
    match step(node, path) {
        Some((child, rest)) => walk(child, rest),
        None => (node, path),
    }
}

fn step<'a, 'p>(node: &'a Node, path: &'p str) -> Option<(&'a Node, &'p str)> {
    match &node.value {
        _ if path.is_empty() => None,
        Value::Scalar(_) => None,
        Value::Sequence(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            Some((items.get(index.parse::<usize>().ok()?)?, rest))
        }
        // A key may itself hold dots, so the longest that fits is meant.
        Value::Mapping(entries) => entries
            .iter()
            .filter_map(|entry| Some((&entry.value, path.strip_prefix(&*entry.key)?)))
            .filter(|(_, rest)| rest.is_empty() || rest.starts_with(['.', '[']))
            .min_by_key(|(_, rest)| rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    #[test]
    fn a_path_is_found_or_the_nearest_key_around_it() {
        let text = "contains:\n  - one\n  - two\nfield: { name: level }\na.b: 1\na: { b: 2 }\n";
        let file: Arc<Path> = Path::new("a.yaml").into();
        let root = document::parse(&file, text).0.expect("YAML");
        let positions = Positions::new(file, Arc::new(root));
        let cases = [
            ("contains", "1:1"),
            ("contains[1]", "3:5"),
            ("contains[2]", "1:1"),
            ("contains[x", "1:1"),
            ("field.name", "4:16"),
            ("field.name.deeper", "4:16"),
            ("field.in", "4:1"),
            ("a.b", "5:6"),
            ("fields", "1:1"),
            ("", "1:1"),
            (".", "1:1"),
        ];
        for (path, expected) in cases {
            assert_eq!(positions.at(path).to_string(), expected, "{path}");
        }
        let problem = positions.under("contains").problem("[1]", "x", "y");
        assert_eq!(problem.to_string(), "a.yaml:3:5: contains[1]: found x, allowed y");
        assert_eq!(positions.under("field").at("name"), positions.at("field.name"));
    }
}
