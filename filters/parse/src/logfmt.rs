//! Lines of `key=value key="quoted value" flag`, as heroku and Go's loggers write them.

use crate::escape::{closing_quote, decoded, unescape};
use crate::number::number;
use crate::pack;
use crate::parsed::Parsed;
use crate::roles::{Role, Roles};
use crate::time::Context;

/// The form `logfmt`.
#[derive(Debug)]
pub(crate) struct Logfmt {
    roles: Roles,
    prefix: Vec<u8>,
    text: Vec<u8>,
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug)]
enum Written<'a> {
    /// Nothing, not even `=`.
    Flag,
    Bare(&'a [u8]),
    /// Between quotes.
    Quoted(&'a [u8]),
}

impl Logfmt {
    pub(crate) fn new(roles: Roles, prefix: &str) -> Self {
        Self { roles, prefix: prefix.into(), text: Vec::new() }
    }

    /// A line without any `=` is prose, not a row of flags.
    pub(crate) fn parse(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let (mut rest, mut has_pair) = (body.trim_ascii_start(), false);
        while !rest.is_empty() {
            let (name, written, behind) = pair(rest)?;
            has_pair |= !matches!(written, Written::Flag);
            self.member(body, name, written, context, parsed)?;
            rest = behind.trim_ascii_start();
        }
        has_pair.then_some(())
    }

    #[inline]
    fn member(
        &mut self,
        body: &[u8],
        name: &[u8],
        written: Written<'_>,
        context: Context,
        parsed: &mut Parsed,
    ) -> Option<()> {
        // Attributes' names are text.
        let is_text = parsed.attributes.is_utf8() || std::str::from_utf8(name).is_ok();
        is_text.then_some(())?;
        let role = self.roles.of(name);
        if role == Role::Body {
            set_body(body, written, parsed);
            return Some(());
        }
        if !parsed.attributes.member(&self.prefix, name) {
            return Some(());
        }
        let value = match written {
            Written::Flag => {
                pack::bool(parsed.attributes.out(), true);
                return Some(());
            }
            Written::Bare(text) => {
                bare(text, parsed);
                text
            }
            Written::Quoted(raw) => {
                let text = decoded(raw, &mut self.text);
                parsed.attributes.value_text(text);
                text
            }
        };
        parsed.note(role, value, self.roles.time_format, context);
        Some(())
    }
}

/// The first pair, and what is behind it.
#[inline]
fn pair(text: &[u8]) -> Option<(&[u8], Written<'_>, &[u8])> {
    let end = text.iter().position(|&byte| byte <= b' ' || byte == b'=' || byte == b'"').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    match rest {
        _ if name.is_empty() => None,
        [b'=', b'"', quoted @ ..] => {
            let length = closing_quote(quoted)?;
            let behind = &quoted[length + 1..];
            behind.first().is_none_or(|&byte| byte <= b' ').then_some((
                name,
                Written::Quoted(&quoted[..length]),
                behind,
            ))
        }
        [b'=', value @ ..] => {
            let length = memchr::memchr3(b' ', b'\t', b'\n', value).unwrap_or(value.len());
            let (value, behind) = value.split_at(length);
            Some((name, Written::Bare(value), behind))
        }
        [b'"', ..] => None,
        // A control character ends a pair as a blank does, but is none that may be trimmed.
        [byte, ..] if !byte.is_ascii_whitespace() => None,
        _ => Some((name, Written::Flag, rest)),
    }
}

/// Numbers and truths are what they look like.
#[inline]
fn bare(text: &[u8], parsed: &mut Parsed) {
    let first = text.first().copied().unwrap_or_default();
    let is_number_like = first.is_ascii_digit() || first == b'-';
    match text {
        b"true" => pack::bool(parsed.attributes.out(), true),
        b"false" => pack::bool(parsed.attributes.out(), false),
        _ => match is_number_like.then(|| number(text)).flatten() {
            Some(number) => parsed.attributes.value_number(number),
            None => parsed.attributes.value_text(text),
        },
    }
}

fn set_body(body: &[u8], written: Written<'_>, parsed: &mut Parsed) {
    match written {
        Written::Flag => {}
        Written::Quoted(raw) if memchr::memchr(b'\\', raw).is_some() => parsed.write_body(|text| unescape(raw, text)),
        Written::Bare(part) | Written::Quoted(part) => parsed.cut_body(body, part),
    }
}
