//! Builds the tree from the library's events, within bounds. Not for what the keys mean.

use std::collections::HashMap;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::Path;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};

use super::scalar::{resolve, resolve_as};
use super::{Entry, Node, Scalar, Value};
use crate::positions::join;
use crate::problem::{Position, Problem, Problems, shorten};

/// Far more than any configuration needs, and few enough that whatever recurses over a tree stays small.
const MAX_DEPTH: usize = 64;

/// Reads one YAML document. The tree is missing where the text is no YAML that could be looked at further; with a
/// tree, the problems are those that leave the rest readable (duplicate keys, unknown tags).
pub(crate) fn parse(file: &Arc<Path>, text: &str) -> (Option<Node>, Problems) {
    let mut builder = Builder { file, problems: Problems::default(), open: Vec::new(), root: None };
    // A byte order mark is no content; the library would count it as a column.
    let mut parser = Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    while let Some(next) = parser.next_event() {
        let step = match next {
            Ok((event, span)) => builder.event(event, span),
            Err(error) => builder.syntax(&error),
        };
        if step.is_break() {
            return (None, builder.problems);
        }
    }
    let nothing = Node { position: Position::START, value: Value::Scalar(Scalar::Null) };
    (Some(builder.root.unwrap_or(nothing)), builder.problems)
}

struct Builder<'a> {
    file: &'a Arc<Path>,
    problems: Problems,
    open: Vec<Open>,
    root: Option<Node>,
}

/// A collection whose end has not been read.
enum Open {
    Sequence { position: Position, items: Vec<Node> },
    Mapping { position: Position, entries: Vec<Entry>, seen: HashMap<String, Position>, key: Key },
}

/// What a mapping waits for.
enum Key {
    /// The next key.
    Awaited,
    /// The value of this key.
    Read(String, Position),
    /// The value of a key that was refused, which is passed over.
    Refused,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> ControlFlow<()> {
        let position = position_of(span.start);
        match event {
            Event::Scalar(text, style, _, tag) => {
                let scalar = self.scalar(&text, style == ScalarStyle::Plain, tag.as_deref(), position);
                self.node(Node { position, value: Value::Scalar(scalar) });
                Continue(())
            }
            Event::SequenceStart(_, tag) => {
                self.check_tag(tag.as_deref(), "seq", position);
                self.start(Open::Sequence { position, items: Vec::new() }, position)
            }
            Event::MappingStart(_, tag) => {
                self.check_tag(tag.as_deref(), "map", position);
                let (entries, seen, key) = (Vec::new(), HashMap::new(), Key::Awaited);
                self.start(Open::Mapping { position, entries, seen, key }, position)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.end();
                Continue(())
            }
            // Aliases let a short file stand for an endless one.
            Event::Alias(_) => self.stop(position, "a YAML alias", "the value itself, written out"),
            Event::DocumentStart(_) if self.root.is_some() => {
                self.stop(position, "a second YAML document", "one document in a file")
            }
            _ => Continue(()),
        }
    }

    fn syntax(&mut self, error: &ScanError) -> ControlFlow<()> {
        let found = format!("a YAML syntax error: {}", error.info());
        self.problems.push(Problem::new(self.file, position_of(*error.marker()), "", &found, "YAML 1.2"));
        Break(())
    }

    fn start(&mut self, open: Open, position: Position) -> ControlFlow<()> {
        if self.open.len() == MAX_DEPTH {
            let allowed = format!("at most {MAX_DEPTH} levels");
            return self.stop(position, "a value nested too deeply", &allowed);
        }
        self.open.push(open);
        Continue(())
    }

    fn end(&mut self) {
        let node = match self.open.pop() {
            Some(Open::Sequence { position, items }) => Node { position, value: Value::Sequence(items) },
            Some(Open::Mapping { position, entries, .. }) => Node { position, value: Value::Mapping(entries) },
            None => return,
        };
        self.node(node);
    }

    fn node(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(Node { position: Position::START, ..node }),
            Some(Open::Sequence { items, .. }) => items.push(node),
            Some(Open::Mapping { entries, key, .. }) => match std::mem::replace(key, Key::Awaited) {
                Key::Awaited => self.key(node),
                Key::Read(key, position) => {
                    entries.push(Entry { key, position, value: pointed_at_key(node, position) });
                }
                Key::Refused => {}
            },
        }
    }

    fn key(&mut self, node: Node) {
        let read = match node.value {
            Value::Scalar(Scalar::Text(text)) => self.new_key(text, node.position),
            _ => {
                let found = format!("{} as a key", node.describe());
                self.report(node.position, &found, "text (in quotes where it looks like something else)");
                Key::Refused
            }
        };
        if let Some(Open::Mapping { key, .. }) = self.open.last_mut() {
            *key = read;
        }
    }

    fn new_key(&mut self, text: String, position: Position) -> Key {
        let Some(Open::Mapping { seen, .. }) = self.open.last_mut() else { return Key::Refused };
        let Some(first) = seen.insert(text.clone(), position) else { return Key::Read(text, position) };
        seen.insert(text.clone(), first);
        let key = join(&self.path(), &shorten(&text));
        let found = format!("a second `{}` (the first is at {first})", shorten(&text));
        self.problems.push(Problem::new(self.file, position, &key, &found, "each key once"));
        Key::Refused
    }

    fn scalar(&mut self, text: &str, is_plain: bool, tag: Option<&Tag>, position: Position) -> Scalar {
        let Some(tag) = tag else { return resolve(text, is_plain) };
        let resolved = if tag.is_yaml_core_schema() { resolve_as(&tag.suffix, text) } else { None };
        resolved.unwrap_or_else(|| {
            self.wrong_tag(tag, position);
            resolve(text, is_plain)
        })
    }

    fn check_tag(&mut self, tag: Option<&Tag>, expected: &str, position: Position) {
        if let Some(tag) = tag
            && !(tag.is_yaml_core_schema() && tag.suffix == expected)
        {
            self.wrong_tag(tag, position);
        }
    }

    fn wrong_tag(&mut self, tag: &Tag, position: Position) {
        let found = format!("the tag `{}`, which doesn't fit", shorten(&tag.to_string()));
        self.report(position, &found, "no tag, or one of YAML's core schema that fits the value");
    }

    fn report(&mut self, position: Position, found: &str, allowed: &str) {
        let key = self.path();
        self.problems.push(Problem::new(self.file, position, &key, found, allowed));
    }

    fn stop(&mut self, position: Position, found: &str, allowed: &str) -> ControlFlow<()> {
        self.report(position, found, allowed);
        Break(())
    }

    /// The key path of what is being read.
    fn path(&self) -> String {
        self.open.iter().fold(String::new(), |path, open| match open {
            Open::Sequence { items, .. } => format!("{path}[{}]", items.len()),
            Open::Mapping { key: Key::Read(key, _), .. } => join(&path, &shorten(key)),
            Open::Mapping { .. } => path,
        })
    }
}

/// A collection is pointed at by its key, and so is an empty value, which has no place of its own.
fn pointed_at_key(node: Node, key: Position) -> Node {
    match node.value {
        Value::Scalar(Scalar::Null) | Value::Sequence(_) | Value::Mapping(_) => Node { position: key, ..node },
        Value::Scalar(_) => node,
    }
}

fn position_of(marker: Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}
