//! IPv6 addresses: the text forms of RFC 4291, section 2.2, with a zone as RFC 4007, section 11, writes it.
//!
//! Where text could be something else, that is assumed: `::` alone, and `::` with fewer than three groups and no digit
//! among them (`a::b`), are paths or operators; eight groups of two digits each are a hardware address (EUI-64).
//! Brackets, prefix lengths and ports stay outside. A slice such as `[1::2]` is a well-formed address, and is found.

use super::ipv4;
use crate::bytes::{DIGIT, HEX, WORD, ZONE, has, has_before, is, run_within};
use std::ops::Range;

/// Eight groups of four and the colons between, or six and a dotted tail: `INET6_ADDRSTRLEN`, less its zero byte.
const LONGEST: usize = 45;
/// Longer than the names of interfaces get: Linux's have 15 bytes, those of other systems are numbers.
const LONGEST_ZONE: usize = 32;
const GROUPS: u32 = 8;

/// The address whose second of two colons, or the first digit of whose seventh group, is at `at`.
pub(super) fn at(body: &[u8], at: usize, from: usize) -> Option<Range<usize>> {
    if body[at.saturating_sub(2)..].starts_with(b":::") || body[at.saturating_sub(1)..].starts_with(b":::") {
        return None;
    }
    // Marked for a colon that the gap before the body ends with.
    if body[at] == b':' && (at == 0 || body[at - 1] != b':') {
        return None;
    }
    let start = start(body, at, from)?;
    let text = Text::read(body, start);
    let end = text.end;
    let goes_on = has(body, end, WORD)
        || body[start..end].ends_with(b"::") && body.get(end) == Some(&b':')
        || body.get(end) == Some(&b':') && (has(body, end + 1, HEX) || body.get(end + 1) == Some(&b':'))
        || body.get(end) == Some(&b'.') && has(body, end + 1, DIGIT);
    (!goes_on && text.is_address(&body[start..end])).then(|| start..zone_end(body, end))
}

/// Where the hexadecimal digits and colons around `at` begin; a single colon before them is the text's, not theirs.
fn start(body: &[u8], at: usize, from: usize) -> Option<usize> {
    let from = from.max(at.saturating_sub(LONGEST)).min(at);
    let before = &body[from..at];
    let mut start = from + before.iter().rposition(|&byte| !is(byte, HEX) && byte != b':').map_or(0, |stop| stop + 1);
    if body[start] == b':' && body.get(start + 1) != Some(&b':') {
        start += 1;
    }
    (!has_before(body, start, WORD)).then_some(start)
}

/// What was read of an address.
struct Text {
    groups: u32,
    is_shortened: bool,
    end: usize,
}

impl Text {
    /// Reads as much as can belong to one.
    fn read(body: &[u8], start: usize) -> Self {
        let mut text = Self { groups: 0, is_shortened: false, end: start };
        while text.groups < GROUPS {
            let is_colon_next = text.end > start;
            if !text.is_shortened && body[text.end..].starts_with(b"::") {
                text.is_shortened = true;
                text.end += 2;
                if !text.group(body, text.end) {
                    break;
                }
            } else if !text.group(body, text.end + usize::from(is_colon_next)) {
                break;
            }
        }
        text
    }

    /// Reads a group, or a dotted tail, and whether another may follow.
    fn group(&mut self, body: &[u8], at: usize) -> bool {
        if let Some(end) = ipv4::address(body, at) {
            *self = Self { groups: self.groups + 2, end, ..*self };
            return false;
        }
        let end = run_within(body, at, 4, HEX);
        if end == at {
            return false;
        }
        *self = Self { groups: self.groups + 1, end, ..*self };
        body.get(end) == Some(&b':')
    }

    fn is_address(&self, text: &[u8]) -> bool {
        if !self.is_shortened {
            let is_hardware = text.len() == 23 && text.split(|&byte| byte == b':').all(|group| group.len() == 2);
            return self.groups == GROUPS && !is_hardware;
        }
        let is_likely = self.groups >= 3 || text.iter().any(|&byte| is(byte, DIGIT));
        self.groups > 0 && self.groups < GROUPS && is_likely
    }
}

/// Where the zone behind an address ends, or the address itself.
fn zone_end(body: &[u8], at: usize) -> usize {
    if body.get(at) != Some(&b'%') {
        return at;
    }
    let end = run_within(body, at + 1, LONGEST_ZONE, ZONE);
    let zone = &body[at + 1..end];
    zone.iter().rposition(|&byte| is(byte, WORD)).map_or(at, |last| at + 2 + last)
}
