//! The life of a filter inside of a component: window first, then configuration, then batches.

use std::cell::RefCell;
use std::thread::LocalKey;

use bytemuck::cast_slice;

use crate::bindings::{BatchInfo, ConfigProblem, Description, batch};
use crate::window::Window;
use crate::{Batch, ConfigErrors, Decisions, Failure, Filter, config};

/// A configured filter with all that it reuses from batch to batch.
pub struct Running<F> {
    filter: F,
    window: Window,
    decisions: Decisions,
}

/// The place that `export!` keeps the filter in. A component has one thread, so that this is a plain static.
pub type Place<F> = LocalKey<RefCell<Option<Running<F>>>>;

/// Makes the instance.
///
/// # Errors
/// All that is wrong with the configuration.
pub fn configure<F: Filter>(
    place: &'static Place<F>,
    config: &str,
    version: &str,
) -> Result<Description, Vec<ConfigProblem>> {
    let window = Window::attach();
    let filter = config::build(config, F::configure).map_err(problems)?;
    let outputs = filter.outputs();
    place.set(Some(Running { filter, window, decisions: Decisions::default() }));
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    Ok(Description {
        name: F::NAME.into(),
        version: version.into(),
        reasons: names(F::REASONS),
        outputs,
        redacts: F::REDACTS,
    })
}

/// Runs the filter over one batch and sends what it decided.
///
/// # Errors
/// The filter's own failure, as text.
pub fn process<F: Filter>(place: &'static Place<F>, info: BatchInfo) -> Result<(), String> {
    with(place, |running| {
        let batch = Batch::new(running.window.bytes(), info)?;
        running.decisions.begin(batch.len());
        running.filter.process(&batch, &mut running.decisions)?;
        send(&mut running.decisions);
        Ok(())
    })
}

/// Lets the filter emit between batches.
///
/// # Errors
/// The filter's own failure, as text.
pub fn tick<F: Filter>(place: &'static Place<F>, now_unix_nano: u64) -> Result<(), String> {
    with(place, |running| {
        running.decisions.begin(0);
        running.filter.tick(now_unix_nano, &mut running.decisions.emits)?;
        send(&mut running.decisions);
        Ok(())
    })
}

fn with<F>(place: &'static Place<F>, work: impl FnOnce(&mut Running<F>) -> Result<(), Failure>) -> Result<(), String> {
    place.with_borrow_mut(|running| match running {
        Some(running) => work(running).map_err(|failure| failure.to_string()),
        None => Err("called before it was configured".into()),
    })
}

fn send(decisions: &mut Decisions) {
    if let Some(verdicts) = decisions.verdicts() {
        batch::decide(verdicts);
    }
    let (edits, patch) = decisions.edits.in_order();
    if !edits.is_empty() {
        batch::edit(cast_slice(edits), patch);
    }
    let copies = decisions.copies.in_order();
    if !copies.is_empty() {
        batch::copy(copies.as_flattened());
    }
    if !decisions.stamps.list().is_empty() {
        batch::stamp(cast_slice(decisions.stamps.list()));
    }
    let (emits, bytes) = decisions.emits.parts();
    if !emits.is_empty() {
        batch::emit(emits, bytes);
    }
}

fn problems(errors: ConfigErrors) -> Vec<ConfigProblem> {
    errors
        .into_iter()
        .map(|error| ConfigProblem { key: error.key, found: error.found, allowed: error.allowed })
        .collect()
}
