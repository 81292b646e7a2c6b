//! What a filter's memory depends on and its configuration does not say.

use crate::wiring::filters::LoadedFilter;
use crate::wiring::rivals::LoadedRival;
use logagent_config::Filter;
use logagent_wasm::Program;
use std::path::Path;

/// What is known of a filter once its component is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::wiring) struct FilterFacts {
    /// It asks for the state map.
    pub(super) uses_state: bool,
    /// It asks the host to search, which may take as much again as its memory.
    pub(super) searches_records: bool,
    /// The sizes of its component and of the one beside it.
    pub(super) component_bytes: [usize; 2],
    /// The table that it looks things up in, as the host keeps it.
    pub(super) table_bytes: usize,
}

impl FilterFacts {
    /// Of a filter with what is beside it.
    pub(in crate::wiring) fn of(spec: &Filter, filter: &LoadedFilter, rival: Option<&LoadedRival>) -> Self {
        let any = |has: fn(&Program) -> bool| has(&filter.program) || rival.is_some_and(|rival| has(&rival.program));
        let beside = spec.canary.as_ref().map(|canary| &canary.component);
        let beside = beside.or(spec.shadow.as_ref().map(|shadow| &shadow.component));
        Self {
            uses_state: any(Program::uses_state),
            searches_records: any(Program::searches_records),
            component_bytes: [bytes_of(&spec.component), beside.map_or(0, |path| bytes_of(path))],
            table_bytes: filter.table_bytes(),
        }
    }
}

/// Of a file that was just read, and may be gone by now.
fn bytes_of(path: &Path) -> usize {
    std::fs::metadata(path).map_or(0, |file| usize::try_from(file.len()).unwrap_or(usize::MAX))
}
