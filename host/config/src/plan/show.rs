//! A plan as one line for the log. Not for reading one.

use std::fmt;
use std::time::Duration;

use super::{Changes, FilterChange, FilterParts, Plan};
use crate::units::show_duration;

/// `nothing` where nothing changes.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sources, filters, sinks, pipelines, shutdown_timeout } = self;
        let timeout = |timeout: Duration| format!("shutdown_timeout: {}", show_duration(timeout));
        let sections = [
            section("sources", sources, |change| match *change {}),
            section("filters", filters, |change| &change.name),
            section("sinks", sinks, |name| name),
            section("pipelines", pipelines, |name| name),
            shutdown_timeout.map(timeout),
        ];
        let shown: Vec<String> = sections.into_iter().flatten().collect();
        f.write_str(if shown.is_empty() { "nothing" } else { "" })?;
        f.write_str(&shown.join("; "))
    }
}

fn section<C>(key: &str, changes: &Changes<C>, name: impl Fn(&C) -> &str) -> Option<String> {
    let marked = |mark: char, name: &str| format!("{mark}{name}");
    let Changes { added, removed, changed } = changes;
    let changed = changed.iter().map(|change| marked('~', name(change)));
    let added = added.iter().map(|name| marked('+', name));
    let removed = removed.iter().map(|name| marked('-', name));
    let all: Vec<String> = changed.chain(added).chain(removed).collect();
    (!all.is_empty()).then(|| format!("{key}: {}", all.join(" ")))
}

/// The name and the parts: `quiet (config, on_error)`.
impl fmt::Display for FilterChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.parts)
    }
}

/// The keys of the parts: `config, on_error`.
impl fmt::Display for FilterParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { component, config, limits, state, on_error, breaker, canary, shadow } = *self;
        let parts = [
            (component, "component"),
            (config, "config"),
            (limits, "limits"),
            (state, "state"),
            (on_error, "on_error"),
            (breaker, "breaker"),
            (canary, "canary"),
            (shadow, "shadow"),
        ];
        let changed: Vec<&str> = parts.iter().filter(|(changed, _)| *changed).map(|(_, key)| *key).collect();
        f.write_str(&changed.join(", "))
    }
}
