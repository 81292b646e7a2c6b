//! Adds a row's values to a record's attributes. Those that it had stay in front, but for those of the same names.

use logagent_sdk::{Attributes, Decisions, Entries, Part, Record, Value};
use rmp::encode::{write_bin, write_map_len, write_str};

use crate::table::Row;

/// What is added, in memory that is kept.
#[derive(Debug)]
pub(crate) struct Join {
    /// Each column's name, and the same in MessagePack.
    names: Vec<(String, Vec<u8>)>,
    /// The entry that says that there is no row.
    mark: Vec<u8>,
    /// The head of a map.
    head: Vec<u8>,
    /// Its entries.
    entries: Vec<u8>,
    whole: Attributes,
}

/// The attribute of records that the table has nothing for.
const MISSING: &str = "enrich.missing";

const TO_MEMORY: &str = "memory takes all that is written";

impl Join {
    pub(crate) fn new(columns: &[String]) -> Self {
        let packed = |name: &String| {
            let mut packed = Vec::new();
            write_str(&mut packed, name).expect(TO_MEMORY);
            (name.clone(), packed)
        };
        let names = columns.iter().map(packed).collect();
        let mut mark = packed(&MISSING.into()).1;
        rmp::encode::write_bool(&mut mark, true).expect(TO_MEMORY);
        Self { names, mark, head: Vec::new(), entries: Vec::new(), whole: Attributes::default() }
    }

    /// Adds the row's values. Answers whether that is possible: not where the record's attributes are no map.
    pub(crate) fn add(&mut self, record: &Record<'_>, row: Row<'_>, decisions: &mut Decisions) -> bool {
        let Self { names, head, entries, whole, .. } = self;
        let added = names.iter().zip(row.values()).filter(|(_, value)| !value.is_empty());
        if has_any(record.attributes(), |name| added.clone().any(|((added, _), _)| added == name)) {
            let is_old = |name: &str| !added.clone().any(|((added, _), _)| added == name);
            rewrite(record.attributes(), is_old, whole);
            added.for_each(|((name, _), value)| whole.encoded(name, value));
            decisions.replace(record.index(), Part::Attributes, 0..record.attributes().len(), whole.bytes());
            return true;
        }
        entries.clear();
        let mut count = 0;
        for ((_, name), value) in added {
            entries.extend_from_slice(name);
            entries.extend_from_slice(value);
            count += 1;
        }
        append(record, count, entries, head, decisions)
    }

    /// Adds the attribute that says that there is no row; answers as `add` does.
    pub(crate) fn mark(&mut self, record: &Record<'_>, decisions: &mut Decisions) -> bool {
        let Self { mark, head, .. } = self;
        has_any(record.attributes(), |name| name == MISSING) || append(record, 1, mark, head, decisions)
    }
}

fn has_any(attributes: &[u8], is_one: impl Fn(&str) -> bool) -> bool {
    Entries::of(attributes).any(|(name, _)| name.text().is_some_and(&is_one))
}

/// Puts entries behind those that are there, which stay where they are.
fn append(record: &Record<'_>, count: u32, entries: &[u8], head: &mut Vec<u8>, decisions: &mut Decisions) -> bool {
    let had = record.attributes();
    let Some((head_bytes, had_count)) = map_head(had) else { return false };
    if count > 0 {
        head.clear();
        write_map_len(head, had_count + count).map(drop).expect(TO_MEMORY);
        decisions.replace(record.index(), Part::Attributes, 0..head_bytes, head);
        decisions.replace(record.index(), Part::Attributes, had.len()..had.len(), entries);
    }
    true
}

/// How long a map's head is, and how many entries it promises. Nothing is a map without any.
fn map_head(attributes: &[u8]) -> Option<(usize, u32)> {
    Some(match *attributes {
        [] => (0, 0),
        [tag @ 0x80..=0x8f, ..] => (1, u32::from(tag & 0x0f)),
        [0xde, a, b, ..] => (3, u32::from(u16::from_be_bytes([a, b]))),
        [0xdf, a, b, c, d, ..] => (5, u32::from_be_bytes([a, b, c, d])),
        _ => return None,
    })
}

/// Copies those entries whose names `is_old` says.
fn rewrite(attributes: &[u8], is_old: impl Fn(&str) -> bool, to: &mut Attributes) {
    to.clear();
    for (name, value) in Entries::of(attributes) {
        let Some(name) = name.text().filter(|name| is_old(name)) else { continue };
        match value {
            Value::Null => to.null(name),
            Value::Bool(truth) => to.bool(name, truth),
            Value::Int(number) => to.int(name, number),
            Value::Large(number) => to.uint(name, number),
            Value::Float(number) => to.float(name, number),
            Value::Text(text) => to.text(name, text),
            Value::Bytes(bytes) => {
                let mut packed = Vec::new();
                write_bin(&mut packed, bytes).expect(TO_MEMORY);
                to.encoded(name, &packed);
            }
            Value::List(whole) | Value::Map(whole) | Value::Extension(whole) => to.encoded(name, whole),
        }
    }
}
