//! The encoding `msgpack`: one map a record, with the same names as `json`, times as numbers and bytes as binary.
//! Attributes are copied as they are, but for texts that aren't UTF-8: those become binary, which decoders take.

use crate::attributes::{Attribute, BYTES_NAME, merged};
use crate::tokens::{Token, Tokens};
use logagent_component::Delivery;
use logagent_record::{Descriptor, Severity};
use rmp::encode::{write_bin, write_map_len, write_str, write_uint};

/// Why writing can't fail.
const TAKES_ALL: &str = "a Vec takes all";

/// Appends a record.
pub(crate) fn push(out: &mut Vec<u8>, delivery: &Delivery, record: &Descriptor) {
    let stream = delivery.stream(record).map_or(&[][..], |stream| &stream.attributes);
    let attributes = merged(stream, delivery.attributes(record));
    let count = attributes.clone().count();
    let name = Severity(record.severity).short_name();
    let has = [record.time_unix_nano != 0, record.severity != 0, name.is_some(), count > 0];
    map(out, 2 + has.iter().filter(|&&has| has).count());
    if record.time_unix_nano != 0 {
        number(out, "Timestamp", record.time_unix_nano);
    }
    number(out, "ObservedTimestamp", delivery.observed_unix_nano);
    if record.severity != 0 {
        number(out, "SeverityNumber", record.severity.into());
    }
    if let Some(name) = name {
        text(out, "SeverityText");
        text(out, name);
    }
    text(out, "Body");
    text_or_bytes(out, delivery.body(record));
    if count > 0 {
        text(out, "Attributes");
        map(out, count);
        attributes.for_each(|one| attribute(out, &one));
    }
}

fn attribute(out: &mut Vec<u8>, attribute: &Attribute<'_>) {
    match attribute {
        Attribute::Pair { key, value } => {
            copy(out, key);
            copy(out, value);
        }
        Attribute::Malformed(bytes) => {
            text(out, BYTES_NAME);
            binary(out, bytes);
        }
    }
}

/// Copies whole values token by token.
fn copy(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut tokens = Tokens::new(bytes);
    loop {
        let before = tokens.rest;
        let Some(token) = tokens.read() else { return };
        match token {
            Token::Text(text) if std::str::from_utf8(text).is_err() => binary(out, text),
            _ => out.extend_from_slice(&before[..before.len() - tokens.rest.len()]),
        }
    }
}

fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    text(out, name);
    write_uint(out, value).expect(TAKES_ALL);
}

fn text_or_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(string) => text(out, string),
        Err(_) => binary(out, bytes),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    write_str(out, text).expect(TAKES_ALL);
}

fn binary(out: &mut Vec<u8>, bytes: &[u8]) {
    write_bin(out, bytes).expect(TAKES_ALL);
}

fn map(out: &mut Vec<u8>, count: usize) {
    write_map_len(out, u32::try_from(count).expect("attributes lie in a ring, which is smaller")).expect(TAKES_ALL);
}

#[cfg(test)]
mod tests;
