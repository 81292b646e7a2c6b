//! The configuration's keys, and what of them is refused.

use logagent_sdk::{ConfigError, ConfigErrors};
use serde::Deserialize;

use crate::ParseFilter;
use crate::cri::Cri;
use crate::format::{Format, FormatName};
use crate::frame::Frame;
use crate::json::Json;
use crate::logfmt::Logfmt;
use crate::nginx::Nginx;
use crate::pattern::Pattern;
use crate::roles::Roles;
use crate::syslog::Syslog;
use crate::time::{self, TimeFormat};

/// What stands under `config` of the filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How lines are written.
    pub format: FormatName,
    /// The regular expression of the format `regex`.
    pub pattern: Option<String>,
    /// `keep`, or the member that becomes the body.
    pub body: Option<String>,
    /// Where the time stands.
    pub time: Option<TimeConfig>,
    /// The zone of times that say none: `+01:00`.
    pub time_zone: Option<String>,
    /// Where the severity stands.
    pub severity: Option<SeverityConfig>,
    /// What attributes' names begin with.
    #[serde(default)]
    pub prefix: String,
    /// What becomes of records that are not of the format.
    #[serde(default)]
    pub on_failure: OnFailure,
}

/// Where the time stands, and how it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeConfig {
    /// The member; by default those of the usual names.
    pub field: Option<String>,
    /// Its form.
    #[serde(default)]
    pub format: TimeFormat,
}

/// Where the severity stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeverityConfig {
    /// The member.
    pub field: String,
}

/// What becomes of records that are not of the format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// They pass unchanged.
    #[default]
    Keep,
    /// They are dropped.
    Drop,
}

const KEEP: &str = "keep";
const MESSAGE: &str = "message";

impl Config {
    pub(crate) fn build(self) -> Result<ParseFilter, ConfigErrors> {
        let mut errors = ConfigErrors::default();
        self.check_names(&mut errors);
        self.check_members(&mut errors);
        let zone = self.zone(&mut errors);
        let on_failure = self.on_failure;
        match self.format(&mut errors) {
            Some(format) => {
                let frame = Frame::new(format.utf8(), zone, on_failure);
                errors.or_ok(ParseFilter { format, frame })
            }
            None => Err(errors),
        }
    }

    fn check_names(&self, errors: &mut ConfigErrors) {
        let time = self.time.as_ref().and_then(|time| time.field.as_ref());
        let severity = self.severity.as_ref().map(|severity| &severity.field);
        for (key, name) in [("body", self.body.as_ref()), ("time.field", time), ("severity.field", severity)] {
            if name.is_some_and(String::is_empty) {
                errors.push(ConfigError::new(key, "an empty string", "a member's name"));
            }
        }
    }

    /// What only forms with members of any name have, is refused of the others.
    fn check_members(&self, errors: &mut ConfigErrors) {
        if self.has_members() {
            return;
        }
        const ALLOWED: &str = "no value: the format says where it stands";
        for (key, is_given) in [("time", self.time.is_some()), ("severity", self.severity.is_some())] {
            if is_given {
                errors.push(ConfigError::new(key, "a map", ALLOWED));
            }
        }
        if let Some(name) = self.body.as_deref().filter(|name| !["", KEEP, MESSAGE].contains(name)) {
            errors.push(ConfigError::new("body", format!("the string \"{name}\""), "`keep` or `message`"));
        }
    }

    fn has_members(&self) -> bool {
        matches!(self.format, FormatName::Json | FormatName::Logfmt | FormatName::Regex)
    }

    fn zone(&self, errors: &mut ConfigErrors) -> i32 {
        let Some(text) = &self.time_zone else { return 0 };
        time::zone(text).unwrap_or_else(|| {
            let allowed = "hours and minutes from UTC, as in `+01:00`, or `Z`";
            errors.push(ConfigError::new("time_zone", format!("the string \"{text}\""), allowed));
            0
        })
    }

    fn format(self, errors: &mut ConfigErrors) -> Option<Format> {
        if self.format != FormatName::Regex && self.pattern.is_some() {
            errors.push(ConfigError::new("pattern", "a pattern", "no value: it is for the format `regex`"));
        }
        let takes_message = |default: &str| self.body.as_deref().unwrap_or(default) == MESSAGE;
        let prefix = self.prefix.as_str();
        Some(match self.format {
            FormatName::Nginx => Format::Nginx(Box::new(Nginx::new(prefix, takes_message(KEEP)))),
            FormatName::Syslog => Format::Syslog(Syslog::new(prefix, takes_message(KEEP))),
            FormatName::Cri => Format::Cri(Cri::new(prefix, takes_message(MESSAGE))),
            FormatName::Json => Format::Json(Json::new(roles(self.body, self.time, self.severity), &self.prefix)),
            FormatName::Logfmt => Format::Logfmt(Logfmt::new(roles(self.body, self.time, self.severity), &self.prefix)),
            FormatName::Regex => {
                let Some(pattern) = &self.pattern else {
                    errors.push(ConfigError::new("pattern", "no value", "a regular expression with named groups"));
                    return None;
                };
                let roles = roles(self.body, self.time, self.severity);
                let groups = [("body", &roles.body), ("time.field", &roles.time), ("severity.field", &roles.severity)];
                let groups = groups.map(|(key, name)| (key, name.clone()));
                let pattern = Pattern::new(pattern, roles, &self.prefix).map_err(|error| errors.push(error)).ok()?;
                check_groups(&pattern, groups, errors);
                Format::Regex(pattern)
            }
        })
    }
}

fn roles(body: Option<String>, time: Option<TimeConfig>, severity: Option<SeverityConfig>) -> Roles {
    let time_format = time.as_ref().map(|time| time.format).unwrap_or_default();
    Roles {
        body: body.filter(|name| name != KEEP),
        time: time.and_then(|time| time.field),
        time_format,
        severity: severity.map(|severity| severity.field),
    }
}

fn check_groups(pattern: &Pattern, groups: [(&str, Option<String>); 3], errors: &mut ConfigErrors) {
    for (key, name) in groups {
        if let Some(name) = name.filter(|name| !name.is_empty() && !pattern.has_group(name)) {
            errors.push(ConfigError::new(key, format!("the string \"{name}\""), "a group of the pattern"));
        }
    }
}
