//! What a new configuration changes of the one that runs: a pure comparison, by name. Not for carrying the changes
//! out, nor for what the text doesn't say: a component's file or a secret may change while its name stays.

mod restart;
mod show;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use crate::filters::Filter;
use crate::{Config, Named, Problem};

/// The changes that make a running agent follow a new configuration. Displays as one line, such as
/// `filters: ~quiet +redact -old; pipelines: ~main`.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The sources. None is ever changed: that needs a restart.
    pub sources: Changes<Infallible>,
    /// The filters, with what changed of each.
    pub filters: Changes<FilterChange>,
    /// The sinks. A changed one is replaced: the new one is opened, the old one flushed and closed.
    pub sinks: Changes<String>,
    /// The pipelines. One whose filters or sinks changed under their names is none of the changed.
    pub pipelines: Changes<String>,
    /// The new time for a drain, where it changed.
    pub shutdown_timeout: Option<Duration>,
}

/// What changed of the sources, the filters, the sinks or the pipelines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<C> {
    /// The names of those that are new, in the new file's order.
    pub added: Vec<String>,
    /// The names of those that are gone, in the old file's order.
    pub removed: Vec<String>,
    /// Those of the same name whose settings changed, in the new file's order.
    pub changed: Vec<C>,
}

/// A filter whose settings changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterChange {
    /// The filter's name.
    pub name: String,
    /// What changed; at least one part.
    pub parts: FilterParts,
}

/// The parts of a filter's settings; here, those that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FilterParts {
    /// The component's path.
    pub component: bool,
    /// What the component is configured with, compared as JSON.
    pub config: bool,
    /// What the component may use.
    pub limits: bool,
    /// What it may remember, and with whom.
    pub state: bool,
    /// What becomes of a record that the filter fails on.
    pub on_error: bool,
    /// When the filter is left alone.
    pub breaker: bool,
    /// The canary: come, gone, or with other settings.
    pub canary: bool,
    /// The shadow: come, gone, or with other settings.
    pub shadow: bool,
}

impl Plan {
    /// Compares the configuration that runs with a new one. Only names and settings count, not where in the file they
    /// stand, nor in which order their sections list them.
    ///
    /// # Errors
    /// All changes that need a restart, at their places in the new file, in its order.
    pub fn between(old: &Config, new: &Config) -> Result<Self, Vec<Problem>> {
        let problems = restart::problems(old, new);
        if !problems.is_empty() {
            return Err(problems);
        }
        let shutdown_timeout = (old.shutdown_timeout != new.shutdown_timeout).then_some(new.shutdown_timeout);
        Ok(Self {
            sources: changes(&old.sources, &new.sources, |_, _| None),
            filters: changes(&old.filters, &new.filters, FilterChange::between),
            sinks: changes(&old.sinks, &new.sinks, renewed),
            pipelines: changes(&old.pipelines, &new.pipelines, renewed),
            shutdown_timeout,
        })
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { sources, filters, sinks, pipelines, shutdown_timeout } = self;
        let named = sources.is_empty() && filters.is_empty() && sinks.is_empty() && pipelines.is_empty();
        named && shutdown_timeout.is_none()
    }
}

impl<C> Changes<C> {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

impl FilterChange {
    fn between(old: &Named<Filter>, new: &Named<Filter>) -> Option<Self> {
        let parts = FilterParts::between(&old.spec, &new.spec);
        (parts != FilterParts::default()).then(|| Self { name: new.name.clone(), parts })
    }
}

impl FilterParts {
    /// Whether the filter's own instances must be replaced. Else they can go on: what changed is the host's to heed.
    #[must_use]
    pub fn need_instances(&self) -> bool {
        self.component || self.config || self.limits || self.state
    }

    fn between(old: &Filter, new: &Filter) -> Self {
        // Each field is named, so that none that is added later is forgotten here.
        let Filter { component, config, config_positions: _, limits, state, on_error, breaker, canary, shadow } = old;
        Self {
            component: *component != new.component,
            config: *config != new.config,
            limits: *limits != new.limits,
            state: *state != new.state,
            on_error: *on_error != new.on_error,
            breaker: *breaker != new.breaker,
            canary: *canary != new.canary,
            shadow: *shadow != new.shadow,
        }
    }
}

/// The pairs of the same name, and the names without a partner.
fn changes<T, C>(old: &[Named<T>], new: &[Named<T>], change: impl Fn(&Named<T>, &Named<T>) -> Option<C>) -> Changes<C> {
    let (before, after) = (by_name(old), by_name(new));
    let missing_in = |others: &HashMap<&str, &Named<T>>, all: &[Named<T>]| {
        all.iter().map(|item| &item.name).filter(|name| !others.contains_key(name.as_str())).cloned().collect()
    };
    Changes {
        added: missing_in(&before, new),
        removed: missing_in(&after, old),
        changed: new.iter().filter_map(|item| change(before.get(&*item.name)?, item)).collect(),
    }
}

fn by_name<T>(named: &[Named<T>]) -> HashMap<&str, &Named<T>> {
    named.iter().map(|item| (&*item.name, item)).collect()
}

fn renewed<T: PartialEq>(old: &Named<T>, new: &Named<T>) -> Option<String> {
    (old != new).then(|| new.name.clone())
}
