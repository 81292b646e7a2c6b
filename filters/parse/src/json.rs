//! Bodies that are JSON objects. The host has validated them and found their members, so that only values are read
//! here; still, nothing is taken on trust: what does not fit ends the record's parsing.

mod value;

use std::iter::Peekable;
use std::ops::Range;

use logagent_sdk::fields::{Fields, Found, Paths};
use logagent_sdk::{Batch, Record};

use crate::escape::{decoded, unescape};
use crate::key::Key;
use crate::names::{Known, Names};
use crate::number::digits_before;
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
        record: &Record<'_>,
        found: &mut Peekable<impl Iterator<Item = Found>>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        let body = record.body();
        self.names.begin();
        // Of a list, a text or a number, no member is found, as of `{}`.
        let mut read = (body.trim_ascii_start().first() == Some(&b'{')).then_some(());
        while let Some(found) = found.next_if(|found| found.record() == record.index()) {
            read = match (read, found) {
                (Some(()), Found::Value { key, range, .. }) if range.start <= range.end && range.end <= body.len() => {
                    self.member((body, record.body_onward()), key, range, context, parsed)
                }
                _ => None,
            };
        }
        read
    }

    #[inline]
    fn member(
        &mut self,
        (body, onward): (&[u8], &[u8]),
        key: usize,
        range: Range<usize>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        let mut name: &[u8] = b"";
        let known = match self.names.meet_likely(onward.get(key..)?, range.start.wrapping_sub(key)) {
            Some(known) => known,
            None => {
                let raw = self::name(body, key, range.start)?;
                name = if parsed.has_backslash { decoded(raw, &mut self.key) } else { raw };
                self.names.meet(name)
            }
        };
        // Of two members of one name the first counts, in all that it is.
        let role = match known {
            Known::New(_, Role::Body) => Role::Body,
            Known::New(key, role) => {
                if let Some(plain) = write_plain(key, (body, onward), &range, parsed) {
                    note(role, plain, self.names.roles(), context, parsed);
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

/// Writes what most values are, a text that stands there as it is meant or a whole number of up to eight digits, and
/// answers what it says.
#[inline(always)]
fn write_plain<'a>(
    key: &Key,
    (body, onward): (&'a [u8], &[u8]),
    range: &Range<usize>,
    parsed: &mut Parsed,
) -> Option<&'a [u8]> {
    match &body[range.clone()] {
        [b'"', text @ .., b'"'] if !parsed.has_backslash => {
            parsed.attributes.text_first(key, &onward[range.start + 1..], text.len());
            Some(text)
        }
        // No zero before others.
        text @ ([b'1'..=b'9', ..] | [b'0']) => {
            let number = digits_before(&body[..range.end], text.len())?;
            parsed.attributes.uint(key, number.into());
            Some(text)
        }
        _ => None,
    }
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
