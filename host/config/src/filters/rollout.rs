//! A second component beside a filter's own, as configured: a canary takes its place step by step, a shadow is only
//! compared with it. Not for choosing the records that it gets, nor for judging what it does with them.

use std::path::PathBuf;
use std::time::Duration;

use crate::reader::{Field, Section};

const DEFAULT_STEPS: [f64; 3] = [0.05, 0.2, 1.0];
const DEFAULT_EVERY: Duration = Duration::from_secs(600);
const MIN_EVERY: Duration = Duration::from_millis(100);
const MAX_EVERY: Duration = Duration::from_secs(24 * 3600);
const DEFAULT_ERRORS_ABOVE: f64 = 0.001;
const DEFAULT_DROPS_DIFFER_ABOVE: f64 = 0.01;
const DEFAULT_SHADOW_SHARE: f64 = 0.1;

const COMPONENT: &str = "a path to a component";
const STEPS: &str = "a list of shares";

/// A component that is to replace a filter's own. It gets a share of the records, which grows step by step to all.
#[derive(Debug, Clone, PartialEq)]
pub struct Canary {
    /// The component's file, relative to the working directory.
    pub component: PathBuf,
    /// The share that it starts with, above 0 and up to 1; the next is the first of `steps` above it.
    pub share: f64,
    /// The shares, ascending, of which the last is 1.
    pub steps: Vec<f64>,
    /// The time that a step lasts, 100 ms to 24 h.
    pub every: Duration,
    /// When it is given up.
    pub abort_if: AbortIf,
}

/// When a canary is given up.
#[derive(Debug, Clone, PartialEq)]
pub struct AbortIf {
    /// The share of its records that it fails on is above this, 0 to 1.
    pub errors_above: f64,
    /// The share of records that it drops differs from the filter's own by more than this, 0 to 1.
    pub drops_differ_above: f64,
}

/// A component that is called beside a filter's own, and whose decisions don't count.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadow {
    /// The component's file, relative to the working directory.
    pub component: PathBuf,
    /// The share of the records that it gets as well, above 0 and up to 1.
    pub share: f64,
}

/// Reads both, of which a filter has one at most: what a shadow is compared with must be one component.
pub(super) fn read(section: &mut Section<'_>) -> (Option<Canary>, Option<Shadow>) {
    let (canary, shadow) = (section.optional("canary"), section.optional("shadow"));
    if let (Some(_), Some(shadow)) = (&canary, &shadow) {
        let allowed = "a canary or a shadow, not both";
        shadow.context.report(shadow.node.position, &shadow.path, "a shadow beside a canary", allowed);
    }
    (canary.map(Canary::read), shadow.map(Shadow::read))
}

impl Canary {
    fn read(field: Field<'_>) -> Self {
        let mut section = Section::of(field);
        let component = component(&mut section);
        let share = section.optional("share").and_then(|field| field.share());
        let steps = section.optional("steps").and_then(|field| read_steps(&field));
        let steps = steps.unwrap_or_else(|| DEFAULT_STEPS.into());
        let canary = Self {
            component,
            share: share.or(steps.first().copied()).unwrap_or(1.0),
            steps,
            every: section.duration("every", MIN_EVERY..=MAX_EVERY, DEFAULT_EVERY),
            abort_if: AbortIf::read(section.section("abort_if")),
        };
        section.finish();
        canary
    }
}

impl AbortIf {
    fn read(mut section: Section<'_>) -> Self {
        let abort_if = Self {
            errors_above: section.share_or_none("errors_above", DEFAULT_ERRORS_ABOVE),
            drops_differ_above: section.share_or_none("drops_differ_above", DEFAULT_DROPS_DIFFER_ABOVE),
        };
        section.finish();
        abort_if
    }
}

impl Shadow {
    fn read(field: Field<'_>) -> Self {
        let mut section = Section::of(field);
        let component = component(&mut section);
        let share = section.optional("share").and_then(|field| field.share());
        section.finish();
        Self { component, share: share.unwrap_or(DEFAULT_SHADOW_SHARE) }
    }
}

fn component(section: &mut Section<'_>) -> PathBuf {
    section.required("component", COMPONENT).and_then(|field| field.path_text()).unwrap_or_default()
}

/// The shares of a list, without those that are wrong.
fn read_steps(field: &Field<'_>) -> Option<Vec<f64>> {
    field.refuse_empty_list("at least one share");
    let items = field.items(STEPS)?;
    let mut steps = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(share) = item.share() else { continue };
        if index + 1 == items.len() && share < 1.0 {
            item.wrong::<()>("100% as the last step");
        } else if steps.last().is_some_and(|before| share <= *before) {
            item.wrong::<()>("a share above that of the step before");
        }
        steps.push(share);
    }
    Some(steps)
}
