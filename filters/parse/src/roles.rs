//! Which members of a line are more than attributes: its time, its severity, its new body.

use crate::level::Numbers;
use crate::time::TimeFormat;

/// What a member is beside an attribute. Of several for one thing, the lowest rank that can be read counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    None,
    Body,
    Time { rank: u8 },
    Severity { rank: u8, numbers: Numbers },
}

/// The roles of a configuration.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    /// The member that becomes the body.
    pub(crate) body: Option<String>,
    /// The member with the time; else those of the usual names.
    pub(crate) time: Option<String>,
    pub(crate) time_format: TimeFormat,
    /// The member with the severity; else those of the usual names.
    pub(crate) severity: Option<String>,
}

impl Roles {
    #[inline]
    pub(crate) fn of(&self, name: &[u8]) -> Role {
        let is = |configured: &Option<String>| configured.as_ref().is_some_and(|it| it.as_bytes() == name);
        if is(&self.body) {
            return Role::Body;
        }
        if is(&self.time) {
            return Role::Time { rank: 0 };
        }
        if is(&self.severity) {
            return Role::Severity { rank: 0, numbers: Numbers::of_field(name) };
        }
        match usual(name) {
            Role::Time { .. } if self.time.is_some() => Role::None,
            Role::Severity { .. } if self.severity.is_some() => Role::None,
            role => role,
        }
    }
}

/// The names that loggers use, those that say most clearly what they are first.
#[inline]
fn usual(name: &[u8]) -> Role {
    let severity = |rank| Role::Severity { rank, numbers: Numbers::of_field(name) };
    match name {
        b"time" => Role::Time { rank: 0 },
        b"ts" => Role::Time { rank: 1 },
        b"timestamp" => Role::Time { rank: 2 },
        b"@timestamp" => Role::Time { rank: 3 },
        b"date" => Role::Time { rank: 4 },
        b"datetime" => Role::Time { rank: 5 },
        b"eventTime" => Role::Time { rank: 6 },
        b"level" => severity(0),
        b"severity" => severity(1),
        b"lvl" => severity(2),
        b"loglevel" => severity(3),
        b"log.level" => severity(4),
        b"severity_text" => severity(5),
        b"levelname" => severity(6),
        b"priority" | b"PRIORITY" => severity(7),
        _ => Role::None,
    }
}
