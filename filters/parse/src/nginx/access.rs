//! A line of an access log: `address ident user [time] "request" status bytes "referer" "user agent"`. What is `-` is
//! not there. Names are those of OpenTelemetry's semantic conventions.

mod quick;

use std::ops::Range;

use crate::escape::{closing_quote, unescape_bytes};
use crate::key::Key;
use crate::look::find;
use crate::number::digits;
use crate::parsed::Parsed;
use crate::time::{self, Context};

pub(super) use quick::read as read_quickly;

/// Where the parts stand in the body.
#[derive(Clone, Debug)]
pub(super) struct Line {
    address: Range<usize>,
    user: Range<usize>,
    time: u64,
    request: Range<usize>,
    status: Range<usize>,
    bytes: Range<usize>,
    referer: Range<usize>,
    agent: Range<usize>,
    /// Whom a proxy spoke for, in the format `main`.
    forwarded: Range<usize>,
}

impl Line {
    #[inline]
    pub(super) fn read(body: &[u8], has_backslash: bool, context: Context) -> Option<Self> {
        let address = 0..find(body, 0, b' ').filter(|&end| end > 0)?;
        let ident = find(body, address.end + 1, b' ')?;
        let user = user(body, ident + 1)?;
        let (time, at) = time(body, user.end + 2, context)?;
        let request = quoted(body, at, has_backslash)?;
        let status = behind_blank(body, request.end + 1)?;
        let status = status..find(body, status, b' ')?;
        let bytes = status.end + 1..find(body, status.end + 1, b' ').unwrap_or(body.len());
        let (referer, at) = next_quoted(body, bytes.end, has_backslash)?;
        let (agent, at) = next_quoted(body, at, has_backslash)?;
        let (forwarded, at) = next_quoted(body, at, has_backslash)?;
        let is_whole = body.get(at).is_none_or(|&byte| byte == b' ');
        is_whole.then_some(Self { address, user, time, request, status, bytes, referer, agent, forwarded })
    }
}

/// From behind the identity to the blank before the time. A user's name may hold blanks, and brackets: the time's is the
/// first with a digit behind it.
#[inline]
fn user(body: &[u8], start: usize) -> Option<Range<usize>> {
    let mut from = start;
    loop {
        let at = find(body, from, b'[')?;
        if at > start && body[at - 1] == b' ' && body.get(at + 1).is_some_and(u8::is_ascii_digit) {
            return Some(start..at - 1);
        }
        from = at + 1;
    }
}

/// The time that begins at `start`, and what is behind its bracket.
#[inline]
fn time(body: &[u8], start: usize, context: Context) -> Option<(u64, usize)> {
    /// Of nearly all times: whatever is shorter or longer has its bracket searched.
    const USUAL: usize = 26;
    let end = match body.get(start + USUAL) {
        Some(b']') => start + USUAL,
        _ => find(body, start, b']')?,
    };
    Some((time::clf(&body[start..end], context)?, end + 1))
}

#[inline]
fn behind_blank(body: &[u8], at: usize) -> Option<usize> {
    (*body.get(at)? == b' ').then_some(at + 1)
}

/// What lies between the quotes that begin behind a blank at `at`.
#[inline(always)]
fn quoted(body: &[u8], at: usize, has_backslash: bool) -> Option<Range<usize>> {
    let [b' ', b'"'] = body.get(at..)?.first_chunk()? else { return None };
    let start = at + 2;
    let end = if has_backslash { start + closing_quote(&body[start..])? } else { find(body, start, b'"')? };
    Some(start..end)
}

/// One more quoted text, if one follows, and where it ends; what else follows is of a format that goes on, and left
/// alone.
#[inline(always)]
fn next_quoted(body: &[u8], at: usize, has_backslash: bool) -> Option<(Range<usize>, usize)> {
    if !matches!(body.get(at..)?, [b' ', b'"', ..]) {
        return Some((at..at, at));
    }
    let text = quoted(body, at, has_backslash)?;
    let end = text.end + 1;
    Some((text, end))
}

/// The attributes' names.
#[derive(Debug)]
pub(super) struct Names {
    address: Key,
    user: Key,
    method: Key,
    path: Key,
    query: Key,
    target: Key,
    request: Key,
    version: Key,
    status: Key,
    bytes: Key,
    referer: Key,
    agent: Key,
    forwarded: Key,
    bytes_of_all: usize,
}

impl Names {
    /// How many there are.
    const COUNT: usize = 13;

    pub(super) fn new(prefix: &str) -> Self {
        let mut bytes_of_all = 0;
        let mut key = |name: &str| {
            let key = Key::new(prefix.as_bytes(), name.as_bytes());
            bytes_of_all += key.whole().len();
            key
        };
        let mut names = Self {
            address: key("client.address"),
            user: key("user.name"),
            method: key("http.request.method"),
            path: key("url.path"),
            query: key("url.query"),
            target: key("url.original"),
            request: key("http.request.line"),
            version: key("network.protocol.version"),
            status: key("http.response.status_code"),
            bytes: key("http.response.body.size"),
            referer: key("http.request.header.referer"),
            agent: key("user_agent.original"),
            forwarded: key("http.request.header.x-forwarded-for"),
            bytes_of_all: 0,
        };
        names.bytes_of_all = bytes_of_all;
        names
    }

    #[inline]
    pub(super) fn write(&self, body: &[u8], line: &Line, buffer: &mut Vec<u8>, parsed: &mut Parsed) {
        parsed.time.set(0, Some(line.time));
        text(&self.address, body, line.address.clone(), buffer, parsed);
        text(&self.user, body, line.user.clone(), buffer, parsed);
        self.request(body, line.request.clone(), buffer, parsed);
        number(&self.status, body, line.status.clone(), parsed);
        number(&self.bytes, body, line.bytes.clone(), parsed);
        text(&self.referer, body, line.referer.clone(), buffer, parsed);
        text(&self.agent, body, line.agent.clone(), buffer, parsed);
        text(&self.forwarded, body, line.forwarded.clone(), buffer, parsed);
    }

    #[inline]
    fn request(&self, body: &[u8], request: Range<usize>, buffer: &mut Vec<u8>, parsed: &mut Parsed) {
        let Some(Request { method, target, version }) = Request::read(body, request.clone()) else {
            // No request line at all: bytes of TLS, say.
            return text(&self.request, body, request, buffer, parsed);
        };
        parsed.attributes.text_first(&self.method, &body[method.start..], method.len());
        match &body[version.clone()] {
            b"1.1" => parsed.attributes.text(&self.version, b"1.1"),
            version => parsed.attributes.text(&self.version, minor(version)),
        }
        if body[target.start] != b'/' {
            return text(&self.target, body, target, buffer, parsed);
        }
        match find(&body[..target.end], target.start, b'?') {
            Some(at) => {
                text(&self.path, body, target.start..at, buffer, parsed);
                text(&self.query, body, at + 1..target.end, buffer, parsed);
            }
            None => text(&self.path, body, target, buffer, parsed),
        }
    }
}

#[derive(Clone, Debug)]
struct Request {
    method: Range<usize>,
    target: Range<usize>,
    version: Range<usize>,
}

impl Request {
    /// `GET /path HTTP/1.1`; a target may hold blanks that a client should have escaped.
    #[inline]
    fn read(body: &[u8], request: Range<usize>) -> Option<Self> {
        let method = request.start..find(body, request.start, b' ').filter(|&at| at < request.end)?;
        let target = method.end + 1;
        let end = last_blank(&body[target..request.end])? + target;
        let version = body[end + 1..request.end].strip_prefix(b"HTTP/")?;
        let version = request.end - version.len()..request.end;
        (is_method(&body[method.clone()]) && target < end).then_some(Self { method, target: target..end, version })
    }
}

#[inline]
fn is_method(text: &[u8]) -> bool {
    matches!(text, b"GET" | b"POST" | b"PUT" | b"HEAD" | b"DELETE")
        || (!text.is_empty() && text.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-'))
}

/// Nearly always before a version of three characters.
#[inline]
fn last_blank(text: &[u8]) -> Option<usize> {
    match text.last_chunk() {
        Some([b' ', b'H', b'T', b'T', b'P', b'/', _, b'.', _]) => Some(text.len() - 9),
        _ => memchr::memrchr(b' ', text),
    }
}

/// The conventions' names of versions that have no minor number.
fn minor(version: &[u8]) -> &[u8] {
    match version {
        b"2.0" => b"2",
        b"3.0" => b"3",
        _ => version,
    }
}

/// Adds a text without its escapes, unless these stand for bytes that are no UTF-8.
#[inline(always)]
fn text(key: &Key, body: &[u8], part: Range<usize>, buffer: &mut Vec<u8>, parsed: &mut Parsed) {
    let (text, length) = (&body[part.start..], part.len());
    if length == 0 || (length == 1 && text[0] == b'-') {
        return;
    }
    if parsed.has_backslash {
        escaped(key, &text[..length], buffer, parsed);
    } else {
        parsed.attributes.text_first(key, text, length);
    }
}

#[inline(never)]
fn escaped(key: &Key, raw: &[u8], buffer: &mut Vec<u8>, parsed: &mut Parsed) {
    buffer.clear();
    unescape_bytes(raw, buffer);
    let is_text = std::str::from_utf8(buffer).is_ok();
    parsed.attributes.text(key, if is_text { buffer } else { raw });
}

/// Adds a number; what is none is a text.
#[inline]
fn number(key: &Key, body: &[u8], part: Range<usize>, parsed: &mut Parsed) {
    match &body[part] {
        b"" | b"-" => {}
        value => match digits(value) {
            Some(number) => parsed.attributes.int(key, number),
            None => parsed.attributes.text(key, value),
        },
    }
}
