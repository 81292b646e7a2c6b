//! The forms of lines, and which of them a configuration names.

use logagent_sdk::{Batch, Decisions, Record};
use serde::Deserialize;

use crate::cri::Cri;
use crate::frame::{Frame, Utf8};
use crate::json::Json;
use crate::logfmt::Logfmt;
use crate::nginx::Nginx;
use crate::parsed::Parsed;
use crate::pattern::Pattern;
use crate::syslog::Syslog;
use crate::time::Context;

/// How lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormatName {
    /// One JSON object a line.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// nginx's access and error logs.
    Nginx,
    /// RFC 5424, RFC 3164, and syslog's files.
    Syslog,
    /// What container runtimes write.
    Cri,
    /// A regular expression with named groups.
    Regex,
}

/// A form, ready to read lines.
#[derive(Debug)]
pub(crate) enum Format {
    Json(Json),
    Logfmt(Logfmt),
    // Boxed for its many names, which the others would carry, too.
    Nginx(Box<Nginx>),
    Syslog(Syslog),
    Cri(Cri),
    Regex(Pattern),
}

impl Format {
    pub(crate) fn run(&mut self, batch: &Batch<'_>, frame: &mut Frame, decisions: &mut Decisions) {
        if let Self::Json(json) = self {
            let fields = json.find(batch);
            let mut found = fields.iter().peekable();
            return frame
                .each(batch, decisions, |record, context, parsed| json.parse(record, &mut found, context, parsed));
        }
        if let Self::Nginx(nginx) = self {
            return frame.each(batch, decisions, |record, context, parsed| {
                nginx.parse(line(record), record.body_onward(), context, parsed)
            });
        }
        frame.each(batch, decisions, |record, context, parsed| self.line(line(record), context, parsed));
    }

    /// Reads a line by itself; `None` where it is not of this form.
    #[inline]
    fn line(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        match self {
            // Read by `run`.
            Self::Json(_) | Self::Nginx(_) => None,
            Self::Logfmt(logfmt) => logfmt.parse(body, context, parsed),
            Self::Syslog(syslog) => syslog.parse(body, context, parsed),
            Self::Cri(cri) => cri.parse(body, context, parsed),
            Self::Regex(pattern) => pattern.parse(body, context, parsed),
        }
    }

    /// Who vouches for parts of bodies.
    pub(crate) fn utf8(&self) -> Utf8 {
        match self {
            Self::Json(_) => Utf8::Checked,
            Self::Regex(_) => Utf8::Parts,
            Self::Logfmt(_) | Self::Syslog(_) | Self::Cri(_) => Utf8::Body,
            Self::Nginx(_) => Utf8::Marked,
        }
    }
}

/// Where lines end with CR and LF, the CR is the body's last byte, and no part of what the line says.
#[inline]
fn line<'a>(record: &Record<'a>) -> &'a [u8] {
    record.body().strip_suffix(b"\r").unwrap_or(record.body())
}
