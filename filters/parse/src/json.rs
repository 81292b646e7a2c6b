//! Bodies that are JSON objects. The host has validated them and found their members, so that only values are read
//! here; still, nothing is taken on trust: what does not fit ends the record's parsing.

mod value;

use std::iter::Peekable;

use logagent_sdk::Batch;
use logagent_sdk::fields::{Fields, Found, Paths};

use crate::escape::{decoded, unescape};
use crate::parsed::Parsed;
use crate::roles::{Role, Roles};
use crate::time::Context;

/// The form `json`.
#[derive(Debug)]
pub(crate) struct Json {
    members: Paths,
    roles: Roles,
    prefix: Vec<u8>,
    key: Vec<u8>,
    text: Vec<u8>,
    /// Whether the body in hand has a backslash at all.
    has_escapes: bool,
}

impl Json {
    pub(crate) fn new(roles: Roles, prefix: &str) -> Self {
        let members = Paths::new(&["*"]).expect("the path is right");
        Self { members, roles, prefix: prefix.into(), key: Vec::new(), text: Vec::new(), has_escapes: false }
    }

    pub(crate) fn find(&self, batch: &Batch<'_>) -> Fields {
        self.members.find(batch)
    }

    /// Reads a record's members; `found` stands at the first of them, and then behind the last.
    pub(crate) fn parse(
        &mut self,
        (index, body): (usize, &[u8]),
        found: &mut Peekable<impl Iterator<Item = Found>>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        // Of a list, a text or a number, no member is found, as of `{}`.
        self.has_escapes = memchr::memchr(b'\\', body).is_some();
        let mut read = (body.trim_ascii_start().first() == Some(&b'{')).then_some(());
        while let Some(found) = found.next_if(|found| found.record() == index) {
            read = match (read, found) {
                (Some(()), Found::Value { key, range, .. }) => body
                    .get(range.clone())
                    .zip(name(body, key, range.start))
                    .and_then(|(value, name)| self.member(body, name, value, context, parsed)),
                _ => None,
            };
        }
        read
    }

    #[inline]
    fn member(&mut self, body: &[u8], raw: &[u8], value: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let name = if self.has_escapes { decoded(raw, &mut self.key) } else { raw };
        let role = self.roles.of(name);
        if role == Role::Body {
            set_body(body, value, parsed);
            return Some(());
        }
        // Of two members of one name the first counts, in all that it is.
        if !parsed.attributes.member(&self.prefix, name) {
            return Some(());
        }
        let plain = match string(value) {
            Some(raw) => {
                let text = if self.has_escapes { decoded(raw, &mut self.text) } else { raw };
                parsed.attributes.value_text(text);
                text
            }
            None if matches!(value, [b'{' | b'[', ..]) => {
                let end = value::write(value, 0, 0, &mut self.text, &mut parsed.attributes)?;
                (end == value.len()).then_some(value)?
            }
            None => {
                value::write_word(value, &mut parsed.attributes);
                value
            }
        };
        if role != Role::None {
            parsed.note(role, plain, self.roles.time_format, context);
        }
        Some(())
    }
}

/// What lies between the quotes of a member's name, found from its value backwards: nothing but a colon and blanks
/// lies between the two.
#[inline]
fn name(body: &[u8], key: usize, value: usize) -> Option<&[u8]> {
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
