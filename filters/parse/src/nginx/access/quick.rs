//! The lines that nearly all are, read by their marks and written in one go. What is unusual about a line in any way (it
//! is of another format, something in it is escaped) leaves it to the reader that goes step by step; so does a line that
//! is none.

use std::ops::Range;

use super::{Line, Names, Request};
use crate::block::{BLOCK, Block, CHUNK, Chunk};
use crate::marks::Marks;
use crate::number::digits_before;
use crate::parsed::Parsed;
use crate::pen::{EXTRA, Pen};
use crate::time::{Context, Recent};

/// `24/Nov/2026:10:11:12 +0100`.
const TIME: usize = 26;

/// Reads a line and writes what it says. `onward` is the body with what lies behind it.
#[inline(never)]
pub(in crate::nginx) fn read(
    names: &Names,
    (body, onward): (&[u8], &[u8]),
    context: Context,
    parsed: &mut Parsed,
) -> Option<()> {
    if parsed.has_backslash || !parsed.attributes.is_utf8() {
        return None;
    }
    let line = line(&parsed.marks, body, &mut parsed.recent, context)?;
    let request = request(onward, &line.request)?;
    let numbers = (whole(body, &line.status)??, whole(body, &line.bytes)?);
    parsed.time.set(0, Some(line.time));
    let most = names.bytes_of_all + body.len() + Names::COUNT * EXTRA;
    parsed.attributes.write(most, |pen| write(names, onward, &line, &request, numbers, pen));
    Some(())
}

#[inline(always)]
fn line(marks: &Marks, body: &[u8], recent: &mut Recent, context: Context) -> Option<Line> {
    let ([from, to, referer, referer_end, agent, agent_end], forwarded) = quoted(marks, body)?;
    let (bracket, (address, ident)) = (marks.bracket(), marks.blanks());
    let [time @ .., b']', b' ', b'"'] = body.get(bracket + 1..)?.first_chunk::<{ TIME + 3 }>()? else { return None };
    let is_start = address > 0
        && ident + 1 < bracket
        && body[bracket - 1] == b' '
        && bracket + TIME + 3 == from
        && time[0].is_ascii_digit();
    let is_joined = body[to + 1] == b' ' && body[referer_end + 1] == b' ' && referer_end + 2 == agent;
    // Three digits between blanks, and nothing but one number up to the next quote: `numbers` sees to that.
    let is_numbered = to + 7 < referer && body[to + 5] == b' ' && body[referer - 1] == b' ';
    (is_start && is_joined && is_numbered).then_some(())?;
    Some(Line {
        address: 0..address,
        user: ident + 1..bracket - 1,
        time: recent.clf(time, context)?,
        request: from + 1..to,
        status: to + 2..to + 5,
        bytes: to + 6..referer - 1,
        referer: referer + 1..referer_end,
        agent: agent + 1..agent_end,
        forwarded,
    })
}

/// The quotes of the three texts that each line has, and the fourth text, if there is one; they must end the line.
#[inline(always)]
fn quoted(marks: &Marks, body: &[u8]) -> Option<([usize; 6], Range<usize>)> {
    if let Some(quotes) = marks.quotes::<6>() {
        return (quotes[5] + 1 == body.len()).then_some((quotes, 0..0));
    }
    let [a, b, c, d, e, f, start, end] = marks.quotes()?;
    let is_last = end + 1 == body.len() && f + 2 == start && body[f + 1] == b' ';
    is_last.then_some(([a, b, c, d, e, f], start + 1..end))
}

/// `GET /path HTTP/1.1`, of a method in letters, a path, and a version of three characters.
#[inline(always)]
fn request(onward: &[u8], range: &Range<usize>) -> Option<Request> {
    /// ` HTTP/1.1`.
    const VERSION: usize = 9;
    let start = Block::read(onward[range.start..].first_chunk::<BLOCK>()?);
    let method = start.equal(b' ').high_bits().trailing_zeros() as usize;
    let is_method = method > 0 && start.letters().high_bits().trailing_ones() as usize == method;
    let (target, end) = (range.start + method + 1, range.end.checked_sub(VERSION)?);
    let [b' ', b'H', b'T', b'T', b'P', b'/', major, b'.', minor] = onward[end..].first_chunk()? else { return None };
    let is_whole = target < end && onward[target] == b'/' && *major != b' ' && *minor != b' ';
    // The conventions' names of these have no minor number.
    let has_minor = !matches!((major, minor), (b'2' | b'3', b'0'));
    let version = range.end - 3..range.end - if has_minor { 0 } else { 2 };
    (is_method && is_whole).then_some(Request { method: range.start..target - 1, target: target..end, version })
}

/// A number of up to eight digits; `Some(None)` for a hyphen.
#[inline(always)]
#[expect(clippy::option_option, reason = "neither a number nor a hyphen, a hyphen, a number")]
fn whole(body: &[u8], range: &Range<usize>) -> Option<Option<u32>> {
    if range.len() == 1 && body[range.start] == b'-' {
        return Some(None);
    }
    digits_before(&body[..range.end], range.len()).map(Some)
}

#[inline(always)]
fn write(
    names: &Names,
    onward: &[u8],
    line: &Line,
    request: &Request,
    (status, bytes): (u32, Option<u32>),
    pen: &mut Pen<'_>,
) {
    let target = request.target.clone();
    let path_end = question_mark(onward, &target).unwrap_or(target.end);
    text(pen, &names.address, onward, line.address.clone());
    text(pen, &names.user, onward, line.user.clone());
    text(pen, &names.method, onward, request.method.clone());
    text(pen, &names.version, onward, request.version.clone());
    text(pen, &names.path, onward, target.start..path_end);
    text(pen, &names.query, onward, (path_end + 1).min(target.end)..target.end);
    pen.uint(&names.status, status.into());
    if let Some(bytes) = bytes {
        pen.uint(&names.bytes, bytes.into());
    }
    text(pen, &names.referer, onward, line.referer.clone());
    text(pen, &names.agent, onward, line.agent.clone());
    text(pen, &names.forwarded, onward, line.forwarded.clone());
}

/// In one look, where the target is of a usual length.
#[inline(always)]
fn question_mark(onward: &[u8], target: &Range<usize>) -> Option<usize> {
    match onward[target.start..].first_chunk::<CHUNK>() {
        Some(chunk) if target.len() <= CHUNK => {
            let at = target.start + Chunk::read(chunk).hits(b'?').trailing_zeros() as usize;
            (at < target.end).then_some(at)
        }
        _ => memchr::memchr(b'?', &onward[target.clone()]).map(|at| target.start + at),
    }
}

/// Adds a text; what is empty or a hyphen is not there.
#[inline(always)]
fn text(pen: &mut Pen<'_>, key: &crate::key::Key, onward: &[u8], part: Range<usize>) {
    let (text, length) = (&onward[part.start..], part.len());
    if length > 1 || (length == 1 && text[0] != b'-') {
        pen.text(key, text, length);
    }
}
