//! Lines of a form of one's own: a regular expression, whose named groups are the attributes.

use logagent_sdk::ConfigError;
use regex::bytes::{CaptureLocations, Regex};

use crate::key::Key;
use crate::parsed::Parsed;
use crate::roles::{Role, Roles};
use crate::time::Context;

/// The form `regex`.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    places: CaptureLocations,
    groups: Vec<Group>,
    roles: Roles,
}

#[derive(Debug)]
struct Group {
    index: usize,
    key: Key,
    role: Role,
}

impl Pattern {
    pub(crate) fn new(pattern: &str, roles: Roles, prefix: &str) -> Result<Self, ConfigError> {
        let regex = Regex::new(pattern).map_err(|error| refused(reason(&error)))?;
        let names = regex.capture_names().enumerate().filter_map(|(index, name)| Some((index, name?)));
        let group = |(index, name): (usize, &str)| Group {
            index,
            key: Key::new(prefix.as_bytes(), name.as_bytes()),
            role: roles.of(name.as_bytes()),
        };
        let groups: Vec<Group> = names.map(group).collect();
        if groups.is_empty() {
            return Err(refused("a pattern without named groups".into()));
        }
        Ok(Self { places: regex.capture_locations(), regex, groups, roles })
    }

    pub(crate) fn has_group(&self, name: &str) -> bool {
        self.regex.capture_names().flatten().any(|group| group == name)
    }

    pub(crate) fn parse(&mut self, body: &[u8], context: Context, parsed: &mut Parsed) -> Option<()> {
        self.regex.captures_read(&mut self.places, body)?;
        for group in &self.groups {
            // A group in an alternative that was not taken.
            let Some((start, end)) = self.places.get(group.index) else { continue };
            let value = &body[start..end];
            if group.role == Role::Body {
                parsed.cut_body(body, value);
                continue;
            }
            parsed.attributes.text(&group.key, value);
            parsed.note(group.role, value, self.roles.time_format, context);
        }
        Some(())
    }
}

fn refused(found: String) -> ConfigError {
    ConfigError::new("pattern", found, "a regular expression of the regex crate with named groups")
}

/// The last line of what the crate says: before it the pattern stands, with a mark below.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).into()
}
