//! RFC 5424 from behind its version: `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG`; `-` is none.

use super::Names;
use crate::attributes::Attributes;
use crate::key::Key;
use crate::pack::{self, Container};
use crate::parsed::Parsed;
use crate::time::{self, Context, Cursor};

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Answers the message.
pub(super) fn read<'a>(
    text: &'a [u8],
    names: &Names,
    buffer: &mut Vec<u8>,
    context: Context,
    parsed: &mut Parsed,
) -> Option<&'a [u8]> {
    let (stamp, rest) = word(text)?;
    if stamp != b"-" {
        let mut cursor = Cursor::new(stamp);
        let time = time::iso(&mut cursor, context).filter(|_| cursor.is_done());
        parsed.time.set(0, Some(time?));
    }
    let (host, rest) = word(rest)?;
    let (app, rest) = word(rest)?;
    let (process, rest) = word(rest)?;
    let (id, rest) = word(rest)?;
    named(&names.host, host, parsed);
    named(&names.app, app, parsed);
    if process != b"-" {
        names.process(process, parsed);
    }
    named(&names.message_id, id, parsed);
    let rest = match rest {
        [b'-', rest @ ..] => rest,
        _ => data(rest, &names.data, buffer, &mut parsed.attributes)?,
    };
    match rest {
        [] => Some(rest),
        [b' ', message @ ..] => Some(message.strip_prefix(MARK).unwrap_or(message)),
        _ => None,
    }
}

fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b' ', text).filter(|&at| at > 0)?;
    Some((&text[..at], &text[at + 1..]))
}

fn named(key: &Key, value: &[u8], parsed: &mut Parsed) {
    if value != b"-" {
        parsed.attributes.text(key, value);
    }
}

/// `[id name="value" …][id …]` as a map of maps. Answers what is behind it.
fn data<'a>(text: &'a [u8], key: &Key, buffer: &mut Vec<u8>, attributes: &mut Attributes) -> Option<&'a [u8]> {
    let head = pack::open(attributes.key(key));
    let elements = attributes.inner_map();
    let (mut rest, mut count) = (text, 0);
    while let Some(element) = rest.strip_prefix(b"[") {
        let (id, behind) = name(element)?;
        // Of two elements of one name the first counts; the other is read past.
        let mark = attributes.out().len();
        let is_new = attributes.inner_member(elements, id);
        rest = parameters(behind, buffer, attributes)?;
        if is_new {
            count += 1;
        } else {
            attributes.out().truncate(mark);
        }
    }
    pack::close(attributes.out(), head, Container::Map, count);
    (count > 0).then_some(rest)
}

/// `name="value" …]` as a map.
fn parameters<'a>(text: &'a [u8], buffer: &mut Vec<u8>, attributes: &mut Attributes) -> Option<&'a [u8]> {
    let head = pack::open(attributes.out());
    let map = attributes.inner_map();
    let (mut rest, mut count) = (text, 0);
    while let Some(parameter) = rest.strip_prefix(b" ") {
        let (name, behind) = name(parameter)?;
        let value = behind.strip_prefix(b"=\"")?;
        let end = crate::escape::closing_quote(value)?;
        if attributes.inner_member(map, name) {
            unescape(&value[..end], buffer);
            attributes.value_text(buffer);
            count += 1;
        }
        rest = &value[end + 1..];
    }
    pack::close(attributes.out(), head, Container::Map, count);
    rest.strip_prefix(b"]")
}

/// SD-NAME: printable ASCII but `=`, `]`, `"` and the blank.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let is_name = |byte: &&u8| byte.is_ascii_graphic() && !matches!(byte, b'=' | b']' | b'"');
    let length = text.iter().take_while(is_name).count();
    (length > 0).then(|| text.split_at(length))
}

/// Only `\"`, `\\` and `\]` are escapes; another backslash stands for itself.
fn unescape(mut text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    while let Some(at) = memchr::memchr(b'\\', text) {
        out.extend_from_slice(&text[..at]);
        text = &text[at..];
        if let [_, b'"' | b'\\' | b']', ..] = text {
            text = &text[1..];
        }
        out.push(text[0]);
        text = &text[1..];
    }
    out.extend_from_slice(text);
}
