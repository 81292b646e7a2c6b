//! Filters, as configured. Not for loading their components, nor for judging what a component is configured with.

mod breaker;
mod limits;
mod rollout;

pub use breaker::Breaker;
pub use limits::Limits;
pub use rollout::{AbortIf, Canary, Shadow};

use std::path::PathBuf;

use crate::json;
use crate::positions::Positions;
use crate::reader::{Section, Table};
use crate::state::FilterState;

const ON_ERROR: [(&str, OnError); 4] =
    [("dead_letter", OnError::DeadLetter), ("pass", OnError::Pass), ("drop", OnError::Drop), ("stop", OnError::Stop)];

/// A component with its configuration and its bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// The component's file, relative to the working directory.
    pub component: PathBuf,
    /// What the component is configured with, as it is; `Null` where there is none.
    pub config: serde_json::Value,
    /// Where the keys of `config` stand, for problems that the component itself reports.
    pub config_positions: Positions,
    /// What the component may use.
    pub limits: Limits,
    /// What it may remember.
    pub state: FilterState,
    /// What becomes of a record that the filter fails on.
    pub on_error: OnError,
    /// When a filter that keeps failing is left alone for a while.
    pub breaker: Breaker,
    /// A component that is to replace this one, step by step.
    pub canary: Option<Canary>,
    /// A component whose decisions are only compared with this one's; none where there is a canary.
    pub shadow: Option<Shadow>,
}

/// What becomes of a record that the filter fails on (`dead_letter`, `pass`, `drop`, `stop`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// It goes to the dead-letter file.
    #[default]
    DeadLetter,
    /// It goes on as if the filter had kept it.
    Pass,
    /// It is dropped and counted.
    Drop,
    /// The pipeline stops.
    Stop,
}

pub(crate) fn read(root: &mut Section<'_>) -> Table<Filter> {
    Table::read(root, "filters", "filter", |section| {
        let component = section.required("component", "a path to a component").and_then(|field| field.path_text());
        let config = section.optional("config");
        let limits = Limits::read(section.section("limits"));
        let state = FilterState::read(section.section("state"));
        let on_error = section.choice("on_error", &ON_ERROR, OnError::default());
        let breaker = Breaker::read(section.section("breaker"));
        let (canary, shadow) = rollout::read(section);
        Some(Filter {
            component: component.unwrap_or_default(),
            config: config.map_or(serde_json::Value::Null, |field| json::read(&field)),
            config_positions: section.context.positions.under(&format!("{}.config", section.path)),
            limits,
            state,
            on_error,
            breaker,
            canary,
            shadow,
        })
    })
}
