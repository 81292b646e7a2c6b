//! Trees as JSON, with blanks here and there.

use std::cell::Cell;

use proptest::prelude::*;

use crate::tree::{Tree, written};

/// Blanks in the order that they are asked for, over and over.
#[derive(Debug)]
pub(crate) struct Blanks {
    list: Vec<&'static str>,
    next: Cell<usize>,
}

pub(crate) fn blanks() -> impl Strategy<Value = Blanks> {
    let blank = prop_oneof![3 => Just(""), 1 => prop::sample::select(&[" ", "\n", "\t \r\n"][..])];
    prop::collection::vec(blank, 1..12).prop_map(|list| Blanks { list, next: Cell::new(0) })
}

impl Blanks {
    fn next(&self) -> &'static str {
        let next = self.next.get();
        self.next.set(next + 1);
        self.list[next % self.list.len()]
    }

    fn around(&self, text: &str) -> String {
        let before = self.next();
        format!("{before}{text}{}", self.next())
    }
}

pub(crate) fn render(tree: &Tree, blanks: &Blanks) -> String {
    let text = match tree {
        Tree::Scalar(text) => (*text).into(),
        Tree::Text(text) => format!("\"{}\"", written(text)),
        Tree::List(list) => {
            let elements: Vec<String> = list.iter().map(|element| render(element, blanks)).collect();
            format!("[{}]", inside(&elements, blanks))
        }
        Tree::Map(map) => {
            let member = |(key, value)| {
                let key = blanks.around(&format!("\"{}\"", written(key)));
                format!("{key}:{}", render(value, blanks))
            };
            let members: Vec<String> = map.iter().map(|(key, value)| member((key, value))).collect();
            format!("{{{}}}", inside(&members, blanks))
        }
    };
    blanks.around(&text)
}

fn inside(parts: &[String], blanks: &Blanks) -> String {
    if parts.is_empty() { blanks.next().into() } else { parts.join(",") }
}
