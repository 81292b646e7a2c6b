//! The encoding `json`: one object a line, with the names of OpenTelemetry's log data model and OTLP's form for
//! bytes. Times are decimal strings of nanoseconds, as in OTLP's JSON: a double can't hold them.

use crate::attributes::{Attribute, BYTES_NAME, merged};
use crate::tokens::{Token, Tokens};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use logagent_component::Delivery;
use logagent_record::{Descriptor, Severity};
use serde::Serialize;

/// Appends a record and a newline.
pub(crate) fn push(out: &mut Vec<u8>, delivery: &Delivery, record: &Descriptor) {
    out.push(b'{');
    if record.time_unix_nano != 0 {
        field(out, "Timestamp");
        quoted(out, record.time_unix_nano);
    }
    field(out, "ObservedTimestamp");
    quoted(out, delivery.observed_unix_nano);
    severity(out, record.severity);
    field(out, "Body");
    text_or_bytes(out, delivery.body(record));
    let stream = delivery.stream(record).map_or(&[][..], |stream| &stream.attributes);
    attributes(out, "Attributes", stream, delivery.attributes(record));
    out.extend_from_slice(b"}\n");
}

/// A name of ours, which needs no escapes, with what goes before and behind it.
pub(crate) fn field(out: &mut Vec<u8>, name: &str) {
    separate(out);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// A comma, except for the first of an object or array.
fn separate(out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'{' | b'[')) {
        out.push(b',');
    }
}

fn severity(out: &mut Vec<u8>, number: u8) {
    if number != 0 {
        field(out, "SeverityNumber");
        scalar(out, number);
    }
    if let Some(name) = Severity(number).short_name() {
        field(out, "SeverityText");
        scalar(out, name);
    }
}

/// A field with the attributes of both; none where there are no attributes.
pub(crate) fn attributes(out: &mut Vec<u8>, name: &str, stream: &[u8], own: &[u8]) {
    let mut attributes = merged(stream, own).peekable();
    if attributes.peek().is_none() {
        return;
    }
    field(out, name);
    out.push(b'{');
    for attribute in attributes {
        match attribute {
            Attribute::Pair { key, value: bytes } => {
                self::key(out, &mut Tokens::new(key));
                value(out, &mut Tokens::new(bytes));
            }
            Attribute::Malformed(bytes) => {
                field(out, BYTES_NAME);
                base64(out, bytes);
            }
        }
    }
    out.push(b'}');
}

/// A key as a string, and its colon. Recursion, here and below, is bounded: the value was walked before.
fn key(out: &mut Vec<u8>, tokens: &mut Tokens<'_>) {
    separate(out);
    let start = *tokens;
    match tokens.read().unwrap_or(Token::Null) {
        Token::Text(text) => scalar(out, String::from_utf8_lossy(text)),
        Token::Null => quoted(out, ()),
        Token::Bool(value) => quoted(out, value),
        Token::Unsigned(value) => quoted(out, value),
        Token::Signed(value) => quoted(out, value),
        Token::Single(value) => quoted(out, value),
        Token::Double(value) => quoted(out, value),
        Token::Binary(bytes) | Token::Extension(bytes) => base64(out, bytes),
        Token::Array(_) | Token::Map(_) => {
            *tokens = start;
            base64(out, tokens.value().unwrap_or_default());
        }
    }
    out.push(b':');
}

fn value(out: &mut Vec<u8>, tokens: &mut Tokens<'_>) {
    match tokens.read().unwrap_or(Token::Null) {
        Token::Null => scalar(out, ()),
        Token::Bool(value) => scalar(out, value),
        Token::Unsigned(value) => scalar(out, value),
        Token::Signed(value) => scalar(out, value),
        Token::Single(value) => scalar(out, value),
        Token::Double(value) => scalar(out, value),
        Token::Text(text) => text_or_bytes(out, text),
        Token::Binary(bytes) | Token::Extension(bytes) => bytes_value(out, bytes),
        Token::Array(count) => array(out, tokens, count),
        Token::Map(count) => map(out, tokens, count),
    }
}

fn array(out: &mut Vec<u8>, tokens: &mut Tokens<'_>, count: u32) {
    out.push(b'[');
    for _ in 0..count {
        separate(out);
        value(out, tokens);
    }
    out.push(b']');
}

fn map(out: &mut Vec<u8>, tokens: &mut Tokens<'_>, count: u32) {
    out.push(b'{');
    for _ in 0..count {
        key(out, tokens);
        value(out, tokens);
    }
    out.push(b'}');
}

pub(crate) fn text_or_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => scalar(out, text),
        Err(_) => bytes_value(out, bytes),
    }
}

fn bytes_value(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'{');
    field(out, BYTES_NAME);
    base64(out, bytes);
    out.push(b'}');
}

fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, 0);
    STANDARD.encode_slice(bytes, &mut out[start..]).expect("four characters for three bytes are enough");
    out.push(b'"');
}

/// A number between quotes.
pub(crate) fn quoted(out: &mut Vec<u8>, value: impl Serialize) {
    out.push(b'"');
    scalar(out, value);
    out.push(b'"');
}

/// A number that is none (NaN, infinite) becomes null.
pub(crate) fn scalar(out: &mut Vec<u8>, value: impl Serialize) {
    serde_json::to_writer(out, &value).expect("a Vec takes all");
}

#[cfg(test)]
mod tests;
