//! A line of an access log: `address ident user [time] "request" status bytes "referer" "user agent"`. What is `-` is
//! not there. Names are those of OpenTelemetry's semantic conventions.

use crate::attributes::Key;
use crate::escape::{closing_quote, unescape_bytes};
use crate::parsed::Parsed;
use crate::time::{self, Context};

/// The parts, as they stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    address: &'a [u8],
    user: &'a [u8],
    time: u64,
    request: &'a [u8],
    status: &'a [u8],
    bytes: &'a [u8],
    referer: &'a [u8],
    agent: &'a [u8],
    /// Whom a proxy spoke for, in the format `main`.
    forwarded: &'a [u8],
}

impl<'a> Line<'a> {
    #[inline]
    pub(super) fn read(body: &'a [u8], context: Context) -> Option<Self> {
        let (address, rest) = until(body, b' ')?;
        let (_ident, rest) = until(rest, b' ')?;
        // A user's name may hold blanks, and brackets: the time's is the first with a digit behind it.
        let (user, rest) = user(rest)?;
        let (time, rest) = until(rest, b']')?;
        let time = time::clf(time, context)?;
        let (request, rest) = quoted(rest.strip_prefix(b" ")?)?;
        let (status, rest) = until(rest.strip_prefix(b" ")?, b' ')?;
        let (bytes, rest) = rest.split_at(memchr::memchr(b' ', rest).unwrap_or(rest.len()));
        let (referer, rest) = next_quoted(rest)?;
        let (agent, rest) = next_quoted(rest)?;
        let (forwarded, rest) = next_quoted(rest)?;
        let is_whole = !address.is_empty() && (rest.is_empty() || rest.starts_with(b" "));
        is_whole.then_some(Self { address, user, time, request, status, bytes, referer, agent, forwarded })
    }
}

#[inline]
fn until(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, text)?;
    Some((&text[..at], &text[at + 1..]))
}

#[inline]
fn user(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(b'[', &text[from..])?;
        if let [.., b' '] = text[..at]
            && text.get(at + 1).is_some_and(u8::is_ascii_digit)
        {
            return Some((&text[..at - 1], &text[at + 1..]));
        }
        from = at + 1;
    }
}

#[inline]
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"\"")?;
    let end = closing_quote(text)?;
    Some((&text[..end], &text[end + 1..]))
}

/// One more quoted text, if one follows; what else follows is of a format that goes on, and left alone.
#[inline]
fn next_quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.starts_with(b" \"") { quoted(&text[1..]) } else { Some((b"", text)) }
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
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        let key = |name| Key::new(prefix, name);
        Self {
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
        }
    }

    #[inline]
    pub(super) fn write(&self, line: &Line<'_>, buffer: &mut Vec<u8>, parsed: &mut Parsed) {
        parsed.time.set(0, Some(line.time));
        text(&self.address, line.address, buffer, parsed);
        text(&self.user, line.user, buffer, parsed);
        self.request(line.request, buffer, parsed);
        number(&self.status, line.status, parsed);
        number(&self.bytes, line.bytes, parsed);
        text(&self.referer, line.referer, buffer, parsed);
        text(&self.agent, line.agent, buffer, parsed);
        text(&self.forwarded, line.forwarded, buffer, parsed);
    }

    #[inline]
    fn request(&self, request: &[u8], buffer: &mut Vec<u8>, parsed: &mut Parsed) {
        let Some(Request { method, target, version }) = Request::read(request) else {
            // No request line at all: bytes of TLS, say.
            return text(&self.request, request, buffer, parsed);
        };
        parsed.attributes.text(&self.method, method);
        parsed.attributes.text(&self.version, version);
        if !target.starts_with(b"/") {
            return text(&self.target, target, buffer, parsed);
        }
        match until(target, b'?') {
            Some((path, query)) => {
                text(&self.path, path, buffer, parsed);
                text(&self.query, query, buffer, parsed);
            }
            None => text(&self.path, target, buffer, parsed),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Request<'a> {
    method: &'a [u8],
    target: &'a [u8],
    version: &'a [u8],
}

impl<'a> Request<'a> {
    /// `GET /path HTTP/1.1`; a target may hold blanks that a client should have escaped.
    #[inline]
    fn read(request: &'a [u8]) -> Option<Self> {
        let (method, rest) = until(request, b' ')?;
        let is_method = !method.is_empty() && method.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
        let at = memchr::memrchr(b' ', rest)?;
        let (target, version) = (&rest[..at], rest[at + 1..].strip_prefix(b"HTTP/")?);
        (is_method && !target.is_empty()).then_some(Self { method, target, version: minor(version) })
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
#[inline]
fn text(key: &Key, value: &[u8], buffer: &mut Vec<u8>, parsed: &mut Parsed) {
    if matches!(value, b"" | b"-") {
        return;
    }
    if memchr::memchr(b'\\', value).is_some() {
        buffer.clear();
        unescape_bytes(value, buffer);
        if std::str::from_utf8(buffer).is_ok() {
            return parsed.attributes.text(key, buffer);
        }
    }
    parsed.attributes.text(key, value);
}

/// Adds a number; what is none is a text.
#[inline]
fn number(key: &Key, value: &[u8], parsed: &mut Parsed) {
    const MAX_DIGITS: usize = 18;
    match value {
        b"" | b"-" => {}
        _ if value.len() <= MAX_DIGITS && value.iter().all(u8::is_ascii_digit) => {
            parsed.attributes.int(key, value.iter().fold(0, |number, &byte| number * 10 + i64::from(byte - b'0')));
        }
        _ => parsed.attributes.text(key, value),
    }
}
