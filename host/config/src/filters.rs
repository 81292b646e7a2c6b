//! Filters, as configured. Not for loading their components, nor for judging what a component is configured with.

use std::path::PathBuf;
use std::time::Duration;

use crate::json;
use crate::positions::Positions;
use crate::reader::{Section, Table};

const DEFAULT_TIME: Duration = Duration::from_millis(100);
const MIN_TIME: Duration = Duration::from_millis(1);
const MAX_TIME: Duration = Duration::from_secs(60);
const DEFAULT_MEMORY: usize = 64 << 20;
const MIN_MEMORY: usize = 1 << 20;
/// What a 32-bit component can address, less room for the ring's window.
const MAX_MEMORY: usize = 3 << 30;

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
    /// What becomes of a record that the filter fails on.
    pub on_error: OnError,
}

/// What a component may use.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The time for one batch, 1 ms to 60 s.
    pub time: Duration,
    /// The memory of one instance in bytes, 1 MiB to 3 GiB.
    pub memory: usize,
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
        Some(Filter {
            component: component.unwrap_or_default(),
            config: config.map_or(serde_json::Value::Null, |field| json::read(&field)),
            config_positions: section.context.positions.under(&format!("{}.config", section.path)),
            limits: Limits::read(section.section("limits")),
            on_error: section.choice("on_error", &ON_ERROR, OnError::default()),
        })
    })
}

impl Limits {
    fn read(mut section: Section<'_>) -> Self {
        let limits = Self {
            time: section.duration("time", MIN_TIME..=MAX_TIME, DEFAULT_TIME),
            memory: section.size("memory", MIN_MEMORY..=MAX_MEMORY, DEFAULT_MEMORY),
        };
        section.finish();
        limits
    }
}
