//! A line of the error log: `2026/11/24 10:11:12 [error] 123#456: *789 message`.

use logagent_sdk::severity;

use crate::key::Key;
use crate::parsed::Parsed;
use crate::time::{self, Context, Cursor};

#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    time: u64,
    severity: u8,
    process: i64,
    thread: i64,
    connection: Option<i64>,
    pub(super) message: &'a [u8],
}

impl<'a> Line<'a> {
    pub(super) fn read(body: &'a [u8], context: Context) -> Option<Self> {
        let mut cursor = Cursor::new(body);
        let time = time::iso(&mut cursor, context)?;
        let rest = cursor.rest().strip_prefix(b" [")?;
        let (level, rest) = rest.split_at(memchr::memchr(b']', rest)?);
        let severity = severity::of_name(std::str::from_utf8(level).ok()?)?;
        let (process, rest) = number(rest.strip_prefix(b"] ")?)?;
        let (thread, rest) = number(rest.strip_prefix(b"#")?)?;
        let rest = rest.strip_prefix(b": ")?;
        let connection = rest.strip_prefix(b"*").and_then(number);
        let (connection, message) = match connection.and_then(|(id, rest)| Some((id, rest.strip_prefix(b" ")?))) {
            Some((id, message)) => (Some(id), message),
            None => (None, rest),
        };
        Some(Self { time, severity, process, thread, connection, message })
    }
}

fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let (digits, rest) = text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count());
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

/// The attributes' names.
#[derive(Debug)]
pub(super) struct Names {
    process: Key,
    thread: Key,
    connection: Key,
}

impl Names {
    pub(super) fn new(prefix: &str) -> Self {
        let key = |name: &str| Key::new(prefix.as_bytes(), name.as_bytes());
        Self { process: key("process.pid"), thread: key("thread.id"), connection: key("nginx.connection.id") }
    }

    pub(super) fn write(&self, line: &Line<'_>, parsed: &mut Parsed) {
        parsed.time.set(0, Some(line.time));
        parsed.severity.set(0, Some(line.severity));
        parsed.attributes.int(&self.process, line.process);
        parsed.attributes.int(&self.thread, line.thread);
        if let Some(id) = line.connection {
            parsed.attributes.int(&self.connection, id);
        }
    }
}
