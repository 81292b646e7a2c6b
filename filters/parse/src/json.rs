//! Bodies that are JSON objects. The host has validated them and found their members, so that only values are read
//! here; still, nothing is taken on trust: what does not fit ends the record's parsing.

mod value;

use std::iter::Peekable;
use std::ops::Range;

use logagent_sdk::Batch;
use logagent_sdk::fields::{Fields, Found, Paths};

use crate::escape::{decoded, unescape};
use crate::names::{Known, Names};
use crate::parsed::Parsed;
use crate::roles::{Role, Roles};
use crate::time::Context;

/// The form `json`.
#[derive(Debug)]
pub(crate) struct Json {
    members: Paths,
    names: Names,
    key: Vec<u8>,
    text: Vec<u8>,
}

impl Json {
    pub(crate) fn new(roles: Roles, prefix: &str) -> Self {
        let members = Paths::new(&["*"]).expect("the path is right");
        Self { members, names: Names::new(roles, prefix), key: Vec::new(), text: Vec::new() }
    }

    pub(crate) fn find(&self, batch: &Batch<'_>) -> Fields {
        self.members.find(batch)
    }

    /// Reads a record's members; `found` stands at the first of them, and then behind the last.
    #[inline]
    pub(crate) fn parse(
        &mut self,
        (index, body): (usize, &[u8]),
        found: &mut Peekable<impl Iterator<Item = Found>>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        self.names.begin();
        // Of a list, a text or a number, no member is found, as of `{}`.
        let mut read = (body.trim_ascii_start().first() == Some(&b'{')).then_some(());
        while let Some(found) = found.next_if(|found| found.record() == index) {
            read = match (read, found) {
                (Some(()), Found::Value { key, range, .. }) if body.get(range.clone()).is_some() => {
                    name(body, key, range.start).and_then(|name| self.member(body, name, range, context, parsed))
                }
                _ => None,
            };
        }
        read
    }

    #[inline]
    fn member(
        &mut self,
        body: &[u8],
        raw: &[u8],
        range: Range<usize>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        let name = if parsed.has_backslash { decoded(raw, &mut self.key) } else { raw };
        // Of two members of one name the first counts, in all that it is.
        let role = match self.names.meet(name) {
            Known::New(_, Role::Body) => Role::Body,
            Known::New(key, role) => {
                if let Some(text) = plain(body, &range, parsed.has_backslash) {
                    parsed.attributes.text_first(key, text, range.len() - 2);
                    note(role, &text[..range.len() - 2], self.names.roles(), context, parsed);
                    return Some(());
                }
                parsed.attributes.key(key);
                role
            }
            Known::Again => return Some(()),
            Known::Other => match self.names.roles().of(name) {
                Role::Body => Role::Body,
                role if parsed.attributes.member(self.names.prefix(), name) => role,
                _ => return Some(()),
            },
        };
        if role == Role::Body {
            set_body(body, &body[range], parsed);
            return Some(());
        }
        self.value(&body[range], role, context, parsed)
    }

    /// Writes the value whose name is written.
    #[inline]
    fn value(&mut self, value: &[u8], role: Role, context: Context, parsed: &mut Parsed) -> Option<()> {
        let plain = match value {
            [b'"', raw @ .., b'"'] => {
                let text = decoded(raw, &mut self.text);
                parsed.attributes.value_text(text);
                text
            }
            [b'{' | b'[', ..] => {
                let end = value::write(value, 0, 0, &mut self.text, &mut parsed.attributes)?;
                (end == value.len()).then_some(value)?
            }
            _ => {
                value::write_word(value, &mut parsed.attributes);
                value
            }
        };
        note(role, plain, self.names.roles(), context, parsed);
        Some(())
    }
}

/// From a string's text to the body's end, where the string stands in it as it is meant.
#[inline]
fn plain<'a>(body: &'a [u8], range: &Range<usize>, has_backslash: bool) -> Option<&'a [u8]> {
    let is_string = range.len() >= 2 && body[range.start] == b'"' && body[range.end - 1] == b'"';
    (is_string && !has_backslash).then(|| &body[range.start + 1..])
}

#[inline]
fn note(role: Role, value: &[u8], roles: &Roles, context: Context, parsed: &mut Parsed) {
    if role != Role::None {
        parsed.note(role, value, roles.time_format, context);
    }
}

/// What lies between the quotes of a member's name, found from its value backwards: nothing but a colon and blanks
/// lies between the two.
#[inline]
fn name(body: &[u8], key: usize, value: usize) -> Option<&[u8]> {
    // As programs write it, without blanks.
    if let [b'"', name @ .., b'"', b':'] = body.get(key..value)? {
        return Some(name);
    }
    let head = body.get(key..value)?.trim_ascii_end();
    let head = head.strip_suffix(b":")?.trim_ascii_end();
    head.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// What lies between the quotes, of a string.
fn string(value: &[u8]) -> Option<&[u8]> {
    value.strip_prefix(b"\"")?.strip_suffix(b"\"")
}

/// A string's text becomes the body; of another value what stands there does.
fn set_body(body: &[u8], value: &[u8], parsed: &mut Parsed) {
    match string(value) {
        Some(raw) if memchr::memchr(b'\\', raw).is_some() => parsed.write_body(|text| unescape(raw, text)),
        Some(raw) => parsed.cut_body(body, raw),
        None => parsed.cut_body(body, value),
    }
}
