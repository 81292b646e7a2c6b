//! Lines of syslog: RFC 5424, RFC 3164 as programs send it, and what rsyslog and its like write to files, without the
//! priority. Names are those of OpenTelemetry's mapping (its logs data model, appendix A, "RFC5424 Syslog").

mod legacy;
mod modern;

use logagent_sdk::severity;

use crate::key::Key;
use crate::parsed::Parsed;
use crate::time::Context;

/// The form `syslog`.
#[derive(Debug)]
pub(crate) struct Syslog {
    names: Names,
    /// Whether the message becomes the body.
    takes_message: bool,
    text: Vec<u8>,
}

#[derive(Debug)]
struct Names {
    facility: Key,
    facility_code: Key,
    severity_code: Key,
    host: Key,
    app: Key,
    pid: Key,
    process: Key,
    message_id: Key,
    data: Key,
}

impl Syslog {
    pub(crate) fn new(prefix: &str, takes_message: bool) -> Self {
        let key = |name: &str| Key::new(prefix.as_bytes(), name.as_bytes());
        let names = Names {
            facility: key("syslog.facility"),
            facility_code: key("syslog.facility.code"),
            severity_code: key("syslog.severity.code"),
            host: key("host.name"),
            app: key("service.name"),
            pid: key("process.pid"),
            process: key("syslog.procid"),
            message_id: key("syslog.msgid"),
            data: key("syslog.structured_data"),
        };
        Self { names, takes_message, text: Vec::new() }
    }

    pub(crate) fn parse(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        let Self { names, takes_message, text } = self;
        let message = match body {
            [b'<', ..] => {
                let (priority, rest) = priority(body)?;
                names.priority(priority, parsed);
                match rest {
                    [b'1'..=b'9', b' ', rest @ ..] | [b'1'..=b'9', b'0'..=b'9', b' ', rest @ ..] => {
                        modern::read(rest, names, text, context, parsed)?
                    }
                    _ => legacy::read(rest, names, context, parsed)
                        .unwrap_or_else(|| legacy::untimed(rest, names, parsed)),
                }
            }
            // Without a priority, only a time tells that it is syslog at all.
            _ => legacy::read(body, names, context, parsed)?,
        };
        if *takes_message {
            parsed.cut_body(body, message);
        }
        Some(())
    }
}

/// `<34>`: the facility eight times, and the severity.
fn priority(body: &[u8]) -> Option<(u8, &[u8])> {
    const MAX: u8 = 191;
    let digits = body.get(1..)?.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
    let priority = std::str::from_utf8(&body[1..=digits]).ok()?.parse().ok().filter(|&priority| priority <= MAX)?;
    Some((priority, body[1 + digits..].strip_prefix(b">")?))
}

impl Names {
    fn priority(&self, priority: u8, parsed: &mut Parsed) {
        let (facility, severity) = (priority / 8, priority % 8);
        parsed.severity.set(0, severity::of_syslog(severity));
        parsed.attributes.text(&self.facility, FACILITIES[usize::from(facility)].as_bytes());
        parsed.attributes.int(&self.facility_code, facility.into());
        parsed.attributes.int(&self.severity_code, severity.into());
    }

    /// A process's number; what else a program says of its process is a text.
    fn process(&self, id: &[u8], parsed: &mut Parsed) {
        const MAX_DIGITS: usize = 10;
        if !id.is_empty() && id.len() <= MAX_DIGITS && id.iter().all(u8::is_ascii_digit) {
            parsed.attributes.int(&self.pid, id.iter().fold(0, |number, &byte| number * 10 + i64::from(byte - b'0')));
        } else {
            parsed.attributes.text(&self.process, id);
        }
    }
}

/// RFC 5424, table 1, by the keywords of syslog.conf.
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
