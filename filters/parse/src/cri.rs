//! What container runtimes write (Kubernetes' Container Runtime Interface, "logging format"): `time stream tags
//! message`. The message is the body, unless configured otherwise.

use crate::key::Key;
use crate::parsed::Parsed;
use crate::time::{self, Context, Cursor};

/// The form `cri`.
#[derive(Debug)]
pub(crate) struct Cri {
    stream: Key,
    tag: Key,
    takes_message: bool,
}

impl Cri {
    pub(crate) fn new(prefix: &str, takes_message: bool) -> Self {
        let key = |name: &str| Key::new(prefix.as_bytes(), name.as_bytes());
        Self { stream: key("log.iostream"), tag: key("logtag"), takes_message }
    }

    #[inline]
    pub(crate) fn parse(&self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let mut cursor = Cursor::new(body);
        let time = time::iso(&mut cursor, context)?;
        let (stream, rest) = match cursor.rest() {
            [b' ', b's', b't', b'd', b'o', b'u', b't', b' ', rest @ ..] => (&b"stdout"[..], rest),
            [b' ', b's', b't', b'd', b'e', b'r', b'r', b' ', rest @ ..] => (&b"stderr"[..], rest),
            _ => return None,
        };
        let (tag, message) = match rest {
            // P is a part of a longer line, F its end; other tags may follow behind colons.
            [b'P' | b'F', b' ', message @ ..] => (&rest[..1], message),
            [b'P' | b'F'] => (rest, &rest[1..]),
            [b'P' | b'F', b':', ..] => {
                let at = memchr::memchr(b' ', rest).unwrap_or(rest.len());
                (&rest[..at], rest.get(at + 1..).unwrap_or(&rest[at..]))
            }
            _ => return None,
        };
        parsed.time.set(0, Some(time));
        parsed.attributes.text(&self.stream, stream);
        parsed.attributes.text(&self.tag, tag);
        if self.takes_message {
            parsed.cut_body(body, message);
        }
        Some(())
    }
}
