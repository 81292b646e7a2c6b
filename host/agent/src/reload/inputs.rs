//! The sources in a reload: which come and go, under which index, and when they are started and stopped.

use crate::exit::Refused;
use crate::replay::Doors;
use crate::wiring::{self, SourceMode, SourceSlot};
use logagent_component::Source;
use logagent_config::{self as config, Config, Plan};
use logagent_pipeline::Sources;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// What a reload must know of the sources.
pub(crate) struct Inputs {
    /// By index, all that ever ran.
    slots: Vec<SourceSlot>,
    sources: Arc<Sources>,
    mode: SourceMode,
    /// Where dead letters can be sent to.
    pub(super) doors: Doors,
    /// The same, once all lanes know.
    next_doors: Option<BTreeMap<String, usize>>,
    /// To be started, and to be stopped, once all lanes know.
    waiting: Vec<(String, Box<dyn Source>)>,
    leaving: Vec<String>,
}

/// What the sources are to become.
pub(super) struct NextInputs {
    pub(super) slots: Vec<SourceSlot>,
    /// Those that are new, in the plan's order.
    made: Vec<Box<dyn Source>>,
    doors: BTreeMap<String, usize>,
}

impl Inputs {
    pub(crate) fn new(slots: Vec<SourceSlot>, sources: Arc<Sources>, mode: SourceMode, doors: Doors) -> Self {
        Self { slots, sources, mode, doors, next_doors: None, waiting: Vec::new(), leaving: Vec::new() }
    }

    /// Whether the run ends by itself.
    pub(super) fn is_once(&self) -> bool {
        self.mode.once
    }

    /// These, and those that come with the plan, with their slots; those that go marked as gone.
    pub(super) fn next(&self, config: &Config, plan: &Plan) -> Result<NextInputs, Refused> {
        let mut slots = self.slots.clone();
        for slot in &mut slots {
            if let SourceSlot::Configured { name, is_gone } = slot {
                *is_gone |= plan.sources.removed.contains(name);
            }
        }
        let added = plan.sources.added.iter().zip(slots.len()..);
        let made = added.map(|(name, index)| wiring::source(config, name, index, &self.mode));
        let made = made.collect::<Result<_, _>>()?;
        slots.extend(plan.sources.added.iter().map(|name| SourceSlot::new(name)));
        let letters: Vec<_> = SourceSlot::letters(config).filter(|slot| !slots.contains(slot)).collect();
        slots.extend(letters);
        let doors = wiring::doors(config, &slots);
        Ok(NextInputs { slots, made, doors })
    }

    /// The lanes have been told of these slots.
    pub(super) fn follow(&mut self, NextInputs { slots, made, doors }: NextInputs, plan: &Plan) {
        self.slots = slots;
        self.next_doors = Some(doors);
        self.waiting.extend(plan.sources.added.iter().cloned().zip(made));
        self.leaving.extend(plan.sources.removed.iter().cloned());
    }

    /// All lanes know the slots: starts what is new, then stops what is gone, so that there is always one.
    pub(super) fn settle(&mut self) {
        if let Some(doors) = self.next_doors.take() {
            *self.doors.lock().unwrap_or_else(PoisonError::into_inner) = doors;
        }
        for (name, source) in self.waiting.drain(..) {
            if let Err(error) = self.sources.start(&name, source) {
                tracing::error!(source = name, %error, "a source can't be started");
            }
        }
        self.leaving.drain(..).for_each(|name| self.sources.stop(&name));
    }
}

/// Standard input can't come or go: a thread that waits for it takes what comes next.
pub(super) fn check_stdin(old: &Config, new: &Config, plan: &Plan) -> Result<(), Refused> {
    let is_stdin = |config: &Config, name: &String| {
        config.sources.iter().any(|source| source.name == *name && matches!(source.spec, config::Source::Stdin(_)))
    };
    let problem = |config: &Config, name: &String, found: &str| {
        config.positions.problem(
            &format!("sources.{name}"),
            found,
            "what was there before; this change needs a restart",
        )
    };
    let added = plan.sources.added.iter().filter(|name| is_stdin(new, name));
    let removed = plan.sources.removed.iter().filter(|name| is_stdin(old, name));
    let added = added.map(|name| problem(new, name, "a new source that reads standard input"));
    let removed = removed.map(|name| problem(new, name, "no such source any more, which read standard input"));
    Refused::unless_empty(added.chain(removed).collect())
}
