//! RFC 3164 from behind its priority: `Nov 24 10:11:12 host app[123]: message`, with the variants that are seen: a time
//! of RFC 3339's kind, a year in it, no host, no process, no tag.

use super::Names;
use crate::parsed::Parsed;
use crate::time::{self, Context, Cursor};

/// Answers the message; `None` where no time stands at the start.
pub(super) fn read<'a>(text: &'a [u8], names: &Names, context: Context, parsed: &mut Parsed) -> Option<&'a [u8]> {
    let mut cursor = Cursor::new(text);
    let time = match text {
        [b'0'..=b'9', ..] => Some(time::iso(&mut cursor, context)?),
        _ => time::syslog(&mut cursor, context),
    };
    // A time whose year can't be told is a time.
    let moved = cursor.rest().len() < text.len();
    let rest = cursor.rest().strip_prefix(b" ").filter(|_| moved)?;
    parsed.time.set(0, time);
    if let Some(tag) = Tag::read(rest) {
        return Some(tag.write(names, parsed));
    }
    let (host, rest) = match memchr::memchr(b' ', rest) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &rest[rest.len()..]),
    };
    if !host.is_empty() {
        parsed.attributes.text(&names.host, host);
    }
    Some(Tag::read(rest).map_or(rest, |tag| tag.write(names, parsed)))
}

/// What stands behind a priority without a time: perhaps a tag, else the message alone. Answers the message.
pub(super) fn untimed<'a>(text: &'a [u8], names: &Names, parsed: &mut Parsed) -> &'a [u8] {
    Tag::read(text).map_or(text, |tag| tag.write(names, parsed))
}

/// `app[123]: message`, and `app: message`.
#[derive(Clone, Copy, Debug)]
struct Tag<'a> {
    app: &'a [u8],
    process: Option<&'a [u8]>,
    message: &'a [u8],
}

impl<'a> Tag<'a> {
    /// The colon is what makes a word a tag: else it is a host, or the message's first.
    fn read(text: &'a [u8]) -> Option<Self> {
        let mut from = 0;
        loop {
            let at = from + text[from..].iter().position(|byte| matches!(byte, b':' | b'[' | b' '))?;
            let (app, rest) = text.split_at(at);
            match rest {
                [b':'] | [b':', b' ', ..] if at > 0 => {
                    return Some(Self { app, process: None, message: behind_blank(&rest[1..]) });
                }
                [b'[', ..] if at > 0 => return Self::with_process(app, &rest[1..]),
                // A colon within a word, as in `a::b[1]:`.
                [b':', ..] => from = at + 1,
                _ => return None,
            }
        }
    }

    fn with_process(app: &'a [u8], rest: &'a [u8]) -> Option<Self> {
        let end = rest.iter().position(|byte| matches!(byte, b']' | b' '))?;
        let message = rest[end..].strip_prefix(b"]")?.strip_prefix(b":")?;
        Some(Self { app, process: Some(&rest[..end]).filter(|id| !id.is_empty()), message: behind_blank(message) })
    }

    fn write(self, names: &Names, parsed: &mut Parsed) -> &'a [u8] {
        parsed.attributes.text(&names.app, self.app);
        if let Some(id) = self.process {
            names.process(id, parsed);
        }
        self.message
    }
}

fn behind_blank(text: &[u8]) -> &[u8] {
    text.strip_prefix(b" ").unwrap_or(text)
}
