//! nginx's logs: the access log in its formats `combined` and `main` (Apache's are the same, and its `common`), and the
//! error log. Which of the two a line is shows in its first bytes.

mod access;
mod error;

use crate::parsed::Parsed;
use crate::time::Context;

/// The form `nginx`.
#[derive(Debug)]
pub(crate) struct Nginx {
    access: access::Names,
    error: error::Names,
    /// Whether the message of an error line becomes the body.
    takes_message: bool,
    text: Vec<u8>,
}

impl Nginx {
    pub(crate) fn new(prefix: &str, takes_message: bool) -> Self {
        let (access, error) = (access::Names::new(prefix), error::Names::new(prefix));
        Self { access, error, takes_message, text: Vec::new() }
    }

    /// Reads a line; `onward` is the body with what lies behind it.
    #[inline]
    pub(crate) fn parse(&mut self, body: &[u8], onward: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        if let [_, _, _, _, b'/', _, _, b'/', ..] = body {
            return self.error(body, context, parsed);
        }
        match access::read_quickly(&self.access, (body, onward), context, parsed) {
            Some(()) => Some(()),
            None => self.access(body, context, parsed),
        }
    }

    #[inline(never)]
    fn error(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let line = error::Line::read(body, context)?;
        if self.takes_message {
            parsed.cut_body(body, line.message);
        }
        self.error.write(&line, parsed);
        Some(())
    }

    #[inline(never)]
    fn access(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let line = access::Line::read(body, parsed.has_backslash, context)?;
        self.access.write(body, &line, &mut self.text, parsed);
        Some(())
    }
}
